"""What do the kinds about units and areas mean, from their descriptions and the conventions (28, 29)?"""

from collections.abc import Iterator

from tests.laws.scene import Payload, Scene, State

ABOVE: dict[str, set[str | None]] = {
    "province": {None},
    "district": {"province"},
    "commune": {"district", "province"},
    "area": {"commune"},
}


def _names(told: Payload) -> Payload:
    return {language: name for language, name in told.items() if name is not None}


def _place(scene: Scene, level: str, parent: str | None) -> None:
    above = scene.unit(parent).get("level", "unknown") if parent is not None else None
    scene.refuse("wrong level above", when=above != "unknown" and above not in ABOVE[level])


def _found(scene: Scene, new: Payload) -> None:
    scene.fresh(new["unit"])
    scene.refuse("another day in its id", when=new["unit"][-8:] != scene.on.replace("-", ""))
    _place(scene, new["level"], new["parent"])
    scene.set(
        new["unit"],
        sort="unit",
        code=new["code"],
        level=new["level"],
        names=_names(new["names"]),
        valid_from=scene.on,
        valid_to=None,
        parent=new["parent"],
        predecessors=[],
        type=new["type"],
        assigned=[],
    )


def established(scene: Scene, told: Payload) -> None:
    _found(scene, told["unit"])


def reorganised(scene: Scene, told: Payload) -> None:
    units = {unit: scene.unit(unit) for unit in told["units"]}
    scene.refuse("an area", when=any(state.get("level") == "area" for state in units.values()))
    first = told["units"][0]
    if told["change"] == "rename":
        scene.set(first, names=_names(told["names"]))
    elif told["change"] == "level":
        _level(scene, first, told)
    elif told["change"] == "abolish":
        _abolish(scene, units)
    elif told["change"] == "split":
        _split(scene, first, told["parts"])
    else:
        _merge(scene, units, told)


def _level(scene: Scene, unit: str, told: Payload) -> None:
    state = scene.now.get(unit)
    if state is None or state["level"] not in ABOVE:
        return
    level = told["level"] or state["level"]
    parent = told["parent"]
    if parent is None and level != "province":
        parent = state["parent"]
    _place(scene, level, parent)
    scene.refuse("below itself", when=unit in _upwards(scene, parent))
    below = [one["level"] for one in scene.now.values() if one["sort"] == "unit" and _lies_below(one, unit)]
    scene.refuse("wrong level below", when=any(level not in ABOVE.get(one, {level}) for one in below))
    scene.set(unit, level=level, parent=parent)
    if told["names"] is not None:
        scene.set(unit, names=_names(told["names"]))
    if told["type"] is not None:
        scene.set(unit, type=told["type"])


def _lies_below(state: State, unit: str) -> bool:
    return state["parent"] == unit and state["valid_to"] is None


def _upwards(scene: Scene, unit: str | None) -> Iterator[str]:
    while unit is not None:
        yield unit
        unit = scene.now.get(unit, {}).get("parent")


def _abolish(scene: Scene, units: dict[str, State]) -> None:
    """What lies below goes to the next unit above that stays."""
    for unit, state in units.items():
        above = next((one for one in _upwards(scene, state.get("parent")) if one not in units), None)
        scene.refuse("nothing above", when=bool(state) and above is None)
        level = scene.now.get(above or "", {}).get("level")
        staying = [scene.now[one]["level"] for one in _below(scene, unit) if one not in units]
        scene.refuse("wrong level below", when=level is not None and any(level not in ABOVE[one] for one in staying))
        scene.set(unit, valid_to=scene.on)
        _hand_over(scene, unit, above, units)


def _merge(scene: Scene, units: dict[str, State], told: Payload) -> None:
    if told["new"] is not None:
        into = told["new"]["unit"]
        scene.refuse("goes into itself", when=into in units)
        scene.refuse("below what ends", when=told["new"]["parent"] in units)
        _found(scene, told["new"])
        level, before = told["new"]["level"], []
    else:
        into = told["into"]
        state = scene.unit(into)
        level, before = state.get("level"), state.get("predecessors", [])
    gone = [unit for unit in units if unit != into]
    for unit in gone:
        other = level is not None and units[unit].get("level", level) != level
        empty = units[unit].get("level") == "district" and not list(_below(scene, unit))
        scene.refuse("another level", when=other and not empty)
        scene.set(unit, valid_to=scene.on)
        _hand_over(scene, unit, into, {})
    scene.set(into, predecessors=[*before, *({"unit": unit, "whole": True} for unit in gone)])


