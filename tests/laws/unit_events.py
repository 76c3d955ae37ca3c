"""Which foundings and reorganisations of units and areas are told in random lives?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.laws.scene import Payload
from tests.laws.senders import COLLABORATORS

if TYPE_CHECKING:
    from tests.laws.histories import Picks


def _new_unit(pick: "Picks", on: str) -> Payload:
    code, level, parent = pick.chance.choice(
        [
            ("32", "province", None),
            ("301", "district", pick.unit("province")),
            ("10600", "commune", pick.unit("province", "district")),
            ("10525", "commune", pick.unit("province", "district")),
        ]
    )
    new = {"unit": f"{code}-{on.replace('-', '')}", "code": code, "level": level, "names": {"vi": f"Nơi {code}"}}
    return new | ({"parent": parent} if parent is not None else {})


def _reorganisation(pick: "Picks", on: str) -> Payload:
    change = pick.chance.choice(["merge", "merge", "merge", "rename", "level", "abolish", "split", "split", "split"])
    if change == "split":
        return _division(pick, on)
    level = pick.chance.choice(["province", "district", "commune", "commune", "commune"])
    units = list(dict.fromkeys(pick.unit(level) for _ in range(pick.chance.randint(1, 3))))
    if change == "rename":
        return {"change": change, "units": units[:1], "names": {"vi": f"Tên {pick.chance.randint(1, 3)}"}}
    if change == "level":
        to = pick.chance.choice([None, "district", "commune", "province"])
        parent = pick.unit("province", "district") if to is None or pick.chance.random() < 0.7 else None
        kind = pick.chance.choice([None, None, "xa", "phuong"])
        return {"change": change, "units": units[:1], "level": to, "parent": parent, "type": kind}
    if change == "abolish":
        return {"change": change, "units": units}
    if pick.chance.random() < 0.5:
        return {"change": change, "units": units, "into": pick.chance.choice([*units, pick.unit(level)])}
    return {"change": change, "units": units, "new": _new_unit(pick, on)}


def _division(pick: "Picks", on: str) -> Payload:
    """A commune, now and then a unit above, among itself, others and new ones; a household or two by name."""
    states = {one: state for one, state in pick.states.items() if state.get("valid_to") is None}
    homes = {home: states[home]["area"] for home in pick.homes if home in states}
    lived_in = sorted({states[area]["parent"] for area in homes.values()})
    unit = pick.unit(*pick.chance.choice([["commune"], ["commune"], ["commune"], ["district", "province"]]))
    if lived_in and pick.chance.random() < 0.7:
        unit = pick.chance.choice(lived_in)
    heirs = list(dict.fromkeys([unit, pick.unit("commune"), pick.unit("commune")]))
    parts: list[Payload] = [{"unit": one} for one in pick.chance.sample(heirs, pick.chance.randint(1, len(heirs)))]
    if pick.chance.random() < 0.4:
        parts.append({"new": _new_unit(pick, on)})
    belongs = {area: states[area]["parent"] for area in pick.areas if area in states}
    rest = pick.chance.choice(parts) if pick.chance.random() < 0.9 else {}
    for place in sorted(one for one, state in states.items() if state.get("parent") == unit):
        part = pick.chance.choice(parts) if pick.chance.random() < 0.5 else None
        if part is not None:
            part.setdefault("takes", []).append(place)
        belongs[place] = _heir(part or rest)
    if rest:
        rest["rest"] = True
    for home, area in homes.items():
        if pick.chance.random() < (0.7 if states[area]["parent"] == unit else 0.02):
            fitting = [(part, one) for part in parts for one in sorted(belongs) if belongs[one] == _heir(part) != ""]
            fitting = [(part, one) for part, one in fitting if one != area] if pick.chance.random() < 0.9 else fitting
            part, to = pick.chance.choice(fitting or [(parts[0], area)])
            to = to if pick.chance.random() < 0.95 else pick.chance.choice(pick.areas)
            part.setdefault("households", []).append({"household": home, "area": to})
    return {"change": "split", "units": [unit], "parts": parts}


def _heir(part: Payload) -> str:
    return str(part.get("unit") or part.get("new", {}).get("unit", ""))


def _area(pick: "Picks", on: str) -> Payload:
    commune = pick.unit("commune")
    area = f"{commune}-{pick.chance.randint(2, 4):03d}"
    return {"area": area, "commune": commune, "names": {"vi": area}}


def _assignment(pick: "Picks", on: str) -> Payload:
    """An area goes to one of those who may tell of it mostly, to another, or to nobody in particular."""
    area = pick.area()
    fitting = [one for one, sender in COLLABORATORS.items() if {area, area[:-4]} & set(sender.areas)]
    who = pick.chance.choice([None, *fitting, *fitting, *COLLABORATORS])
    until = f"{on[:4]}-{pick.chance.choice(('06-30', '12-31'))}" if who is not None else None
    return {"area": area, "collaborator": who, "until": until if pick.chance.random() < 0.3 else None}


UNIT_EVENTS: dict[str, tuple[float, Callable[["Picks", str], Payload]]] = {
    "unit.established": (2, lambda pick, on: {"unit": _new_unit(pick, on)}),
    "unit.reorganised": (7, _reorganisation),
    "area.established": (2, _area),
    "area.assigned": (3, _assignment),
    "area.reassigned": (4, lambda pick, on: {"area": pick.area(), "commune": pick.unit("commune")}),
}
