"""How many are there and what happened to them, counted from the oracle's states one by one?"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.laws.causes import Step
from tests.laws.oracle import Oracle
from tests.laws.scene import State

LATEST = "9999-12-31"
TRANSIT, OUTSIDE = "in_transit", None
Place = str | None
Person = tuple[str, str | None]
"""Sex and birth month, as far as known."""


@dataclass(frozen=True)
class Flow:
    """What happened to one person: which measures count it where she came from and where she went to."""

    month: str
    left: Place
    entered: Place
    person: Person
    out: str | None
    into: str | None


class Known:
    """Everything as known at one position; worked out once."""

    def __init__(self, oracle: Oracle, position: int) -> None:
        self.position = position
        self.steps = oracle.steps(position)

    def states(self, as_of: str) -> dict[str, State]:
        """All states at the end of a day (1)."""
        found: dict[str, State] = {}
        for step in self.steps:
            if step.slot[0] <= as_of:
                found[step.entity] = step.after
        return found

    def people(self, as_of: str) -> dict[str, State]:
        return {one: state for one, state in self.states(as_of).items() if state["sort"] == "person"}

    @cached_property
    def last_areas(self) -> dict[str, str]:
        """Where everybody lives or last lived."""
        return {
            step.entity: step.after["area"]
            for step in self.steps
            if step.after["sort"] == "person" and step.after["area"] is not None
        }

    @cached_property
    def flows(self) -> list[Flow]:
        return [flow for step in self.steps if step.after["sort"] == "person" for flow in _flows(step)]


def place_of(state: State | None) -> Place:
    """Only residents stand somewhere; people in transit are a stock of their own (16)."""
    if state is None or state["status"] in {"dead", "outside", "merged"}:
        return OUTSIDE
    return TRANSIT if state["status"] == "in_transit" else str(state["area"])


def person_of(state: State) -> Person:
    return state["sex"], None if state["birth"] is None else state["birth"][:7]


def _flows(step: Step) -> Iterator[Flow]:
    """Births (21), deaths (21, 22), registrations (25), territory (28), moves (15 to 19), unions (23)."""
    left, entered, person = place_of(step.before), place_of(step.after), person_of(step.after)
    month, kind, dead = step.slot[0][:7], step.kind, step.after["status"] == "dead"
    if left != entered:
        if step.before is None and kind in {"person.born", "household.registered"}:
            yield Flow(month, left, entered, person, None, "births" if kind == "person.born" else "registered")
        elif step.after["status"] == "merged":
            yield Flow(month, left, entered, person, "struck_off", None)
        elif kind == "person.died" and dead:
            yield Flow(month, left, entered, person, "deaths", None)
        elif kind == "unit.reorganised":
            yield Flow(month, left, entered, person, "territory_out", "territory_in")
        else:
            yield Flow(month, left, entered, person, "moves_out", "moves_in")
    if step.before is not None and OUTSIDE not in {left, entered} and person_of(step.before) != person:
        yield Flow(month, entered, OUTSIDE, person_of(step.before), "reclassified_out", None)
        yield Flow(month, OUTSIDE, entered, person, None, "reclassified_in")
    for cause, marital, name in (
        ("person.married", "married", "marriages"),
        ("person.divorced", "divorced", "divorces"),
    ):
        if kind == cause and step.after["marital"] == marital and (step.before or {}).get("marital") != marital:
            yield Flow(month, entered, entered, person, None, name)


def age(birth: str | None, month: str) -> int | None:
    """Completed years at a month end (30); None where not even the birth month is known."""
    if birth is None or len(birth) == 4:
        return None
    return (12 * (int(month[:4]) - int(birth[:4])) + int(month[5:7]) - int(birth[5:7])) // 12


Cell = tuple[Any, ...]
PartOf = Callable[[Place], str | None]
"""The part in which a place lies; None outside of all parts."""


def cuts_of(person: Person, month: str, cuts: tuple[str, ...]) -> Cell:
    sex, birth = person
    told = {"sex": sex, "birth_month": birth, "age": age(birth, month), "month": month}
    return tuple(told[cut] for cut in cuts)


def population(people: dict[str, State], part_of: PartOf, month: str, cuts: tuple[str, ...]) -> Counter[Cell]:
    """(part, cuts) -> people."""
    counts: Counter[Cell] = Counter()
    for state in people.values():
        place = place_of(state)
        part = None if place is OUTSIDE else part_of(place)
        if part is not None:
            counts[part, *cuts_of(person_of(state), month, cuts)] += 1
    return counts


def flows(found: list[Flow], part_of: PartOf, first: str, last: str, cuts: tuple[str, ...]) -> Counter[Cell]:
    """(measure, part, cuts) -> people; what crosses no border of a part is no flow of it (15)."""
    counts: Counter[Cell] = Counter()
    for flow in found:
        if not first <= flow.month <= last:
            continue
        left = None if flow.left is OUTSIDE else part_of(flow.left)
        entered = None if flow.entered is OUTSIDE else part_of(flow.entered)
        cell = cuts_of(flow.person, flow.month, cuts)
        still = flow.into in {"marriages", "divorces"}
        if flow.out is not None and left is not None and left != entered:
            counts[flow.out, left, *cell] += 1
        if flow.into is not None and entered is not None and (still or left != entered):
            counts[flow.into, entered, *cell] += 1
    return counts


class Map:
    """The units of one day: which area lies in which unit."""

    def __init__(self, states: dict[str, State]) -> None:
        self.units = {one: s for one, s in states.items() if s["sort"] == "unit" and s["valid_to"] is None}

    def above(self, area: str, level: str) -> str | None:
        """The unit of a level in which an area lies."""
        return next((one for one in self.upwards(area) if self.units[one]["level"] == level), None)

    def upwards(self, place: str | None) -> Iterator[str]:
        while place is not None and place in self.units:
            yield place
            place = self.units[place]["parent"]

    def parts(self, unit: str, level: str | None) -> PartOf:
        """Into which parts of a unit the places fall: `whole` without a level, `` where no unit of it is known."""

        def part(area: str) -> str:
            return "whole" if level is None else self.above(area, level) or ""

        if unit == TRANSIT:
            return lambda place: "whole" if place == TRANSIT else None
        if unit == "VN":
            return lambda place: TRANSIT if place == TRANSIT else part(place or "")
        return lambda place: part(place or "") if unit in self.upwards(place) else None
