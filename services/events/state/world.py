"""What does a decision see of the world: present states, their pasts, and the state of anything before a slot?

Everything is loaded before it is looked at: a look at something not loaded raises `Unloaded`, the caller loads it
and asks again. So rules and timelines stay synchronous and pure, and the ordinary report needs one read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from contracts.event import Event
from contracts.fact import Fact, HouseholdTransition, PersonTransition, UnitTransition
from contracts.household import HouseholdState
from contracts.person import PersonState
from contracts.unit import UnitState
from services.events.state.keys import Key

State = PersonState | HouseholdState | UnitState
Slot = tuple[str, int]
# A sender, a device of hers, and a number under which that tells something.
Number = tuple[str, str, int]
Transition = PersonTransition | HouseholdTransition | UnitTransition
# What one fact retracts and what it asserts of one entity.
Sides = tuple[list[Transition], list[Transition]]

# An alias is an id of which nothing is recorded and whose tie leads to a person on the books.
PERSON, HOUSEHOLD, UNIT, ALIAS = 1, 2, 3, 4
_DECODERS: dict[int, Callable[[bytes], State]] = {
    PERSON: msgspec.json.Decoder(PersonState).decode,
    HOUSEHOLD: msgspec.json.Decoder(HouseholdState).decode,
    UNIT: msgspec.json.Decoder(UnitState).decode,
}
# Fates of a report that is not decided yet: it waits for other reports, or for the office of its own or other places.
WAITING = frozenset({"waiting", "handed_over"})
NEVER: Slot = ("0000-00-00", 0)
END_OF_DAY = 2**62
EVER: Slot = ("9999-12-31", END_OF_DAY)
_encode = msgspec.json.Encoder().encode


class Unloaded(Exception):
    """Something must be read from the ledger before this can be decided."""

    def __init__(
        self,
        entities: Iterable[str] = (),
        facts: Iterable[int] = (),
        ties: Iterable[str] = (),
        reports: Iterable[str] = (),
        identifiers: Iterable[str] = (),
        keys: Iterable[str] = (),
        queue: Iterable[str] = (),
        months: Iterable[tuple[str, str]] = (),
        devices: Iterable[str] = (),
        numbers: Iterable[Number] = (),
    ) -> None:
        super().__init__()
        self.entities = tuple(entities)
        self.facts = tuple(facts)
        self.ties = tuple(ties)
        self.reports = tuple(reports)
        self.identifiers = tuple(identifiers)
        self.keys = tuple(keys)
        self.queue = tuple(queue)
        self.months = tuple(months)
        self.devices = tuple(devices)
        self.numbers = tuple(numbers)


class Contradiction(Exception):
    """The report contradicts what is recorded: a stable code, the positions of the facts it contradicts, and whom to
    name `instead` of somebody who was struck off as her double.
    """

    def __init__(self, code: str, *positions: int, instead: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.positions = positions
        self.instead = instead


class Needs(Exception):
    """The report speaks of something that is not here yet: a key that a later fact will satisfy.

    `otherwise` says what is wrong where a report that is recorded comes to lack it.
    """

    def __init__(self, key: str, otherwise: str = "unknown-then") -> None:
        super().__init__(key)
        self.key = key
        self.otherwise = otherwise


class KnownAs(Exception):
    """The report names somebody by an id which leads to another one: as it is told, and on the books."""

    def __init__(self, told: str, person: str) -> None:
        super().__init__()
        self.told = told
        self.person = person


def claim_to(person: str) -> str:
    """Name what ties somebody to whoever is recorded as her spouse without being so of her."""
    return f"spouse:{person}"


def packed(position: int) -> bytes:
    """Pack the position of a fact as a row keeps it."""
    return position.to_bytes(8, "big")


def positions_in(facts: bytes) -> list[int]:
    """Unpack the positions of facts that a row keeps, ascending."""
    return sorted({int.from_bytes(facts[i : i + 8], "big") for i in range(0, len(facts), 8)})


class Row:
    """An entity's row: present state, version, last slot, and the positions of the facts that speak of it.

    `last` may be later than the last slot that still stands, never earlier: nothing lies behind it. `stored` is how
    many bytes of `facts` the database has; None where it has no row yet.
    """

    __slots__ = ("_body", "_state", "facts", "kind", "last", "stored", "version")

    def __init__(self, kind: int, version: int, last: Slot, facts: bytes, body: bytes | None) -> None:
        self.kind = kind
        self.version = version
        self.last = last
        self.facts = facts
        self.stored: int | None = None
        self._body = body
        self._state: State | None = None

    @property
    def state(self) -> State | None:
        """The present state; None for a tombstone."""
        if self._state is None and self._body is not None:
            self._state = _DECODERS[self.kind](self._body)
            self._body = None
        return self._state

    @property
    def body(self) -> bytes | None:
        """The present state's bytes, as the database keeps them."""
        return self._body if self._state is None else _encode(self._state)

    @property
    def positions(self) -> list[int]:
        """Where the ledger speaks of this entity, ascending."""
        return positions_in(self.facts)

    def spoken_of_since(self, day: str) -> bool:
        """Say whether anything may be on record of that day or later, but the fact by which the entity came on the
        books where that is the only one.
        """
        return self.last[0] >= day and bool(self.positions[1:])

    def speak(self, position: int) -> None:
        """Note that a fact speaks of this entity."""
        self.facts += packed(position)

    def become(self, version: int, state: State | None) -> None:
        """Take the state that a fact leaves."""
        self.version, self._state, self._body = version, state, None


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of a report: its fate, where it is recorded, the digest of its content, and what was answered."""

    fate: str
    position: int | None = None
    digest: bytes = b""
    detail: bytes | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A report that waits: for what, of which places the office may decide about it, and the entry that says so.

    The places are those that it would touch where it waits for the office, and else those of its sender.
    """

    places: tuple[str, ...]
    body: bytes
    need: str


