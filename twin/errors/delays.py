"""Which reports come late, from telephones without a network, or with a clock that is years behind?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from contracts.kinds.correction import FactVoided
from twin.errors.scene import DAY, Scene
from twin.errors.telling import Telling
from twin.errors.truth import Slip

SPREAD = 0.6
SIX_WEEKS = 42
SHORTEST_OFFLINE = 14
MINUTE = 60_000
VOID = FactVoided.kind


def late(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Tell some reports late; the clock says honestly when."""
    rates = scene.rates
    if not telling.by_collaborator or not telling.on:
        yield telling
        return
    birth = telling.kind == "person.born"
    error = "late-birth" if birth else "late-report"
    rng = scene.struck(error, telling.report, rates.late_birth if birth else rates.late_report)
    if rng is None:
        yield telling
        return
    median = rates.late_birth_days if birth else rates.late_report_days
    days = max(1, round(median * rng.lognormvariate(0.0, SPREAD)))
    yield telling.changed(Slip(error, telling.person)).later(days * DAY)


def wrong_clock(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let some telephones say a time of years ago."""
    rng = scene.struck("wrong-clock", telling.source, scene.rates.wrong_clock) if telling.by_collaborator else None
    if rng is None:
        yield telling
        return
    behind = timedelta(days=rng.randrange(400, 4000))
    time = (datetime.fromisoformat(telling.envelope["time"]) - behind).isoformat()
    yield telling.changed(Slip("wrong-clock", telling.person), time=time)


def offline(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Keep what a telephone tells while it has no network: it arrives weeks later in its order, perhaps twice."""
    day = telling.due // DAY
    window = day // SIX_WEEKS
    rng: Random | None = None
    if telling.by_collaborator:
        rng = scene.struck("offline", f"{telling.source} {window}", scene.rates.offline)
    until = (window * SIX_WEEKS + rng.randrange(SHORTEST_OFFLINE, SIX_WEEKS)) * DAY if rng is not None else 0
    if rng is None or telling.due >= until:
        yield telling
        return
    twice = rng.random() < scene.rates.delivered_twice
    kept = telling.later(until - telling.due, own_time=False).slipped(Slip("offline", telling.person))
    yield kept
    if twice:
        yield kept.later(MINUTE, own_time=False).slipped(Slip("delivered-twice", telling.person))


def taken_back(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let what takes a report back arrive behind whoever tells that once more, or she would tell it anew."""
    if telling.report != telling.event:
        scene.told_once_more[telling.event] = max(telling.due, scene.told_once_more.get(telling.event, 0))
    event = scene.first_told.get(telling.data["fact"], telling.data["fact"]) if telling.kind == VOID else ""
    if scene.told_once_more.get(event, 0) >= telling.due:
        telling = telling.changed(Slip("taken-back-later"))
        telling = telling.later(scene.told_once_more[event] + MINUTE - telling.due)
    yield telling


def known_to_the_office(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let an office decide of somebody once it has heard what she did: not before the last report of her arrives."""
    person = telling.person
    if telling.by_collaborator:
        if person is not None and telling.slips:
            scene.heard[person] = max(telling.due, scene.heard.get(person, 0))
    elif person is not None and scene.heard.get(person, 0) >= telling.due:
        telling = telling.changed(Slip("decided-later", person))
        telling = telling.later(scene.heard[person] + MINUTE - telling.due)
    yield telling
