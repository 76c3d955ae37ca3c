"""What becomes of a report: is it recorded, does it wait, or does it contradict the record?

Pure: a report, the world as far as it is loaded, the position that a fact would take, and the last day that has begun
(`begun`) in.
"""

from dataclasses import dataclass
from typing import cast

import msgspec

from contracts.event import Dated, Event
from contracts.fact import NO_CHANGES, Fact
from contracts.kinds.correction import FactCorrected, FactVoided
from contracts.kinds.office import ReportAmended
from contracts.kinds.unit import UnitEstablished, UnitReorganised
from services.events.deciding.amend import correct, void
from services.events.deciding.amended import versions
from services.events.deciding.office import decided, decision_of
from services.events.report.line import Line
from services.events.report.pointers import Malformed, Wrong, among_changes
from services.events.rules import RULES, apply, beside, check_future, check_named, mentions
from services.events.rules.household import each_once, left_headless
from services.events.rules.matching import named
from services.events.rules.newborn import TOLD_TWICE
from services.events.state.aliases import by_own_ids
from services.events.state.facts import asserted, fact_of, retold
from services.events.state.refold import Contradictions, Refold
from services.events.state.timeline import Pasts, Told
from services.events.state.view import View
from services.events.state.world import Contradiction, Needs, World

_SUBJECTS = ("person", "household", "area")


@dataclass(frozen=True, slots=True)
class Waits:
    """The report needs something that is not here yet."""

    need: str


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """The report contradicts the record, or its correction is malformed: codes with positions or JSON pointers.
    It is kept as JSON with the report's fate, so that a second delivery gets the same answer.
    `instead`: who goes on in place of somebody who was struck off as her double. `office`: the refusal as the office
    learns it that approved the report, where its sender may not know why.
    """

    code: str
    reasons: tuple[tuple[str, tuple[int, ...]], ...] = ()
    errors: tuple[Wrong, ...] = ()
    instead: str | None = None
    office: "Refused | None" = None


def returned(position: int) -> Refused:
    """Say that the office gave a report back, by its decision at `position`."""
    return Refused("returned", (("returned-by-the-office", (position,)),))


@dataclass(frozen=True, slots=True)
class Twice:
    """The same event was told before under another id: where it is recorded, and of whom, if under another's id."""

    position: int
    instead: str | None = None


Ended = Waits | Refused | Twice
Decision = Fact | Ended


def decide(line: Line, world: World, position: int, begun: str, behind: Event | None = None) -> Decision:
    """Decide one report, an arrival where need be with the departure that is recorded right `behind` it; raises
    Unloaded where more of the world must be read first.
    """
    try:
        return _fact(line, world, position, begun, behind)
    except Needs as need:
        twice = _twice(line.event, world)
        return twice if isinstance(twice, Twice) else Waits(need.key)
    except Malformed as wrong:
        return Refused("invalid-request", errors=wrong.errors)
    except Contradictions as found:
        return Refused(found.code, tuple((code, (at,)) for code, at in found.reasons))
    except Contradiction as found:
        if found.code == TOLD_TWICE:
            return Twice(found.positions[0], found.instead)
        return _twice(line.event, world) or Refused(
            "contradicts-record", ((found.code, found.positions),), instead=found.instead
        )


def decide_by_own_ids(line: Line, world: World, position: int, begun: str, behind: Event | None = None) -> Decision:
    """Decide one report that may name people by ids which lead to others on the books."""
    try:
        return by_own_ids(line, lambda own: decide(own, world, position, begun, behind))
    except Malformed as wrong:
        return Refused("invalid-request", errors=wrong.errors)


def move_of(came: Line, left: Line, world: World, position: int) -> Fact | None:
    """Give what both halves of a move change together, as a fact of the departure; None where they do not fit, each by
    itself or with what was told for later days. Raises Unloaded.
    """
    event, pasts = cast("Dated", left.event), Pasts(world)
    halves = Told(position, cast("Dated", came.event)), Told(position + 1, event)
    refold = Refold(world, pasts, apply, mentions, beside)
    try:
        refold.run(halves[0], None, halves[1])
    except (Contradiction, Needs):
        return None
    return fact_of(left, event.on, (), RULES[event.kind].names(event), retold(refold.tails, world, pasts), world)


