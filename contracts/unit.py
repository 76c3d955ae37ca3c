"""What is known of an administrative unit or an area, and where does a place belong on a given day?

An area (địa bàn) is the smallest unit, the part of a commune that one collaborator visits. Codes are used again, so
they are no identity: `id` is code and founding date, an area's id its founding commune and a number.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from contracts.ids import AREA


class Predecessor(msgspec.Struct, frozen=True, gc=False):
    """A unit that went wholly or partly into another one."""

    unit: str
    whole: bool = True


class Assignment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who visits an area from the day `since` on, until the end of `until` where that was told.

    `collaborator` is the client as which she reports; without one the area is nobody's in particular.
    """

    since: str
    collaborator: str | None = None
    until: str | None = None


class UnitState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The whole state of a unit: `level` is province, district, commune or area; `names` by language.

    `valid_from` and `valid_to` are the first day and the first day no more; an ended unit keeps its state. `type` is
    the official one (xã, phường, tỉnh ...), where it was told. `assigned` says who visits an area, in order of days.
    """

    id: str
    code: str
    level: str
    names: dict[str, str]
    valid_from: str
    parent: str | None = None
    valid_to: str | None = None
    predecessors: tuple[Predecessor, ...] = ()
    type: str | None = None
    assigned: tuple[Assignment, ...] = ()

    def visitor(self, day: str) -> str | None:
        """Give the collaborator to whom an area is assigned on a day; None where it is to nobody."""
        for one in reversed(self.assigned):
            if one.since <= day:
                return one.collaborator if one.until is None or day <= one.until else None
        return None


decode_unit = msgspec.json.Decoder(UnitState).decode


class Hierarchy:
    """The units as they stood on one day, as known at one moment: parents upwards, children downwards."""

    def __init__(self, units: Iterable[UnitState]) -> None:
        self.units = {unit.id: unit for unit in units}
        self._children: dict[str, list[str]] = {}
        for unit in self.units.values():
            if unit.parent is not None and unit.valid_to is None:
                self._children.setdefault(unit.parent, []).append(unit.id)

    def ancestors(self, place: str) -> Iterator[str]:
        """Yield the place itself, then its parents up to the province."""
        seen: set[str] = set()
        step: str | None = place
        while step is not None and step not in seen:
            yield step
            seen.add(step)
            unit = self.units.get(step)
            step = unit.parent if unit is not None else None

    def within(self, place: str, units: Iterable[str]) -> bool:
        """Say whether a place is one of the units or lies below one of them."""
        allowed = set(units)
        return any(step in allowed for step in self.ancestors(place))

    def areas(self, unit: str) -> list[str]:
        """List the areas at or below a unit, in order of id."""
        found, todo = [], [unit]
        while todo:
            step = todo.pop()
            state = self.units.get(step)
            if state is not None and state.level == "area":
                found.append(step)
            todo.extend(self._children.get(step, ()))
        return sorted(found)

    def areas_of(self, units: Iterable[str]) -> set[str]:
        """Give the areas at or below some units; a named one stands for itself before anything is known of it."""
        return {unit for unit in units if re.fullmatch(AREA, unit)}.union(*map(self.areas, units))

    def at_level(self, place: str, level: str) -> str | None:
        """Find the unit of a level in which a place lies."""
        for step in self.ancestors(place):
            unit = self.units.get(step)
            if unit is not None and unit.level == level:
                return step
        return None


def hierarchy_of(states: Iterable[bytes]) -> Hierarchy:
    """Make a hierarchy of units whose states are JSON, as a history keeps them."""
    return Hierarchy(map(decode_unit, states))
