"""Which short histories are told out of their order, so that a report of them comes before the one that it rests on?

Each is a few reports as (kind, payload with its day) in the order in which they are told.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

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


def _she_is_here(pick: "Picks", days: Sequence[str]) -> Reports:
    """What is told of who came, or of the household to which she came, is told before that, sometimes of too early."""
    first, back, later = days
    person, home = pick.resident(), pick.home()
    others = pick.living_in(home)[:2]
    lines = [{"person": one} for one in dict.fromkeys((person, *others))]
    told: dict[str, dict[str, Any]] = {
        "person.moved": {"person": person, "household": pick.home()},
        "person.health_checked": {"person": person},
        "person.contraception_started": {"person": person, "method": "iud"},
        "person.changed": {"person": person, "new": {"relation": pick.relation()}},
        "household.split": {"household": home, "founded": pick.of(pick.homes, lambda s: s is None), "members": lines},
        "household.merged": {"household": home, "into": pick.home(), "members": [{"person": person}]},
        "household.sheet_opened": {"household": home, "sheet": "2", "people": [person]},
        "household.dissolved": {
            "household": home,
            "members": [
                line | pick.chance.choice([{"destination": "abroad"}, {"household": pick.home()}]) for line in lines
            ],
        },
    }
    kinds = pick.chance.sample(sorted(told), 2)
    rests = [(kind, told[kind] | {"on": pick.chance.choice([later, later, first])}) for kind in kinds]
    left = {"on": first, "person": person, "destination": pick.chance.choice(["inside_country", "abroad"])}
    arrived = {"on": back, "person": person, "household": home, "sex": "unknown"}
    return [("person.left", left), *rests, ("person.arrived", arrived)]


def _half_by_half(pick: "Picks", days: Sequence[str]) -> Reports:
    """A departure is told behind its arrival and behind what became of her since, or of very early in between."""
    first, back, later = days
    person = pick.resident()
    told: dict[str, dict[str, Any]] = {
        "person.moved": {"household": pick.home()},
        "person.left": {"destination": pick.chance.choice(["inside_country", "abroad"])},
        "person.health_checked": {},
        "couple.checked": {},
        "person.changed": {"new": {"relation": pick.relation()}},
    }
    on = pick.chance.choice([later, later, later, back, first])
    since = [(kind, told[kind] | {"person": person, "on": on}) for kind in pick.chance.sample(sorted(told), 2)]
    arrived = {"on": back, "person": person, "household": pick.home(), "sex": "unknown"}
    came = [("person.arrived", arrived)] * pick.chance.choice([1, 1, 1, 2])
    left = {"on": first, "person": person, "destination": pick.chance.choice(["inside_country", "abroad"])}
    before = [*came, *since]
    pick.chance.shuffle(before)
    return [*before, ("person.left", left)]


def _told_again(pick: "Picks", days: Sequence[str]) -> Reports:
    """A newborn is told again under a second id, by which more is told of the child, at times before that."""
    born, later, latest = days
    one, two = pick.new(), pick.new()
    child: Payload = {"on": born, "household": pick.home(), "mother": pick.alive(sex="female"), "sex": "female"}
    child |= {"personal": {"name": f"Người {pick.chance.randint(1, 2)}"}}
    again = child | {"person": two}
    if pick.chance.random() < 0.2:
        again |= pick.chance.choice([{"birth_order": 1}, {"sex": "male"}, {"personal": {"name": "Người 3"}}])
    told: Reports = [("person.born", child | {"person": one}), ("person.born", again)]
    more = [_of(pick, two, later), _of(pick, two, later), _of(pick, one, latest), _of(pick, two, latest), told[1]]
    more = pick.chance.sample(more, 3)
    return [told[0], more[0], told[1], *more[1:]] if pick.chance.random() < 0.4 else [*told, *more]


def _of(pick: "Picks", person: str, on: str) -> tuple[str, Payload]:
    """Anything of a child that looks at it or would bring it on the books."""
    home, other = pick.home(), pick.alive()
    told: dict[str, dict[str, Any]] = {
        "person.died": {"person": person},
        "person.moved": {"person": person, "household": home},
        "person.left": {"person": person, "destination": "inside_country"},
        "person.arrived": {"person": person, "household": home, "sex": "female"},
        "person.changed": {"person": person, "new": {"ethnicity": "02"}},
        "person.newborn_screened": {"person": person, "hearing": "at_risk"},
        "person.merged": {"person": person, "into": other},
        "household.head_changed": {
            "household": home,
            "head": other,
            "members": [{"person": person, "relation": "child"}],
        },
        "household.sheet_opened": {"household": home, "sheet": "2", "people": [person, other]},
    }
    sheet = pick.of(pick.homes, lambda state: state is None)
    told["household.registered"] = {"household": sheet, "area": pick.area(), "members": [pick.line(person)]}
    kind = pick.chance.choice(sorted(told))
    return kind, told[kind] | {"on": on}


ORDERS: tuple[Callable[["Picks", Sequence[str]], Reports], ...] = (
    _new_head,
    _to_and_fro,
    _she_is_here,
    _she_is_here,
    _half_by_half,
    _half_by_half,
    _told_again,
    _told_again,
)