def _fact(line: Line, world: World, position: int, begun: str, behind: Event | None) -> Fact | Twice:
    event = line.event
    if type(event) is FactCorrected:
        return correct(line, event, world, begun)
    if type(event) is FactVoided:
        return void(line, event, world)
    decision = decision_of(event)
    if decision is not None:
        if type(decision) is ReportAmended:
            _try_amended(decision, world, position, begun)
        return decided(line, decision, world, begun)
    return _tell(line, cast("Dated", event), world, position, begun, behind)


def _try_amended(event: ReportAmended, world: World, position: int, begun: str) -> None:
    """Insist that a report could be recorded as it was told, and as the office says that it is right."""
    for one in versions(event, world):
        try:
            told = _told(one, world, position + 1, begun)
        except Malformed as wrong:
            raise Malformed(among_changes(wrong.errors, event.member)) from None
        if isinstance(told, Twice):
            raise Contradiction("told-already", told.position)


def _told(line: Line, world: World, position: int, begun: str) -> Fact | Twice:
    """Decide what another's report tells, by the ids under which people are on the books."""
    try:
        return by_own_ids(line, lambda own: _tell(own, cast("Dated", own.event), world, position, begun))
    except Contradiction as found:
        # A child told twice ends her own report; of a decision about it that is one more reason against it.
        if found.code != TOLD_TWICE:
            raise
        return Twice(found.positions[0], found.instead)


def _twice(event: Event, world: World) -> Twice | Refused | None:
    """Look whether the same event of the same person, household or unit and day is recorded under another id."""
    entity = _subject(event)
    row = None if entity is None else world.row(entity)
    if entity is None or row is None or row.last[0] < event.find("on"):
        return None
    known = [
        told
        for told in Pasts(world).of(entity).causes.values()
        if type(told.event) is type(event)
        and told.event.on == event.find("on")
        and entity in {_subject(told.event), told.event.find(type(event).other or "person")}
    ]
    same = (event, _by_the_other(event))
    for told in known:
        if told.event in same:
            return Twice(told.position)
    if known and event.find("person") is not None and type(event).once:
        return Refused("contradicts-record", (("told-differently", (known[0].position,)),))
    return None


def _subject(event: Event) -> str | None:
    """Give whom or what an event is about: a person, else a household or area, else the first unit that it names."""
    for name in _SUBJECTS:
        subject: str | None = event.find(name)
        if subject is not None:
            return subject
    if type(event) is UnitEstablished:
        return event.unit.unit
    return event.units[0] if type(event) is UnitReorganised else None


def _by_the_other(event: Event) -> Event:
    """Give what the other of a couple would tell; of all else what was told."""
    field = type(event).other
    if field is None or event.find(field) is None:
        return event
    return event.model_copy(update={"person": event.find(field), field: event.find("person")})


def _tell(
    line: Line, event: Dated, world: World, position: int, begun: str, behind: Event | None = None
) -> Fact | Twice:
    check_future(event, begun)
    told = Told(position, event)
    slot = told.slot
    rule = RULES[event.kind]
    pasts = Pasts(world)
    check_named(named(event), world, pasts)
    view = View(world, pasts, slot, position, {}, behind=behind)
    rule.when_told(event, view, line.device)
    states, notes = rule.apply(event, view)
    if view.late or any((row := world.row(state.id)) is not None and row.last >= slot for state in states):
        refold = Refold(world, pasts, apply, mentions, beside, behind)
        refold.run(told, None)
        changes = retold(refold.tails, world, pasts)
        notes = each_once(refold.notes, left_headless(refold.tails, world))
    else:
        changes = NO_CHANGES, asserted(states, event, view)
    if NO_CHANGES == changes[0] == changes[1]:
        twice = _twice(event, world)
        if isinstance(twice, Twice):
            return twice
    return fact_of(line, event.on, notes, rule.names(event), changes, world)
