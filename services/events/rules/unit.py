"""What do the founding and reorganising of units and areas do, and when can they not be?"""

from collections.abc import Iterable, Iterator

import msgspec

from contracts.kinds.unit import (
    AreaAssigned,
    AreaEstablished,
    AreaReassigned,
    Names,
    NewUnit,
    Share,
    UnitEstablished,
    UnitReorganised,
)
from contracts.unit import Assignment, Predecessor, UnitState
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction, State

PARENTS: dict[str, set[str | None]] = {
    "province": {None},
    "district": {"province"},
    "commune": {"district", "province"},
    "area": {"commune"},
}


def mentioned(event: UnitReorganised) -> Iterator[str | None]:
    """Name every unit and area that a reorganisation speaks of."""
    yield from event.units
    yield from (event.into, event.parent)
    for new in (event.new, *(part.new for part in event.parts)):
        if new is not None:
            yield from (new.unit, new.parent)
    for part in event.parts:
        yield part.unit
        yield from part.takes
        yield from (told.area for told in part.households)


def looked_at(event: UnitReorganised) -> Iterator[str | None]:
    """Name the households that go to other areas as well: each of them changes, so its timeline knows the cause."""
    yield from mentioned(event)
    yield from (told.household for part in event.parts for told in part.households)


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
        id=new.unit,
        code=new.code,
        level=new.level,
        names=_names(new.names),
        valid_from=day,
        parent=new.parent,
        type=new.type,
    )


def established(event: UnitEstablished, view: View) -> Effect:
    """Bring a unit into being."""
    return (_founded(event.unit, event.on, view),), ()


def reorganised(event: UnitReorganised, view: View) -> Effect:
    """Merge, divide, rename, raise or abolish units; what lies below them goes along and nobody moves."""
    units = [view.unit(unit) for unit in event.units]
    if event.change == "rename" and event.names is not None:
        return (msgspec.structs.replace(units[0], names=_names(event.names)),), ()
    if event.change == "level":
        return _releveled(event, units[0], view), ()
    if event.change == "abolish":
        return _abolished(units, event.on, view), ()
    if event.change == "split":
        return _divided(event, units[0], view), ()
    return _merged(event, units, view), ()


def _releveled(event: UnitReorganised, unit: UnitState, view: View) -> tuple[State, ...]:
    level = event.level or unit.level
    parent = event.parent if event.parent is not None else (None if level == "province" else unit.parent)
    if parent == unit.id:
        raise Contradiction("parent-of-wrong-level")
    _check_parent(level, parent, view)
    # So that levels fall on every way down, and no unit comes to lie below itself.
    _check_below(level, view.below(unit.id))
    names = unit.names if event.names is None else _names(event.names)
    return (msgspec.structs.replace(unit, level=level, parent=parent, names=names, type=event.type or unit.type),)


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
        staying = [below for below in view.below(unit.id) if below.id not in ended]
        _check_below(view.unit(heir).level, staying)
        states += [msgspec.structs.replace(below, parent=heir) for below in staying]
    return tuple(states)


def _check_below(level: str, below: Iterable[UnitState]) -> None:
    """Insist that units may lie below one of a level: areas below communes alone."""
    if any(level not in PARENTS[unit.level] for unit in below):
        raise Contradiction("below-of-wrong-level")


def _merged(event: UnitReorganised, units: list[UnitState], view: View) -> tuple[State, ...]:
    whole = tuple(Predecessor(unit.id) for unit in units if unit.id != event.into)
    if event.new is not None:
        if event.new.parent in event.units:
            raise Contradiction("parent-of-wrong-level")
        successor = _founded(event.new, event.on, view)
    else:
        assert event.into is not None
        successor = view.unit(event.into)
    for unit in units:
        # An island district without communes became a commune: what lies below nothing fits everywhere.
        if unit.level != successor.level and (unit.level != "district" or view.below(unit.id)):
            raise Contradiction("levels-differ")
    states: list[State] = [msgspec.structs.replace(successor, predecessors=successor.predecessors + whole)]
    for unit in units:
        if unit.id == successor.id:
            continue
        states.append(msgspec.structs.replace(unit, valid_to=event.on))
        states += [msgspec.structs.replace(below, parent=successor.id) for below in view.below(unit.id)]
    return tuple(states)


def _divided(event: UnitReorganised, unit: UnitState, view: View) -> tuple[State, ...]:
    heirs = [(part, _founded(part.new, event.on, view) if part.new else view.unit(part.to)) for part in event.parts]
    if any(heir.level != unit.level for _, heir in heirs):
        raise Contradiction("levels-differ")
    below = {state.id: state for state in view.below(unit.id)}
    homes = _shared_out(event, below)
    view.gather([told.household for part in event.parts for told in part.households])
    states: list[State] = []
    for part, heir in heirs:
        states += _resettled(part, homes, below, view)
        known = any(former.unit == unit.id for former in heir.predecessors)
        if heir.id != unit.id:
            former = () if known else (Predecessor(unit.id, whole=False),)
            states.append(msgspec.structs.replace(heir, predecessors=heir.predecessors + former))
    states += [msgspec.structs.replace(state, parent=homes[place]) for place, state in below.items()]
    if all(heir.id != unit.id for _, heir in heirs):
        states.append(msgspec.structs.replace(unit, valid_to=event.on))
    return tuple(states)


def _shared_out(event: UnitReorganised, below: dict[str, UnitState]) -> dict[str, str]:
    """Say to which unit each place right below the divided one goes."""
    rest = next((part.to for part in event.parts if part.rest), None)
    if rest is None:
        rest = next((part.to for part in event.parts if part.to == event.units[0]), None)
    homes = {place: part.to for part in event.parts for place in part.takes}
    if not homes.keys() <= below.keys():
        raise Contradiction("not-right-below")
    for place in below:
        heir = homes.setdefault(place, rest or "")
        if not heir:
            raise Contradiction("not-shared-out")
    return homes


def _resettled(part: Share, homes: dict[str, str], below: dict[str, UnitState], view: View) -> Iterator[State]:
    for told in part.households:
        home, area = view.household(told.household), view.unit(told.area)
        if homes.get(area.id, area.parent) != part.to:
            raise Contradiction("area-of-another-unit")
        if home.area not in below:
            raise Contradiction("household-elsewhere")
        if home.area == area.id:
            raise Contradiction("already-there")
        yield msgspec.structs.replace(home, area=area.id, number=told.number, sheet=told.sheet)
        yield from (msgspec.structs.replace(member, area=area.id) for member in view.members(home.id))


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
    if view.unit(event.commune).level != "commune":
        raise Contradiction("not-a-commune")
    if area.parent == event.commune:
        raise Contradiction("already-there", *view.since(area.id, parent=event.commune))
    if area.parent is not None:
        # Where the commune that it leaves was divided later, the households told by that stood in what lay below it.
        view.state(area.parent)
    return (msgspec.structs.replace(area, parent=event.commune),), ()


def area_assigned(event: AreaAssigned, view: View) -> Effect:
    """Say who visits an area from a day on; of two told for one day the later counts."""
    area = view.unit(event.area)
    others = tuple(one for one in area.assigned if one.since != event.on)
    told = Assignment(event.on, event.collaborator, event.until)
    return (msgspec.structs.replace(area, assigned=(*others, told)),), ()
