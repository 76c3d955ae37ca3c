"""What does the ledger record, how is it chained, and what does a fact say of an entity's present state?

A fact is a cause and its effect: transitions of persons, households and units that it retracts and asserts. Every
statistic is a linear function of transitions, so a retraction is the same thing with the opposite sign.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

import msgspec

from contracts.household import HouseholdState
from contracts.person import NOTHING, PersonState
from contracts.unit import UnitState

RANK_SHIFT = 48
AFTER_MOVES = 1 << 47
STREAM_FACTS = "facts"
STREAM_REPORTS = "reports"
GENESIS = bytes(32)


class PersonTransition(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One step of a person. `(entity, on, rank)` is its stable slot; `rank` null means this fact's own."""

    entity: str
    version: int
    kind: str
    on: str
    rank: int | None = None
    before: PersonState | None = None
    after: PersonState | None = None


class HouseholdTransition(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One step of a household; fields as in a person's transition."""

    entity: str
    version: int
    kind: str
    on: str
    rank: int | None = None
    before: HouseholdState | None = None
    after: HouseholdState | None = None


class UnitTransition(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One step of a unit or an area; fields as in a person's transition."""

    entity: str
    version: int
    kind: str
    on: str
    rank: int | None = None
    before: UnitState | None = None
    after: UnitState | None = None


class Changes(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Transitions by what they are about, in order of slot for each entity."""

    persons: tuple[PersonTransition, ...] = ()
    households: tuple[HouseholdTransition, ...] = ()
    units: tuple[UnitTransition, ...] = ()


NO_CHANGES = Changes()


class Signature(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A device's signature, checkable by `contracts.signing`: a detached compact JWS over the report.

    Where it covers a batch, `index` is the report's place in it (from 0), `reports` how many there were, and `path`
    leads from the report's hash to the root that was signed.
    """

    jws: str
    index: int = 0
    reports: int | None = None
    path: str = ""


class Cause(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who said what: the report's attributes and its payload verbatim, so that a signature stays checkable.

    `time` is the sender's claim. `notes` are codes of warnings and tasks that the rules left behind. `approved` is the
    position of the office's approval, where the report waited for one. `aliases`: ids in the payload that lead to
    somebody who is on the books under another one, and that one, of whom the transitions speak.
    """

    report: str
    type: str
    source: str
    data: msgspec.Raw
    time: str | None = None
    authid: str | None = None
    device: str | None = None
    devicesequence: int | None = None
    correlationid: str | None = None
    causationid: str | None = None
    notes: tuple[str, ...] = ()
    signature: Signature | None = None
    approved: int | None = None
    aliases: dict[str, str] | None = None


class Amends(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Which earlier fact a correction or a void is about: report id and position of the original."""

    report: str
    position: int


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The body of a ledger entry of the stream `facts`; position, hash and recorded time stand outside of it.

    `names` lists entities that the cause speaks of without changing them (a birth names the mother): whoever
    re-folds their timelines must look at this cause again.
    """

    kind: str
    on: str
    cause: Cause
    amends: Amends | None = None
    names: tuple[str, ...] = ()
    retracts: Changes = NO_CHANGES
    asserts: Changes = NO_CHANGES


class ReportEntry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The body of a ledger entry of the stream `reports`: a report's fate while or after it waited.

    `areas` are those that its sender may report for, `places` those that it would touch, as far as the office must
    know them, `reasons` why it waits for the office. `officer`: the sender needs no approval. `approved`: the position
    of the approval that it has already.
    Of an arrival that waits for a departure, `into` is the area that it leads to and `lives` where its person lives.
    `received` is the day in Viet Nam on which it came in. Of a birth that is told again under another id of the child,
    `instead` is the one on the books, to which the other leads from then on. Of what amends, `scopes` are those of its
    sender's by which more may be amended than changes of persons and households.
    """

    fate: str
    cause: Cause
    need: str | None = None
    reasons: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    officer: bool = False
    approved: int | None = None
    into: str | None = None
    lives: str | None = None
    received: str | None = None
    instead: str | None = None
    scopes: tuple[str, ...] = ()


encode = msgspec.json.Encoder().encode
decode_fact = msgspec.json.Decoder(Fact).decode
decode_report_entry = msgspec.json.Decoder(ReportEntry).decode


def rank_of(day_class: int, position: int, *, after_moves: bool) -> int:
    """Give the place of a cause within its day: class (0 to 4), unions behind moves, then order of recording."""
    return day_class << RANK_SHIFT | (AFTER_MOVES if after_moves else 0) | position


def position_of(rank: int) -> int:
    """Give the position of the fact that first recorded the cause of this rank."""
    return rank & (AFTER_MOVES - 1)


def chain_hash(previous: bytes, position: int, recorded_at: int, stream: str, body_digest: bytes) -> bytes:
    """Chain one entry: SHA-256 over previous hash, position, time, stream and the SHA-256 of the body.

    `position` and `recorded_at` (microseconds since 1970, UTC) are 8 bytes big-endian, the stream is its ASCII name
    ended by a zero byte. The first entry's previous hash is 32 zero bytes. Test vector: position 1, recorded_at
    1767225600000000, stream `facts`, body `{}` gives
    25c4510592aff57565285fc3631b31536052aded564f023aa3993c9ed67cc7af.
    """
    head = previous + position.to_bytes(8, "big") + recorded_at.to_bytes(8, "big")
    return hashlib.sha256(head + stream.encode() + b"\0" + body_digest).digest()


class _Transition(Protocol):
    @property
    def entity(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def before(self) -> object: ...
    @property
    def after(self) -> object: ...


T = TypeVar("T", bound=_Transition)


def present(retracts: tuple[T, ...], asserts: tuple[T, ...]) -> Iterator[tuple[str, int, Any]]:
    """Yield (entity, version, state) for every entity that a fact speaks of: its present state after this fact.

    A fact retracts and asserts whole tails, so the last asserted state is the present one; where nothing is asserted
    again it is the `before` of the lowest retracted slot (None: the entity no longer exists, a tombstone). Within
    one fact an entity's transitions stand in order of slot.
    """
    if not retracts:
        for step in {step.entity: step for step in asserts}.values():
            yield step.entity, step.version, step.after
        return
    last: dict[str, tuple[int, object]] = {}
    for step in retracts:
        known = last.get(step.entity)
        if known is None:
            last[step.entity] = (step.version, step.before)
        elif step.version > known[0]:
            last[step.entity] = (step.version, known[1])
    for step in asserts:
        last[step.entity] = (step.version, step.after)
    for entity, (version, state) in last.items():
        yield entity, version, state


class RawTransition(msgspec.Struct, frozen=True, gc=False):
    """A transition whose states stay undecoded bytes; `null` where the entity did not exist."""

    entity: str
    version: int
    kind: str
    on: str
    rank: int | None = None
    before: msgspec.Raw = NOTHING
    after: msgspec.Raw = NOTHING


class RawChanges(msgspec.Struct, frozen=True, gc=False):
    """Transitions with undecoded states."""

    persons: tuple[RawTransition, ...] = ()
    households: tuple[RawTransition, ...] = ()
    units: tuple[RawTransition, ...] = ()


NO_RAW_CHANGES = RawChanges()