def _below(scene: Scene, unit: str) -> Iterator[str]:
    for below, state in scene.now.items():
        if state["sort"] == "unit" and _lies_below(state, unit):
            yield below


def _hand_over(scene: Scene, unit: str, to: str | None, ending: dict[str, State]) -> None:
    for below in _below(scene, unit):
        if below not in ending:
            scene.set(below, parent=to)


def _split(scene: Scene, unit: str, parts: list[Payload]) -> None:
    """Every place below goes to one part, named or with the rest; a household whose area is cut to another area."""
    whole = scene.unit(unit)
    to = {(part["new"] or {}).get("unit") or part["unit"]: part for part in parts}
    for heir, part in to.items():
        if part["new"] is not None:
            scene.refuse("goes into itself", when=heir == unit)
            _found(scene, part["new"])
            level, before = part["new"]["level"], []
        else:
            state = scene.unit(heir)
            level, before = state.get("level"), state.get("predecessors", [])
        scene.refuse("another level", when=None is not level != whole.get("level", level))
        if heir != unit:
            told = any(one["unit"] == unit for one in before)
            scene.set(heir, predecessors=before if told else [*before, {"unit": unit, "whole": False}])
    if unit not in to:
        scene.set(unit, valid_to=scene.on)
    named = {place: heir for heir, part in to.items() for place in part["takes"]}
    rest = next((heir for heir, part in to.items() if part["rest"]), unit if unit in to else None)
    below = set(_below(scene, unit))
    scene.refuse("lies elsewhere", when=not set(named) <= below)
    for place in below:
        scene.refuse("goes nowhere", when=named.get(place, rest) is None)
        scene.set(place, parent=named.get(place, rest))
    for heir, part in to.items():
        for told in part["households"]:
            _resettle(scene, told, heir, below)


def _resettle(scene: Scene, told: Payload, heir: str, below: set[str]) -> None:
    home, area = scene.household(told["household"]), scene.unit(told["area"])
    scene.refuse("no area", when=area.get("level", "area") != "area")
    lies = scene.after.get(told["area"], area).get("parent", heir)
    scene.refuse("area of another unit", when=lies != heir)
    scene.refuse("stands elsewhere", when=bool(home) and home["area"] not in below)
    scene.refuse("stands there", when=home.get("area") == told["area"])
    scene.set(told["household"], area=told["area"], number=told["number"], sheet=told["sheet"])
    for person, state in scene.now.items():
        if state["sort"] == "person" and state["household"] == told["household"]:
            scene.set(person, area=told["area"])


def area_established(scene: Scene, told: Payload) -> None:
    area, commune = told["area"], told["commune"]
    scene.refuse("no commune", when=scene.unit(commune).get("level", "commune") != "commune")
    scene.refuse("another commune in its id", when=area[:-4] != commune)
    scene.fresh(area)
    scene.set(
        area,
        sort="unit",
        code=area[-3:],
        level="area",
        names=_names(told["names"]),
        valid_from=scene.on,
        valid_to=None,
        parent=commune,
        predecessors=[],
        type=None,
        assigned=[],
    )


def area_assigned(scene: Scene, told: Payload) -> None:
    area = scene.unit(told["area"])
    scene.refuse("no area", when=area.get("level", "area") != "area")
    new = {name: value for name, value in told.items() if name in {"collaborator", "until"} and value is not None}
    days = {one["since"]: one for one in area.get("assigned", [])} | {scene.on: {"since": scene.on} | new}
    scene.set(told["area"], assigned=[days[day] for day in sorted(days)])


def area_reassigned(scene: Scene, told: Payload) -> None:
    area = scene.unit(told["area"])
    scene.refuse("no area", when=area.get("level", "area") != "area")
    scene.refuse("no commune", when=scene.unit(told["commune"]).get("level", "commune") != "commune")
    scene.refuse("lies there", when=area.get("parent") == told["commune"])
    scene.set(told["area"], parent=told["commune"])
