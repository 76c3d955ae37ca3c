"""What do the founding and reorganising of units and areas do, and when can they not be?"""

from collections.abc import Iterator

import msgspec

from contracts.kinds.unit import AreaEstablished, AreaReassigned, Names, NewUnit, UnitEstablished, UnitReorganised
from contracts.unit import Predecessor, UnitState
from services.events.refold import Effect
from services.events.view import View
from services.events.world import Contradiction, State

PARENTS: dict[str, set[str | None]] = {
    "province": {None},
    "district": {"province"},
    "commune": {"district", "province"},
}


def mentioned(event: UnitReorganised) -> Iterator[str | None]:
    """Name every unit that a reorganisation speaks of."""
    yield from event.units
    yield from (event.into, event.parent)
    if event.new is not None:
        yield from (event.new.unit, event.new.parent)


def _names(names: Names) -> dict[str, str]:
    return {"vi": names.vi} | ({"en": names.en} if names.en is not None else {})


def _check_parent(level: str, parent: str | None, view: View) -> None:
    found = view.unit(parent).level if parent is not None else None
    if found not in PARENTS[level]:
        raise Contradiction("parent-of-wrong-level")


def _founded(new: NewUnit, day: str, view: View) -> UnitState:
    view.fresh(new.unit)
    if new.unit.rsplit("-", 1)[1] != day.replace("-", ""):
        raise Contradiction("id-says-another-day")
    if new.parent == new.unit:
        raise Contradiction("parent-of-wrong-level")
    _check_parent(new.level, new.parent, view)
    return UnitState(
        id=new.unit, code=new.code, level=new.level, names=_names(new.names), valid_from=day, parent=new.parent
    )


def established(event: UnitEstablished, view: View) -> Effect:
    """Bring a unit into being."""
    return (_founded(event.unit, event.on, view),), ()


def reorganised(event: UnitReorganised, view: View) -> Effect:
    """Merge, rename, raise or abolish units; what lies below them goes along and nobody moves."""
    units = [view.unit(unit) for unit in event.units]
    if any(unit.level == "area" for unit in units):
        raise Contradiction("not-a-unit")
    if event.change == "rename" and event.names is not None:
        return (msgspec.structs.replace(units[0], names=_names(event.names)),), ()
    if event.change == "level":
        return _releveled(event, units[0], view), ()
    if event.change == "abolish":
        return _abolished(units, event.on, view), ()
    return _merged(event, units, view), ()


def _releveled(event: UnitReorganised, unit: UnitState, view: View) -> tuple[State, ...]:
    level = event.level or unit.level
    parent = event.parent if event.parent is not None else (None if level == "province" else unit.parent)
    if parent == unit.id:
        raise Contradiction("parent-of-wrong-level")
    _check_parent(level, parent, view)
    # So that levels fall on every way down, and no unit comes to lie below itself.
    if any(level not in PARENTS.get(below.level, {level}) for below in view.below(unit.id)):
        raise Contradiction("below-of-wrong-level")
    names = unit.names if event.names is None else _names(event.names)
    return (msgspec.structs.replace(unit, level=level, parent=parent, names=names),)


def _abolished(units: list[UnitState], day: str, view: View) -> tuple[State, ...]:
    ended = {unit.id for unit in units}
    states: list[State] = []
    for unit in units:
        heir = unit.parent
        while heir in ended:
            heir = view.unit(heir).parent
        if heir is None:
            raise Contradiction("nothing-above")
        states.append(msgspec.structs.replace(unit, valid_to=day))
        states += [
            msgspec.structs.replace(below, parent=heir) for below in view.below(unit.id) if below.id not in ended
        ]
    return tuple(states)


def _merged(event: UnitReorganised, units: list[UnitState], view: View) -> tuple[State, ...]:
    whole = tuple(Predecessor(unit.id) for unit in units if unit.id != event.into)
    if event.new is not None:
        successor = _founded(event.new, event.on, view)
    elif event.into is not None:
        successor = view.unit(event.into)
    else:
        raise Contradiction("no-successor")
    if any(unit.level != successor.level for unit in units):
        raise Contradiction("levels-differ")
    states: list[State] = [msgspec.structs.replace(successor, predecessors=successor.predecessors + whole)]
    for unit in units:
        if unit.id == successor.id:
            continue
        states.append(msgspec.structs.replace(unit, valid_to=event.on))
        states += [msgspec.structs.replace(below, parent=successor.id) for below in view.below(unit.id)]
    return tuple(states)


def area_established(event: AreaEstablished, view: View) -> Effect:
    """Give a commune an area."""
    if view.unit(event.commune).level != "commune":
        raise Contradiction("not-a-commune")
    if not event.area.startswith(event.commune + "-"):
        raise Contradiction("id-says-another-commune")
    view.fresh(event.area)
    area = UnitState(
        id=event.area,
        code=event.area.rsplit("-", 1)[1],
        level="area",
        names=_names(event.names),
        valid_from=event.on,
        parent=event.commune,
    )
    return (area,), ()


def area_reassigned(event: AreaReassigned, view: View) -> Effect:
    """Put an area below another commune."""
    area = view.unit(event.area)
    if area.level != "area":
        raise Contradiction("not-an-area")
    if view.unit(event.commune).level != "commune":
        raise Contradiction("not-a-commune")
    if area.parent == event.commune:
        raise Contradiction("already-there")
    return (msgspec.structs.replace(area, parent=event.commune),), ()
