"""Which short histories are told out of their order, so that a report of them comes before the one that it rests on?

Each is a few reports as (kind, payload with its day) in the order in which they are told.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tests.laws.scene import Payload

if TYPE_CHECKING:
    from tests.laws.histories import Picks

Reports = list[tuple[str, Payload]]


def _new_head(pick: "Picks", days: Sequence[str]) -> Reports:
    """A new head, or a relative of hers, is told before she moved in, or arrived."""
    home, newcomer = pick.home(), pick.alive()
    living = [one for one in pick.living_in(home) if one != newcomer][:1]
    head, *others = pick.chance.choice([[newcomer, *living], [*living, newcomer]])
    lines = [{"person": one, "relation": pick.relation()} for one in others]
    told = {"on": pick.chance.choice(days), "household": home, "head": head, "members": lines}
    came: Payload = {"on": days[0], "person": newcomer, "household": home}
    if (pick.states.get(newcomer) or {}).get("status") == "resident":
        return [("household.head_changed", told), ("person.moved", came)]
    return [("household.head_changed", told), ("person.arrived", came | {"sex": "unknown"})]


def _to_and_fro(pick: "Picks", days: Sequence[str]) -> Reports:
    """A second departure is told before the arrival between, now and then twice, or of the very day of the first."""
    first, back, second = days
    person = pick.resident()
    left = {"person": person, "destination": pick.chance.choice(["inside_country", "abroad"])}
    again = ("person.left", left | {"on": first if pick.chance.random() < 0.15 else second})
    arrived = {"on": back, "person": person, "household": pick.home(), "sex": "unknown"}
    twice = [again] * pick.chance.choice([1, 1, 1, 2])
    return [("person.left", left | {"on": first}), *twice, ("person.arrived", arrived)]


ORDERS: tuple[Callable[["Picks", Sequence[str]], Reports], ...] = (_new_head, _to_and_fro)
