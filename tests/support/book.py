"""How does a test come by facts: right transitions without the write side, and what they must mean?

A Book keeps timelines by hand and records what the ledger would: whole tails retracted and asserted, ranks, versions.
`Book.state` answers from what was told and never from transitions, so it is the oracle of every read model.

book = Book(); establish(book); register(book, 1)
late = book.record("person.moved", "2026-01-01", persons={person_id(1): {"household": household_id(2)}})
book.correct(late.position, on="2025-12-31"); book.void(late.position); await publish(writer, book.facts)
"""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE
from contracts.fact import (
    Amends,
    Cause,
    Changes,
    Fact,
    HouseholdTransition,
    PersonTransition,
    UnitTransition,
)
from contracts.household import HouseholdState
from contracts.ids import founding_commune
from contracts.person import NOTHING, PersonState
from contracts.topics import instant_microseconds
from contracts.unit import UnitState
from tests.support.facts import (
    AREA,
    OTHER_AREA,
    PROVINCE,
    SECOND_AREA,
    UNITS_KEY,
    Recorded,
    household_id,
    person_id,
    report_id,
)

About = Literal["persons", "households", "units"]
State = PersonState | HouseholdState | UnitState
Told = Mapping[str, Mapping[str, Any]]
"""Entity -> fields that change; for a new entity all that it needs. `{}` tells of an entity and changes nothing."""

SECOND: Final = 1_000_000
_STATES: Final[dict[About, type[State]]] = {
    "persons": PersonState,
    "households": HouseholdState,
    "units": UnitState,
}
_TRANSITIONS: Final[dict[About, Any]] = {
    "persons": PersonTransition,
    "households": HouseholdTransition,
    "units": UnitTransition,
}
_VERSIONED: Final = {event.kind: event for event in CATALOGUE.values()}


@dataclass(order=True, frozen=True)
class _Slot:
    on: str
    rank: int
    kind: str = field(compare=False)
    change: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True)
class _Telling:
    """What was told at a position about the cause `origin`; `told` None: it was taken back."""

    position: int
    origin: int
    kind: str
    on: str
    told: Mapping[About, Told] | None


_Link = tuple[_Slot, State | None, State | None]


