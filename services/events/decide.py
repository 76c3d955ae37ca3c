"""What becomes of a report: is it recorded, does it wait, or does it contradict the record?

Pure: a report, the world as far as it is loaded, the position that a fact would take, and today's date in.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import msgspec
from pydantic import ValidationError

from contracts.event import Dated, Event, Report
from contracts.fact import (
    NO_CHANGES,
    Amends,
    Cause,
    Changes,
    Fact,
    HouseholdTransition,
    PersonTransition,
    UnitTransition,
)
from contracts.household import HouseholdState
from contracts.kinds.correction import FactCorrected, FactVoided, corrected
from contracts.person import PersonState
from contracts.unit import UnitState
from services.events.pointers import pointers
from services.events.refold import Contradictions, Refold
from services.events.rules import RULES, apply, mentions
from services.events.timeline import Pasts, Told, Transition, transitions
from services.events.view import Tail, View
from services.events.world import Contradiction, Needs, Slot, State, World

DIGEST_BYTES = 16
_canonical = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Line:
    """A report that is well formed: envelope, payload, digest of its content, and who sent it for which places."""

    report: Report
    event: Event
    digest: bytes
    sender: str
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """The report needs something that is not here yet."""

    need: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The report contradicts the record, or its correction is malformed: codes with positions or JSON pointers."""

    code: str
    reasons: tuple[tuple[str, tuple[int, ...]], ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Twice:
    """The same event was told before under another id: where it is recorded."""

    position: int


Decision = Fact | Waits | Refused | Twice


def digest(report: Report) -> bytes:
    """Digest a report's content: its type and its payload with sorted keys, not its time or trace."""
    content = _canonical((report.type, msgspec.json.decode(report.data)))
    return hashlib.sha256(content).digest()[:DIGEST_BYTES]


def decide(line: Line, world: World, position: int, today: str) -> Decision:
    """Decide one report; raises Unloaded where more of the world must be read first."""
    try:
        if isinstance(line.event, FactCorrected):
            return _correct(line, line.event, world, today)
        if isinstance(line.event, FactVoided):
            return _void(line, line.event, world)
        return _tell(line, cast("Dated", line.event), world, position, today)
    except Needs as need:
        return Waits(need.key)
    except Contradictions as found:
        return Refused(found.code, tuple((code, (at,)) for code, at in found.reasons))
    except Contradiction as found:
        return _twice(line.event, world) or Refused("contradicts-record", ((found.code, found.positions),))


def _twice(event: Event, world: World) -> Twice | Refused | None:
    """Look whether the same event of the same person and day is recorded already under another id."""
    person = getattr(event, "person", None)
    if person is None or world.row(person) is None:
        return None
    known = [
        told
        for told in Pasts(world).of(person).causes.values()
        if type(told.event) is type(event)
        and told.event.on == getattr(event, "on", None)
        and getattr(told.event, "person", None) == person
    ]
    for told in known:
        if told.event == event:
            return Twice(told.position)
    if known:
        return Refused("contradicts-record", (("told-differently", (known[0].position,)),))
    return None


def _tell(line: Line, event: Dated, world: World, position: int, today: str) -> Fact:
    _check_future(event, today)
    told = Told(position, event)
    slot = told.slot
    rule = RULES[event.kind]
    pasts = Pasts(world)
    view = View(world, pasts, slot, position, {})
    states, notes = rule.apply(event, view)
    names = {name for name in rule.names(event) if name is not None}
    if view.late or any((row := world.row(state.id)) is not None and row.last >= slot for state in states):
        refold = Refold(world, pasts, apply, mentions)
        refold.run(told, None)
        retracts, asserts = _changes(refold.tails, world, pasts)
        notes = refold.notes
    else:
        retracts, asserts = NO_CHANGES, _asserts(states, event, view)
    return _fact(line, event.on, notes, names, (retracts, asserts), world)


def _check_future(event: Dated, today: str) -> None:
    """Only units and areas may be told of before their day."""
    if event.on > today and type(event).day_class != 0:
        raise Contradiction("in-the-future")


def _asserts(states: Iterable[State], event: Dated, view: View) -> Changes:
    """Turn the states after an ordinary cause into transitions at the end of their timelines."""
    kind, on = type(event).kind, event.on
    persons: list[PersonTransition] = []
    households: list[HouseholdTransition] = []
    units: list[UnitTransition] = []
    for after in states:
        before = view.state(after.id)
        if before == after:
            continue
        row = view.world.row(after.id)
        version = 1 if row is None else row.version + 1
        if isinstance(after, PersonState):
            persons.append(PersonTransition(after.id, version, kind, on, None, cast("PersonState", before), after))
        elif isinstance(after, HouseholdState):
            households.append(
                HouseholdTransition(after.id, version, kind, on, None, cast("HouseholdState", before), after)
            )
        else:
            units.append(UnitTransition(after.id, version, kind, on, None, cast("UnitState", before), after))
    return Changes(tuple(persons), tuple(households), tuple(units))


def _changes(tails: dict[str, Tail], world: World, pasts: Pasts) -> tuple[Changes, Changes]:
    """Turn new tails into the retraction of the old ones and the assertion of the new ones."""
    retracts: list[Transition] = []
    asserts: list[Transition] = []
    for entity in sorted(tails):
        tail = tails[entity]
        row = world.row(entity)
        version = 0 if row is None else row.version
        old = pasts.of(entity)
        for slot in (slot for slot in old.slots if slot >= tail.start):
            version += 1
            retracts.append(msgspec.structs.replace(old.steps[slot], version=version, rank=slot[1]))
        for slot, kind, before, after in tail.steps:
            version += 1
            asserts.append(_transition(entity, version, kind, slot, before, after))
    return _sorted(retracts), _sorted(asserts)


def _transition(entity: str, version: int, kind: str, slot: Slot, before: State | None, after: State) -> Transition:
    on, rank = slot
    if isinstance(after, PersonState):
        return PersonTransition(entity, version, kind, on, rank, cast("PersonState | None", before), after)
    if isinstance(after, HouseholdState):
        return HouseholdTransition(entity, version, kind, on, rank, cast("HouseholdState | None", before), after)
    return UnitTransition(entity, version, kind, on, rank, cast("UnitState | None", before), after)


def _sorted(steps: list[Transition]) -> Changes:
    return Changes(
        tuple(step for step in steps if isinstance(step, PersonTransition)),
        tuple(step for step in steps if isinstance(step, HouseholdTransition)),
        tuple(step for step in steps if isinstance(step, UnitTransition)),
    )


def _correct(line: Line, event: FactCorrected, world: World, today: str) -> Decision:
    pasts = Pasts(world)
    position, former = _original(event.fact, world, pasts)
    _check_latest(position, event.previous, pasts)
    kind = type(former.event)
    if event.member is None and kind.fixed & set(event.changes):
        raise Contradiction("field-is-fixed", position)
    payload = former.event.model_dump(mode="json")
    if event.member is not None and (
        "person" in event.changes or event.member not in {line["person"] for line in payload.get("members", ())}
    ):
        raise Contradiction("no-such-member", position)
    try:
        changed = kind.parse(msgspec.json.encode(corrected(payload, event.changes, event.member)))
    except ValidationError as invalid:
        return Refused("invalid-request", errors=pointers(invalid, kind, "/data/changes"))
    if changed == former.event:
        raise Contradiction("nothing-changes", position)
    _check_future(changed, today)
    return _amend(line, Told(position, changed), former, world, pasts)


def _void(line: Line, event: FactVoided, world: World) -> Decision:
    pasts = Pasts(world)
    target = _recorded(event.fact, world)
    fact = world.fact(target)
    if fact.amends is None:
        position, former = _original(event.fact, world, pasts)
        if event.previous is not None:
            _check_latest(position, event.previous, pasts)
        return _amend(line, None, former, world, pasts)
    if fact.kind == FactVoided.kind:
        raise Contradiction("void-of-a-void", target)
    if pasts.voided(target):
        raise Contradiction("already-voided", target)
    position = fact.amends.position
    former_told = pasts.told(position)
    if former_told is None:
        raise Contradiction("already-voided", position)
    payload = msgspec.json.decode(world.fact(position).cause.data)
    others = [(at, FactCorrected.parse(fact.cause.data)) for at, fact in pasts.corrections(position) if at != target]
    for _, other in others:
        payload = corrected(payload, other.changes, other.member)
    try:
        changed = Told(position, type(former_told.event).parse(msgspec.json.encode(payload)))
    except ValidationError:
        raise Contradiction("contradicts-later", *(at for at, _ in others if at > target)) from None
    return _amend(line, changed, former_told, world, pasts, target)


def _recorded(report: str, world: World) -> int:
    """Find where a report is recorded; wait for it where it is not here or waits itself."""
    outcome = world.outcome(report)
    if outcome is None or outcome.fate == "waiting":
        raise Needs(f"report:{report}")
    if outcome.position is None or outcome.fate not in {"recorded", "voided"}:
        raise Contradiction("target-refused")
    return outcome.position


def _original(report: str, world: World, pasts: Pasts) -> tuple[int, Told]:
    position = _recorded(report, world)
    if world.fact(position).amends is not None:
        raise Contradiction("not-an-original", position)
    former = pasts.told(position)
    if former is None:
        raise Contradiction("already-voided", position)
    return position, former


def _check_latest(position: int, previous: str | None, pasts: Pasts) -> None:
    """Who corrects must have seen the latest correction that stands."""
    standing = pasts.corrections(position)
    latest = standing[-1][1].cause.report if standing else None
    if previous != latest:
        raise Contradiction("not-the-latest", *(at for at, _ in standing[-1:]))


def _amend(
    line: Line, changed: Told | None, former: Told, world: World, pasts: Pasts, target: int | None = None
) -> Fact:
    refold = Refold(world, pasts, apply, mentions)
    refold.run(changed, former)
    at = former.position if target is None else target
    names: set[str] = set()
    if changed is not None:
        names = {name for name in RULES[changed.event.kind].names(changed.event) if name is not None}
    on = former.event.on if changed is None else changed.event.on
    amends = Amends(world.fact(at).cause.report, at)
    return _fact(line, on, refold.notes, names, _changes(refold.tails, world, pasts), world, amends)


def _fact(
    line: Line,
    on: str,
    notes: tuple[str, ...],
    names: set[str],
    changes: tuple[Changes, Changes],
    world: World,
    amends: Amends | None = None,
) -> Fact:
    report = line.report
    retracts, asserts = changes
    touched = {step.entity for side in changes for step in transitions(side)}
    cause = Cause(
        report=report.id,
        type=report.type,
        source=report.source,
        data=report.data,
        time=report.time,
        authid=line.sender,
        device=report.device,
        devicesequence=report.devicesequence,
        correlationid=report.correlationid,
        causationid=report.causationid,
        notes=notes,
    )
    spoken_of = sorted(name for name in names - touched if world.row(name) is not None)
    return Fact(type(line.event).kind, on, cause, amends, tuple(spoken_of), retracts, asserts)
