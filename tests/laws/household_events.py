"""Which changes of basic data, of couples and of whole households are told in random lives?"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.laws.scene import Payload

if TYPE_CHECKING:
    from tests.laws.histories import Picks


_BEGUN, _ENDED = ("2020-01-01", "2025-03-15", "2026-06-01"), ("2024-06-01", "2025-03-15", "2026-01-01")


def _inhabited(pick: "Picks") -> tuple[str, list[str]]:
    """A household and those who live there, now and then with somebody who does not."""
    living = [one for one in pick.homes if pick.living_in(one)]
    home = pick.chance.choice(living if living and pick.chance.random() < 0.95 else pick.homes)
    people = pick.living_in(home)
    if not people or pick.chance.random() < 0.05:
        people = list(dict.fromkeys([*people, pick.resident()]))
    return home, people


def _change(pick: "Picks", on: str) -> Payload:
    """One to three basic facts, with old values that are right mostly; sometimes a name."""
    person = pick.alive()
    values: dict[str, list[Any]] = {
        "sex": ["male", "female", "unknown"],
        "birth": pick.births,
        "marital": ["single", "married", "widowed", "refused"],
        "relation": ["spouse", "child", "other"],
        "ethnicity": ["01", "02", "refused"],
        "education": ["none", "primary", "refused"],
        "residence": ["present", "temporarily_away"],
        "occupation": ["Nông dân", "Công nhân"],
        "disability": ["none", "sight"],
        "disability_degree": ["mild", "severe"],
    }
    names = pick.chance.sample(sorted(values), pick.chance.choice([0, 1, 1, 1, 2, 3]))
    new = {name: pick.chance.choice(values[name]) for name in names}
    state = pick.states.get(person) or {}
    old = {name: state[name] for name in names if state.get(name) is not None and pick.chance.random() < 0.5}
    told: Payload = {"person": person, "old": old, "new": new, "personal": None}
    if not new or pick.chance.random() < 0.2:
        told["personal"] = {"name": f"Người {pick.chance.randint(1, 3)}"}
        if pick.chance.random() < 0.3:
            told["personal"]["contacts"] = [{"type": "phone", "value": f"09{pick.chance.randint(1, 3)}"}]
    return told


def _number(pick: "Picks", on: str) -> Payload:
    person = pick.alive()
    number = pick.people.index(person) + pick.chance.choice([0, 0, 100])
    told = [
        {"type": "pid", "value": f"{number:012d}"},
        {"type": "cmnd", "value": f"{number:09d}", "valid_from": pick.chance.choice([None, *_BEGUN])},
        {"type": "bhyt", "value": f"{number:010d}", "valid_to": pick.chance.choice([None, *_ENDED])},
    ]
    return {"person": person, "personal": {"identifiers": pick.chance.sample(told, pick.chance.choice([1, 1, 2]))}}


def relatives(pick: "Picks", people: list[str], most: int = 9) -> list[Payload]:
    some = pick.chance.sample(people, pick.chance.randint(0, min(len(people), most)))
    return [{"person": one, "relation": pick.relation()} for one in some]


def _split(pick: "Picks", on: str) -> Payload:
    home, people = _inhabited(pick)
    lines = relatives(pick, people) or [{"person": people[0]}]
    return {
        "household": home,
        "founded": pick.of(pick.homes, lambda state: state is None),
        "members": lines,
        "head": pick.chance.choice([None, lines[0]["person"]]),
        "area": pick.chance.choice([None, pick.area()]),
    }


def _merger(pick: "Picks", on: str) -> Payload:
    home, people = _inhabited(pick)
    return {"household": home, "into": pick.home(), "members": relatives(pick, people, 2)}


def _dissolution(pick: "Picks", on: str) -> Payload:
    empty = [one for one in pick.homes if pick.states.get(one) is not None and not pick.living_in(one)]
    if empty and pick.chance.random() < 0.5:
        return {"household": pick.chance.choice(empty), "members": []}
    home, people = _inhabited(pick)
    lines: list[Payload] = []
    for one in people if pick.chance.random() < 0.9 else people[:1]:
        if pick.chance.random() < 0.6:
            lines.append({"person": one, "household": pick.home(), "relation": pick.relation()})
        else:
            lines.append({"person": one, "destination": pick.chance.choice(["inside_country", "abroad", "unknown"])})
    return {"household": home, "members": lines}


def _second_sheet(pick: "Picks", on: str) -> Payload:
    home, people = _inhabited(pick)
    people = pick.chance.sample(people, pick.chance.randint(1, len(people)))
    return {"household": home, "sheet": pick.chance.choice(["1", "2"]), "people": people}


HOUSEHOLD_EVENTS: dict[str, tuple[float, Callable[["Picks", str], Payload]]] = {
    "person.changed": (10, _change),
    "person.identifier_issued": (5, _number),
    "person.identifier_withdrawn": (4, _number),
    "person.separated": (4, lambda pick, _: {"person": pick.alive(marital="married")}),
    "person.reconciled": (3, lambda pick, _: {"person": pick.alive(marital="separated")}),
    "household.split": (8, _split),
    "household.merged": (6, _merger),
    "household.dissolved": (6, _dissolution),
    "household.sheet_opened": (5, _second_sheet),
    "household.reviewed": (4, lambda pick, _: {"household": pick.home()}),
}
