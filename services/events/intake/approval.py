"""Must the office look at a report before it is recorded, and which office?"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from contracts.event import CATALOGUE
from contracts.fact import Fact, position_of
from contracts.ids import EVERYWHERE
from contracts.scopes import Scope
from contracts.unit import UnitState
from services.events.deciding.decide import decide_by_own_ids
from services.events.deciding.office import decision_of
from services.events.places import concerned, decides, last_places, permitted, within
from services.events.report.line import Line
from services.events.settings import ApprovalRule
from services.events.state.timeline import Pasts, transitions
from services.events.state.world import END_OF_DAY, PERSON, World
from services.events.store.effects import areas_in, areas_of

HANDED_OVER = "handed_over"
ELSEWHERE, ANOTHERS = "outside-the-areas", "assigned-to-another"
"""Why a report is handed over: its sender may not report for those places, or somebody else visits them."""
SEEN_FIRST, MONTH_CLOSED = "seen-by-the-office-first", "month-closed"
"""Why a report waits for the office of its sender's own places."""
OUTSIDE_FATE = "outside"


class Filed(NamedTuple):
    """A fact and its way: recorded, waiting for the office of which places and why, or not its sender's business."""

    way: str
    fact: Fact
    places: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def way_of(
    line: Line, fact: Fact, world: World, rules: Sequence[ApprovalRule], closed: Callable[[], str]
) -> tuple[str, ...]:
    """Say whether a fact is recorded at once, waits for the office (and why), or is none of its sender's business.

    `closed` gives the latest month that is closed anywhere, which an office's own reports need not know; raises
    Unloaded.
    """
    decision = decision_of(line.event)
    if decision is not None:
        return ("recorded" if decides(world, decision, line.areas) else OUTSIDE_FATE,)
    if line.approved is None:
        if not (permitted(world, fact, line.areas) and may_amend(line, fact, world)):
            return (HANDED_OVER, ELSEWHERE) if may_be_handed_over(line, fact, world) else (OUTSIDE_FATE,)
        if is_anothers(line, fact, world):
            return HANDED_OVER, ANOTHERS
    if line.officer or line.approved is not None:
        return ("recorded",)
    why = why_approved(line, fact, world, rules, closed())
    return ("recorded",) if why is None else ("waiting", why)


def still_touches(told: Line, world: World, position: int, begun: str, allowed: tuple[str, ...]) -> bool:
    """Say whether a report touches or speaks of anybody or anything of an office's places, as things stand since it was
    laid on its desk; raises Unloaded.
    """
    if concerned(world, told.event, allowed):
        return True
    fact = decide_by_own_ids(told, world, position, begun)
    # What would be refused by now, or wait, touches nobody else either.
    return not isinstance(fact, Fact) or within(places_of(fact, world), world, allowed)


def why_approved(line: Line, fact: Fact, world: World, rules: Sequence[ApprovalRule], closed: str) -> str | None:
    """Say why a report waits for the office, if it does: by its kind and source, or because the month's books are
    closed.

    `closed` is the latest month that is closed anywhere; raises Unloaded.
    """
    kind, source = line.event.kind, line.report.source
    if any(kind in rule.kinds and source.startswith(rule.source) for rule in rules):
        return SEEN_FIRST
    days = [day for day in _days(fact, world) if day[:7] <= closed]
    areas = places_of(fact, world) if days else ()
    kept = ((commune, day[:7]) for day in days for commune in _communes(areas, world, day))
    return MONTH_CLOSED if any(world.month(*one).closed is not None for one in kept) else None


def may_be_handed_over(line: Line, fact: Fact, world: World) -> bool:
    """Say whether a report from outside its sender's places goes to the office of those that it would touch.

    That is what collaborators tell of people and households, and what puts right or takes back what they told
    themselves: of another area then, or of one that they have no more. What changes units, keys or identities, or what
    somebody else told, is not handed over: its sender has no business there. Raises Unloaded.
    """
    if fact.amends is None:
        return type(line.event).scope == Scope.EVENTS_REPORT_WRITE
    cause = world.fact(world.original(fact.amends.position)).cause
    return cause.authid == line.sender and CATALOGUE[cause.type].scope == Scope.EVENTS_REPORT_WRITE


