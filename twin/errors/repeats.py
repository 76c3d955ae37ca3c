"""Which events are told once more, by the same collaborator, with another day, or by who takes over an area?"""

from collections.abc import Iterator
from datetime import date, timedelta

from twin.errors.scene import DAY, Scene
from twin.errors.telling import AMENDMENTS, Telling
from twin.errors.truth import Slip

SOON = 20
WEEKS_TOLD_AGAIN = 3
HANDED_OVER_WITHIN = 400
# Kinds that happen to somebody once a day: told of another day they contradict what is recorded.
ONCE = frozenset({"person.died", "person.left", "person.moved", "person.married"})


def told_again(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Tell some events again, with the same content or of another day."""
    yield telling
    if not _may_be_repeated(telling):
        return
    rng = scene.struck("told-again", telling.report, scene.rates.told_again)
    if rng is not None:
        yield _again(telling, scene, "told-again").later(rng.randrange(1, SOON) * DAY)
    rng = scene.struck("told-otherwise", telling.report, scene.rates.told_otherwise)
    if rng is not None and telling.kind in ONCE:
        other = _again(telling, scene, "told-otherwise").later(rng.randrange(1, SOON) * DAY)
        other.data["on"] = (date.fromisoformat(telling.on) + timedelta(days=1)).isoformat()
        yield other


def handed_over(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let another collaborator take an area over on some day, and tell the last weeks before it again."""
    rng = scene.struck("handover", telling.source, scene.rates.handover) if telling.by_collaborator else None
    if rng is None or not _may_be_repeated(telling):
        yield telling
        return
    first = date.fromisoformat(scene.begin) + timedelta(days=rng.randrange(30, HANDED_OVER_WITHIN))
    successor = f"{telling.source}/2"
    told_on = date.fromisoformat(telling.envelope["time"][:10])
    if told_on >= first:
        yield telling.changed(Slip("told-by-successor", telling.person), source=successor)
        return
    yield telling
    if told_on >= first - timedelta(weeks=WEEKS_TOLD_AGAIN):
        again = _again(telling, scene, "told-by-both")
        again.envelope["source"] = successor
        yield again.later((first - told_on).days * DAY)


def _may_be_repeated(telling: Telling) -> bool:
    return telling.by_collaborator and telling.kind not in AMENDMENTS and not telling.refused


def _again(telling: Telling, scene: Scene, error: str) -> Telling:
    return telling.changed(Slip(error, telling.person), id=scene.id(telling.due, error, telling.report))