class Book:
    """Records facts in order, each `gap` after the one before."""

    def __init__(self, start: str = "2026-01-05T01:00:00Z", gap: int = SECOND) -> None:
        self.facts: list[Recorded] = []
        self._recorded_at = instant_microseconds(start)
        self._gap = gap
        self._tellings: list[_Telling] = []
        self._versions: dict[str, int] = {}

    @property
    def position(self) -> int:
        return len(self.facts)

    def record(
        self,
        kind: str,
        on: str,
        *,
        persons: Told | None = None,
        households: Told | None = None,
        units: Told | None = None,
        data: object = None,
        **about: Any,
    ) -> Recorded:
        """Record a report of `kind`, at whatever place of the timelines its date puts it."""
        told: dict[About, Told] = {"persons": persons or {}, "households": households or {}, "units": units or {}}
        position = self.position + 1
        return self._append(_Telling(position, position, kind, on, told), kind, data, None, **about)

    def correct(self, position: int, on: str | None = None, **changes: Any) -> Recorded:
        """Correct the fact at `position`: another date, or `persons=`, `households=`, `units=` with other fields."""
        original = self._standing(self.position, position)[position]
        assert original.told is not None
        told: dict[About, Told] = {}
        for about, entities in original.told.items():
            given = changes.pop(about, {})
            told[about] = {entity: {**change, **given.get(entity, {})} for entity, change in entities.items()}
        telling = _Telling(self.position + 1, position, original.kind, on or original.on, told)
        data = {"fact": self.facts[position - 1].fact.cause.report, "changes": {}}
        if original.position != position:
            data["previous"] = self.facts[original.position - 1].fact.cause.report
        return self._append(telling, "fact.corrected", data, position, **changes)

    def void(self, position: int, **about: Any) -> Recorded:
        """Take back the fact at `position`; of a correction, that correction alone."""
        target = self._tellings[position - 1]
        earlier = [
            t for t in self._tellings if t.origin == target.origin and t.position < position and t.told is not None
        ]
        told = earlier[-1].told if target.origin != position else None
        on = earlier[-1].on if target.origin != position else target.on
        telling = _Telling(self.position + 1, target.origin, target.kind, on, told)
        data = {"fact": self.facts[position - 1].fact.cause.report}
        return self._append(telling, "fact.voided", data, position, **about)

    def state(self, entity: str, as_of: str = "9999-12-31", known: int | None = None) -> State | None:
        """What was true of the entity at the end of a day, as known at a position: the oracle."""
        state: State | None = None
        for about in _STATES:
            for slot in self._slots(about, entity, self.position if known is None else known):
                if slot.on <= as_of:
                    state = _fold(about, entity, state, slot.change)
        return state

    def entities(self, about: About) -> list[str]:
        """All that were ever spoken of, in order of their first telling."""
        return list(dict.fromkeys(e for t in self._tellings if t.told is not None for e in t.told.get(about, {})))

    def stands(self, position: int) -> bool:
        """Say whether the fact at `position` may be corrected or voided: not taken back, and no void itself."""
        telling, kind = self._tellings[position - 1], self.facts[position - 1].fact.kind
        standing = self._standing(self.position, telling.origin).get(telling.origin)
        return standing is not None and kind != "fact.voided" and position in {telling.origin, standing.position}

    def origin(self, position: int) -> int:
        """Give the position of the fact that the fact at `position` is about: of a correction, the one corrected."""
        return self._tellings[position - 1].origin

    def told(self, position: int) -> list[str]:
        """List the persons of whom the fact at `position` told."""
        return list((self._tellings[position - 1].told or {}).get("persons", {}))

    def _standing(self, known: int, origin: int | None = None) -> dict[int, _Telling]:
        found: dict[int, _Telling] = {}
        for telling in self._tellings[:known]:
            if origin in {None, telling.origin}:
                found[telling.origin] = telling
        return {cause: telling for cause, telling in found.items() if telling.told is not None}

    def _slots(self, about: About, entity: str, known: int) -> list[_Slot]:
        slots: list[_Slot] = []
        for origin, telling in self._standing(known).items():
            change = (telling.told or {}).get(about, {}).get(entity)
            if change is not None:
                insort(slots, _Slot(telling.on, _VERSIONED[telling.kind].rank(origin), telling.kind, change))
        return slots

    def _append(self, telling: _Telling, kind: str, data: object, amends: int | None, **about: Any) -> Recorded:
        concerned = self._concerned(telling)
        before = {one: self._chain(one, self.position) for one in concerned}
        self._tellings.append(telling)
        retracts: dict[About, list[Any]] = {name: [] for name in _STATES}
        asserts: dict[About, list[Any]] = {name: [] for name in _STATES}
        for one in concerned:
            old, new = _tails(before[one], self._chain(one, telling.position))
            retracts[one[0]] += self._steps(one, old, telling)
            asserts[one[0]] += self._steps(one, new, telling)
        cause = Cause(
            report=about.pop("report", report_id(telling.position)),
            type=_VERSIONED[kind].type_name(),
            source=about.pop("source", "ctv/11383-01"),
            data=msgspec.Raw(msgspec.json.encode(data or {})),
            authid=about.pop("authid", "collaborator-01"),
            notes=tuple(about.pop("notes", ())),
        )
        fact = Fact(
            kind=kind,
            on=telling.on,
            cause=cause,
            amends=Amends(self.facts[amends - 1].fact.cause.report, amends) if amends else None,
            retracts=Changes(*(tuple(steps) for steps in retracts.values())),
            asserts=Changes(*(tuple(steps) for steps in asserts.values())),
        )
        key = about.pop("key", None) or self._key(fact)
        assert not about, f"a book knows nothing of {sorted(about)}"
        recorded = Recorded(telling.position, self._recorded_at, key, fact)
        self._recorded_at += self._gap
        self.facts.append(recorded)
        return recorded

    def _concerned(self, telling: _Telling) -> list[tuple[About, str]]:
        tellings = [t for t in self._tellings if t.origin == telling.origin] + [telling]
        found = [
            (about, entity) for t in tellings if t.told is not None for about, told in t.told.items() for entity in told
        ]
        return list(dict.fromkeys(found))

    def _chain(self, one: tuple[About, str], known: int) -> list[_Link]:
        chain: list[_Link] = []
        state: State | None = None
        for slot in self._slots(*one, known):
            after = _fold(*one, state, slot.change)
            chain.append((slot, state, after))
            state = after
        return chain

    def _steps(self, one: tuple[About, str], links: Iterable[_Link], telling: _Telling) -> list[Any]:
        about, entity = one
        own = _VERSIONED[telling.kind].rank(telling.position)
        steps = []
        for slot, before, after in links:
            self._versions[entity] = version = self._versions.get(entity, 0) + 1
            rank = None if slot.rank == own else slot.rank
            steps.append(_TRANSITIONS[about](entity, version, slot.kind, slot.on, rank, before, after))
        return steps

    @staticmethod
    def _key(fact: Fact) -> str:
        for changes in (fact.asserts, fact.retracts):
            steps: list[Any] = [*changes.households, *changes.persons]
            for step in steps:
                for state in (step.after, step.before):
                    if state is not None and state.area is not None:
                        return founding_commune(str(state.area))
        return UNITS_KEY


def _tails(old: Sequence[_Link], new: Sequence[_Link]) -> tuple[Sequence[_Link], Sequence[_Link]]:
    """Both timelines from the first step that differs."""
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return old[same:], new[same:]


def _fold(about: About, entity: str, state: State | None, change: Mapping[str, Any]) -> State:
    if state is None:
        return _STATES[about](**{"id": entity, **_DEFAULTS[about], **change})
    return msgspec.structs.replace(state, **change)


_DEFAULTS: Final[dict[About, dict[str, Any]]] = {
    "persons": {"status": "resident", "sex": "unknown", "personal": NOTHING},
    "households": {"area": AREA},
    "units": {},
}


def establish(book: Book, areas: Iterable[str] = (AREA, SECOND_AREA, OTHER_AREA)) -> None:
    """Put the province, its communes and their areas on the books, two facts a commune at least."""
    on = "2025-07-01"
    places: dict[str, tuple[str, str | None]] = {PROVINCE: ("province", None)}
    for area in areas:
        places |= {founding_commune(area): ("commune", PROVINCE), area: ("area", founding_commune(area))}
    for place, (level, parent) in places.items():
        unit = {
            "code": place.split("-")[0],
            "level": level,
            "names": {"vi": f"Nơi {place}"},
            "valid_from": on,
            "parent": parent,
        }
        kind = "area.established" if level == "area" else "unit.established"
        book.record(kind, on, units={place: unit}, authid="officer-01")


def register(
    book: Book, n: int, on: str = "2025-08-01", area: str = AREA, members: Mapping[int, Mapping[str, Any]] | None = None
) -> Recorded:
    """Put household `n` on the books with `members` (number -> fields); by default one woman, its head."""
    given = members or {n: {"sex": "female", "birth": "1990-05-17", "relation": "head"}}
    house = household_id(n)
    persons = {person_id(who): {"household": house, "area": area, **fields} for who, fields in given.items()}
    household = {"area": area, "number": str(n), "head": person_id(next(iter(given)))}
    return book.record("household.registered", on, persons=persons, households={house: household})
