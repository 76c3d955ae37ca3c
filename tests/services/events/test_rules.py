"""Does every kind have its rule, and every rule its kind?"""

import pytest

from contracts.event import Dated, Event
from contracts.json_schema import kinds
from services.events.rules import RULES

# Corrections and voids have no date and no rule of their own: they apply the rule of what they amend.
RULED = [kind for kind in kinds() if issubclass(kind, Dated)]


@pytest.mark.parametrize("kind", RULED, ids=lambda kind: kind.kind)
def test_every_kind_has_a_rule(kind: type[Event]) -> None:
    assert kind.kind in RULES, f"add a rule for {kind.kind} to services/events/rules"


def test_there_is_no_rule_without_a_kind() -> None:
    assert set(RULES) <= {kind.kind for kind in RULED}
