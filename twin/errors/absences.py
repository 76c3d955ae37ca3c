"""Which deaths, departures and arrivals does nobody tell?"""

from collections.abc import Iterator

from twin.errors.scene import Scene
from twin.errors.telling import AMENDMENTS, Telling
from twin.errors.truth import Slip, Untold

OLD = 80


def untold(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Leave out what nobody tells, and whatever rests on it."""
    error = "rests-on-untold" if rests_on_untold(telling, scene) else _missing(telling, scene)
    if telling.kind == "person.left":
        change = scene.still_here.discard if error is None else scene.still_here.add
        change(telling.data["person"])
    if error is None:
        yield telling
        return
    scene.untold.add(telling.event)
    scene.note(Untold(telling.event, Slip(error, telling.person)))


def rests_on_untold(telling: Telling, scene: Scene) -> bool:
    """Say whether a report amends one that nobody has told, or closes the move of somebody who never left the books."""
    if telling.kind in AMENDMENTS:
        return telling.data["fact"] in scene.untold
    return telling.kind == "move.closed" and telling.data["person"] in scene.still_here


def returns(telling: Telling, scene: Scene) -> bool:
    """Say whether somebody arrives who was on the books before."""
    if telling.kind != "person.arrived":
        return False
    return scene.lives.first(telling.data["person"]) not in {None, telling.event}


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
