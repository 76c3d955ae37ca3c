"""Which deaths, departures and arrivals does nobody tell?"""

from collections.abc import Iterator

from twin.errors.scene import Scene
from twin.errors.telling import AMENDMENTS, Telling
from twin.errors.truth import Slip, Untold

OLD = 80


def untold(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Leave out what nobody tells, and whatever would amend it."""
    error = "amends-untold" if amends_untold(telling, scene) else _missing(telling, scene)
    if error is None:
        yield telling
        return
    scene.untold.add(telling.event)
    scene.note(Untold(telling.event, Slip(error, telling.person)))


def amends_untold(telling: Telling, scene: Scene) -> bool:
    """Say whether a report amends one that nobody has told."""
    return telling.kind in AMENDMENTS and telling.data["fact"] in scene.untold


def returns(telling: Telling, scene: Scene) -> bool:
    """Say whether somebody arrives who was on the books before."""
    known = scene.lives.first.get(telling.person or "")
    return telling.kind == "person.arrived" and known not in (None, telling.event)


def _missing(telling: Telling, scene: Scene) -> str | None:
    rates = scene.rates
    if telling.kind == "person.died":
        birth = scene.lives.birth(telling.data["person"])
        old = birth is not None and int(telling.on[:4]) - int(birth[:4]) >= OLD
        error, share = "missing-death", rates.missing_death_old if old else rates.missing_death
    elif telling.kind == "person.left":
        error, share = "missing-departure", rates.missing_departure
    elif returns(telling, scene):
        error, share = "missing-arrival", rates.missing_arrival
    else:
        return None
    return error if scene.struck(error, telling.event, share) else None
