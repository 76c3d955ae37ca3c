"""Must the office look at a report before it is recorded, and which office?"""

from collections.abc import Sequence

from contracts.fact import Fact
from contracts.scopes import Scope
from contracts.unit import UnitState
from services.events.effects import areas_of
from services.events.line import Line
from services.events.settings import ApprovalRule
from services.events.timeline import transitions
from services.events.world import World

HANDED_OVER = "handed_over"


def must_be_approved(line: Line, fact: Fact, world: World, rules: Sequence[ApprovalRule], closed: str) -> bool:
    """Say whether a report waits for the office: by its kind and source, or because the month's books are closed.

    Those of the office itself do not, nor those that it has approved. `closed` is the latest month that is closed
    anywhere; raises Unloaded.
    """
    kind, source = line.event.kind, line.report.source
    if any(kind in rule.kinds and source.startswith(rule.source) for rule in rules):
        return True
    month = fact.on[:7]
    return month <= closed and any(world.month(commune, month).closed is not None for commune in _communes(fact, world))


def may_be_handed_over(line: Line, fact: Fact) -> bool:
    """Say whether a report from outside its sender's places goes to the office of those that it would touch.

    That is what collaborators tell of people and households. What changes units, keys, identities or what was
    recorded is not handed over: its sender has no business there.
    """
    return fact.amends is None and type(line.event).scope == Scope.EVENTS_REPORT_WRITE


def places_of(fact: Fact, world: World) -> tuple[str, ...]:
    """Give the areas that a fact would touch; of those whom it only names, the ones where they stand."""
    places = dict.fromkeys(areas_of(fact))
    if not places:
        for entity in (*fact.names, *(step.entity for step in transitions(fact.asserts))):
            row = world.row(entity)
            area = None if row is None else getattr(row.state, "area", None)
            if area is not None:
                places[area] = None
    return tuple(places)


def _communes(fact: Fact, world: World) -> list[str]:
    found: dict[str, None] = {}
    for area in places_of(fact, world):
        row = world.row(area)
        if row is not None and isinstance(row.state, UnitState) and row.state.parent is not None:
            found[row.state.parent] = None
    return list(found)