def may_amend(line: Line, fact: Fact, world: World) -> bool:
    """Say whether the sender of what amends a report could have told one of its kind; raises Unloaded."""
    if fact.amends is None:
        return True
    kind = CATALOGUE[world.fact(world.original(fact.amends.position)).cause.type]
    return kind.scope in {Scope.EVENTS_REPORT_WRITE, *line.scopes}


def is_anothers(line: Line, fact: Fact, world: World) -> bool:
    """Say whether all that a collaborator may tell of is another's to visit, on the day on which her report came in.

    The office, and whoever may report for the whole country, visits no area; raises Unloaded.
    """
    if line.officer or EVERYWHERE in line.areas or not _any_assigned(fact, world):
        return False
    areas, day = places_of(fact, world), line.received or world.today
    others = [area for area in areas if _visitor(area, world, day) not in {None, line.sender}]
    return bool(others) and not any(area not in others and within((area,), world, line.areas) for area in areas)


def _any_assigned(fact: Fact, world: World) -> bool:
    """Say whether any area that a fact touches is assigned at all: few reports need a closer look."""
    seen = None
    for area in areas_of(fact):
        if area != seen:
            seen = area
            row = world.row(area)
            if row is not None and getattr(row.state, "assigned", None):
                return True
    return seen is None


def _visitor(area: str, world: World, day: str) -> str | None:
    row = world.row(area)
    return row.state.visitor(day) if row is not None and isinstance(row.state, UnitState) else None


def places_of(fact: Fact, world: World) -> tuple[str, ...]:
    """Give the areas that a fact would touch; of those whom it only names, or who are on the books nowhere, the ones
    where they stand or stood last.
    """
    places = dict.fromkeys(areas_of(fact))
    if not places:
        for entity in (*fact.names, *(step.entity for step in transitions(fact.asserts))):
            row = world.row(entity)
            area = None if row is None else getattr(row.state, "area", None)
            if area is not None:
                places[area] = None
            elif row is not None and row.kind == PERSON and row.state is not None:
                places |= dict.fromkeys(last_places(entity, world))
    return tuple(places)


def desk_of(fact: Fact, world: World, reasons: Sequence[str]) -> tuple[str, ...]:
    """Give the areas whose office has a report on its desk: those that it would touch. What amends from outside the
    sender's places is for those alone that were spoken of so far: no office draws to itself what stands elsewhere.
    """
    former = tuple(dict.fromkeys(areas_in(fact.retracts)))
    return former if former and fact.amends is not None and ELSEWHERE in reasons else places_of(fact, world)


def _days(fact: Fact, world: World) -> set[str]:
    """Give the day of which a report tells; what is put right to another one tells of the former one too."""
    days = {fact.on}
    if fact.amends is not None:
        original = world.original(fact.amends.position)
        steps = transitions(fact.retracts)
        days.update(step.on for step in steps if step.rank is not None and position_of(step.rank) == original)
    return days


def _communes(areas: Sequence[str], world: World, day: str) -> list[str]:
    """Give the communes that may have closed the books of a day for some areas: those of its evening, and all to which
    the areas came since, which close what their predecessors left open.
    """
    found: dict[str, None] = {}
    evening = (day, END_OF_DAY)
    for area in areas:
        row = world.row(area)
        if row is None:
            continue
        states = [row.state]
        if row.last > evening:
            timeline = Pasts(world).of(area)
            later = (timeline.steps[slot].after for slot in timeline.slots if slot > evening)
            states += [timeline.before(evening), *later]
        found |= {one.parent: None for one in states if isinstance(one, UnitState) and one.parent is not None}
    return list(found)
