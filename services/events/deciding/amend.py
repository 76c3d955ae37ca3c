"""How is a recorded report put right or taken back, without touching what was recorded?"""

from typing import Any, cast

from pydantic import ValidationError

from contracts.event import Dated
from contracts.fact import Amends, Fact
from contracts.kinds.correction import FactCorrected, FactVoided, corrected
from contracts.kinds.office import Office
from services.events.deciding.needs import report_key
from services.events.report.line import Line
from services.events.report.pointers import Malformed, among_changes, pointers
from services.events.rules import RULES, apply, beside, check_future, check_named, mentions
from services.events.rules.household import each_once, left_headless
from services.events.rules.matching import named
from services.events.state.aliases import on_the_books, payload_of, told_in
from services.events.state.facts import fact_of, retold
from services.events.state.keys import KEY_KINDS
from services.events.state.refold import LATER, Refold
from services.events.state.timeline import Pasts, Told
from services.events.state.world import WAITING, Contradiction, Needs, World


def correct(line: Line, event: FactCorrected, world: World, begun: str) -> Fact:
    """Put fields of an earlier report right, and all that follows from it."""
    pasts = Pasts(world)
    position, former = _original(event.fact, world, pasts)
    _check_latest(position, event.previous, world, pasts)
    line = on_the_books(line, world.fact(position).cause.aliases or {})
    event = cast("FactCorrected", line.event)
    right = put_right(former.event, event.changes, event.member, position)
    check_future(right, begun)
    check_named(named(right) - named(former.event), world, pasts)
    return _amend(line, Told(position, right), former, world, pasts)


def put_right(former: Dated, changes: dict[str, Any], member: str | None, *positions: int) -> Dated:
    """Give what a report says once some of its fields are put right; `positions`: where the ledger has it."""
    kind = type(former)
    if member is None and kind.fixed & set(changes):
        raise Contradiction("field-is-fixed", *positions)
    payload = former.model_dump(mode="json")
    if member is not None and (
        "person" in changes or member not in {line["person"] for line in payload.get("members", ())}
    ):
        raise Contradiction("no-such-member", *positions)
    try:
        right = kind.check(corrected(payload, changes, member))
    except ValidationError as invalid:
        raise Malformed(among_changes(pointers(invalid, kind), member)) from None
    if right == former:
        raise Contradiction("nothing-changes", *positions)
    return right


def void(line: Line, event: FactVoided, world: World) -> Fact:
    """Take an earlier report back, or one correction of it, and all that follows from it."""
    pasts = Pasts(world)
    target = _recorded(event.fact, world)
    fact = world.fact(target)
    if fact.amends is None:
        position, former = _original(event.fact, world, pasts)
        if event.previous is not None:
            _check_latest(position, event.previous, world, pasts)
        return _amend(line, None, former, world, pasts)
    if fact.kind == FactVoided.kind:
        raise Contradiction("void-of-a-void", target)
    if pasts.voided(target):
        raise Contradiction("already-voided", *pasts.voids(target))
    position = fact.amends.position
    former_told = pasts.told(position)
    if former_told is None:
        raise Contradiction("already-voided", *pasts.voids(position))
    if event.previous is not None:
        _check_latest(position, event.previous, world, pasts)
    payload = payload_of(world.fact(position).cause)
    others = [
        (at, cast("FactCorrected", told_in(fact.cause))) for at, fact in pasts.corrections(position) if at != target
    ]
    for _, other in others:
        payload = corrected(payload, other.changes, other.member)
    try:
        changed = Told(position, type(former_told.event).check(payload))
    except ValidationError:
        raise Contradiction(LATER, *(at for at, _ in others if at > target)) from None
    return _amend(line, changed, former_told, world, pasts, target)


def _recorded(report: str, world: World) -> int:
    """Find where a report is recorded; wait for it where it is not here or waits itself."""
    outcome = world.outcome(report)
    if outcome is None or outcome.fate in WAITING:
        raise Needs(report_key(report))
    if outcome.fate == "duplicate" and outcome.position is not None:
        raise Contradiction("target-told-already", outcome.position)
    if outcome.position is None or outcome.fate not in {"recorded", "voided"}:
        raise Contradiction("target-refused")
    return outcome.position


def _original(report: str, world: World, pasts: Pasts) -> tuple[int, Told]:
    position = _recorded(report, world)
    fact = world.fact(position)
    if fact.amends is not None:
        raise Contradiction("not-an-original", position)
    if fact.kind in KEY_KINDS:
        raise Contradiction("key-stays", position)
    former = pasts.told(position)
    if former is None:
        raise Contradiction("already-voided", *pasts.voids(position))
    if isinstance(former.event, Office):
        raise Contradiction("decision-of-the-office", position)
    return position, former


def _check_latest(position: int, previous: str | None, world: World, pasts: Pasts) -> None:
    """Who corrects must have seen the latest correction that stands; one that is not here yet is waited for."""
    standing = pasts.corrections(position)
    latest = standing[-1][1].cause.report if standing else None
    if previous == latest:
        return
    seen = None if previous is None else world.outcome(previous)
    if previous is not None and (seen is None or seen.fate in WAITING):
        raise Needs(report_key(previous))
    gone = pasts.voids(seen.position) if seen is not None and seen.fate == "voided" and seen.position else []
    raise Contradiction("not-the-latest", *([at for at, _ in standing[-1:]] or gone or [position]))


def _amend(
    line: Line, changed: Told | None, former: Told, world: World, pasts: Pasts, target: int | None = None
) -> Fact:
    refold = Refold(world, pasts, apply, mentions, beside)
    try:
        refold.run(changed, former)
    except Contradiction as found:
        if found.positions:
            raise
        # What no other fact stands against contradicts the rest of the report itself.
        raise Contradiction(found.code, former.position, instead=found.instead) from None
    at = former.position if target is None else target
    told = former if changed is None else changed
    names = RULES[told.event.kind].names(told.event)
    amends = Amends(world.fact(at).cause.report, at)
    notes = each_once(refold.notes, left_headless(refold.tails, world))
    return fact_of(line, told.event.on, notes, names, retold(refold.tails, world, pasts), world, amends)