@dataclass(frozen=True, slots=True)
class Month:
    """A P0 sheet of an area, or the books of a commune, in a month: the positions of what stands of it."""

    drawn_up: int | None = None
    appraised: int | None = None
    closed: int | None = None


@dataclass(slots=True)
class World:
    """Everything loaded so far within one transaction, with what the transaction itself has decided.

    `today` is the day as of which units lie where they lie: reorganisations are told before their day.
    """

    today: str = EVER[0]
    rows: dict[str, Row | None] = field(default_factory=dict)
    facts: dict[int, Fact] = field(default_factory=dict)
    steps: dict[int, dict[str, Sides]] = field(default_factory=dict)
    amendments: dict[int, list[int]] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    ties: dict[str, set[str]] = field(default_factory=dict)
    reports: dict[str, Outcome | None] = field(default_factory=dict)
    holders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)
    numbered: dict[Number, set[str]] = field(default_factory=dict)
    told_again: dict[Number, str] = field(default_factory=dict)
    held: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tied: dict[str, set[str]] = field(default_factory=dict)
    new_ties: list[tuple[str, str]] = field(default_factory=list)
    new_holders: list[tuple[str, str]] = field(default_factory=list)
    new_passed: dict[str, int] = field(default_factory=dict)
    stored_reports: set[str] = field(default_factory=set)
    voided: list[str] = field(default_factory=list)
    new_amendments: list[tuple[int, int]] = field(default_factory=list)
    dirty: dict[str, None] = field(default_factory=dict)
    keys: dict[str, Key | None] = field(default_factory=dict)
    new_keys: dict[str, Key] = field(default_factory=dict)
    queue: dict[str, Queued | None] = field(default_factory=dict)
    verdicts: dict[str, tuple[bool, int]] = field(default_factory=dict)
    months: dict[tuple[str, str], Month] = field(default_factory=dict)
    new_months: dict[tuple[str, str], None] = field(default_factory=dict)
    in_transit: dict[str, None] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)

    def go_on_from(self, before: "World") -> None:
        """Bring what was read ahead up to what the group before leaves behind, which held the lock meanwhile."""
        self.rows.update({one: before.rows[one] for one in self.rows.keys() & before.rows.keys()})
        self.keys.update({one: before.keys[one] for one in self.keys.keys() & before.keys.keys()})
        self.passed.update({one: before.passed[one] for one in self.passed.keys() & before.passed.keys()})
        for one in self.ties.keys() & before.tied.keys():
            self.ties[one] |= before.tied[one]
        for one in self.holders.keys() & before.held.keys():
            self.holders[one] += before.held[one]
        for position in self.amendments.keys() & before.amendments.keys():
            self.amendments[position] = sorted({*self.amendments[position], *before.amendments[position]})
        for report in self.reports.keys() & before.reports.keys():
            self.reports[report] = before.reports[report]
            if before.reports[report] is not None:
                self.stored_reports.add(report)

    def tie(self, entity: str, dependant: str) -> None:
        """Note that somebody depends on an entity from now on."""
        tied = self.tied.setdefault(entity, set())
        if dependant not in tied:
            tied.add(dependant)
            self.new_ties.append((entity, dependant))

    def row(self, entity: str) -> Row | None:
        """Give an entity's row, None where nothing was ever recorded of it."""
        try:
            return self.rows[entity]
        except KeyError:
            raise Unloaded(entities=(entity,)) from None

    def load(self, entities: Iterable[str]) -> None:
        """Insist that rows are loaded, all that are missing at once."""
        missing = [entity for entity in entities if entity not in self.rows]
        if missing:
            raise Unloaded(entities=missing)

    def dependants(self, entity: str) -> set[str]:
        """Give everybody who ever stood in a household, every household of an area, every unit below a unit, the person
        to whom an alias leads, who ever claimed somebody as spouse.
        """
        try:
            return self.ties[entity] | self.tied.get(entity, set())
        except KeyError:
            raise Unloaded(ties=(entity,)) from None

    def hold(self, identifier: str, person: str) -> None:
        """Note that somebody holds an identifier from now on."""
        self.new_holders.append((identifier, person))
        self.held[identifier] = (*self.held.get(identifier, ()), person)

    def held_by_others(self, given: Mapping[str, str]) -> list[tuple[str, set[str]]]:
        """Name who but the person to whom it is given ever held one of some identifiers, beside that person."""
        holders, held = self.holders, self.held
        if not given.keys() <= holders.keys():
            raise Unloaded(identifiers=[one for one in given if one not in holders])
        found = []
        for one, person in given.items():
            # Nearly all numbers are new to the books.
            if (holders[one] or one in held) and (others := {*holders[one], *held.get(one, ())} - {person}):
                found.append((person, others))
        return found

    def fact(self, position: int) -> Fact:
        """Give a recorded fact."""
        try:
            return self.facts[position]
        except KeyError:
            raise Unloaded(facts=(position,)) from None

    def original(self, position: int) -> int:
        """Give where that is recorded which an amendment is about at last: a void may take back a correction."""
        while (amends := self.fact(position).amends) is not None:
            position = amends.position
        return position

    def queued(self, reports: Iterable[str]) -> dict[str, Queued | None]:
        """Give what waits under some ids, and nothing has been decided about; None where nothing does."""
        wanted = tuple(reports)
        missing = [report for report in wanted if report not in self.queue]
        if missing:
            raise Unloaded(queue=missing)
        return {report: self.queue[report] for report in wanted}

    def month(self, place: str, month: str) -> Month:
        """Give what stands of an area's sheet, or a commune's books, of a month."""
        try:
            return self.months[place, month]
        except KeyError:
            raise Unloaded(months=((place, month),)) from None

    def passed_by(self, device: str) -> int:
        """Give up to which of its numbers the reports of a device have had their turn."""
        try:
            return self.passed[device]
        except KeyError:
            raise Unloaded(devices=(device,)) from None

    def pass_number(self, device: str, number: int) -> None:
        """Note that a device's reports up to a number have had their turn."""
        self.passed[device] = self.new_passed[device] = number

    def numbered_as(self, number: Number) -> set[str]:
        """Give the reports that a device told under one of its numbers."""
        try:
            return self.numbered[number]
        except KeyError:
            raise Unloaded(numbers=(number,)) from None

    def outcome(self, report: str) -> Outcome | None:
        """Give what became of an earlier report."""
        try:
            return self.reports[report]
        except KeyError:
            raise Unloaded(reports=(report,)) from None

    def key(self, thumbprint: str) -> Key | None:
        """Give a device's key, None where it was never enrolled."""
        try:
            return self.keys[thumbprint]
        except KeyError:
            raise Unloaded(keys=(thumbprint,)) from None
