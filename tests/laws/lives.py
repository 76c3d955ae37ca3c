"""What do the kinds about persons and households mean, from their descriptions and the conventions (in brackets)?"""

from tests.laws.care import delivered, taken_over
from tests.laws.coming import may_come
from tests.laws.scene import Payload, Scene, State, not_before, told_of

DESCRIBED = (
    "sex", "birth", "relation", "marital", "spouse", "mother", "birth_order", "ethnicity", "education", "residence",
    "occupation", "disability", "disability_degree",
)  # fmt: skip
UNITED = ("married", "separated")


def _described(scene: Scene, line: Payload, household: str, area: str) -> State:
    scene.refuse("born later", when=not not_before(line["birth"], scene.on))
    scene.refuse("own spouse", when=line["spouse"] == line["person"])
    scene.refuse("own mother", when=line["mother"] == line["person"])
    return {
        "sort": "person",
        "status": "resident",
        "household": household,
        "area": area,
        **{name: line[name] for name in DESCRIBED},
        "sheet": None,
        "transit": None,
        "merged_into": None,
        "personal": told_of(line["personal"]),
        "care": None,
    }


def registered(scene: Scene, told: Payload) -> None:
    """The A0 sheet: existing people enter the books (25)."""
    home, area = told["household"], told["area"]
    scene.area(area)
    scene.fresh(home)
    for line in told["members"]:
        scene.fresh(line["person"])
        scene.set(line["person"], **_described(scene, line, home, area))
    kept = {name: told[name] for name in ("area", "number", "sheet", "type", "head")}
    scene.set(home, **founded(told), **kept)


def founded(told: Payload) -> State:
    """A household that nobody has reviewed yet."""
    return {
        "sort": "household",
        "status": "active",
        "personal": told_of(told["personal"]),
        "reviewed": None,
        "successor": None,
    }


def household_moved(scene: Scene, told: Payload) -> None:
    """Everybody who lives there on that day goes along (20)."""
    home = scene.household(told["household"])
    scene.area(told["area"])
    changes = {name: told[name] for name in ("area", "number", "sheet")}
    changes["personal"] = told_of(told["personal"])
    if home.get("area") == told["area"]:
        changes = {name: value for name, value in changes.items() if value is not None}
    scene.refuse("stands there", when=bool(home) and home | changes == home)
    scene.set(told["household"], **changes)
    for person in scene.living_in(told["household"]):
        scene.set(person, area=told["area"])


def head_changed(scene: Scene, told: Payload) -> None:
    """Whoever is named and lives elsewhere may have moved in (9)."""
    home = scene.household(told["household"])
    for person in (told["head"], *(line["person"] for line in told["members"])):
        state = scene.person(person)
        if state and state["household"] != told["household"]:
            may_come(scene, person, state, told["household"])
    scene.refuse("is the head", when=home.get("head") == told["head"])
    for line in told["members"]:
        scene.set(line["person"], relation=line["relation"])
    scene.set(told["household"], head=told["head"])
    scene.set(told["head"], relation="head")
    former = home.get("head")
    said = {line["person"] for line in told["members"]}
    if former is not None and former not in said and (scene.find(former) or {}).get("household") == told["household"]:
        scene.set(former, relation=told["former_relation"])


def born(scene: Scene, told: Payload) -> None:
    """A mother may be unknown; if known she is female and alive on the day (22)."""
    home = scene.household(told["household"])
    scene.fresh(told["person"])
    scene.refuse("own mother", when=told["mother"] == told["person"])
    mother = scene.named(told["mother"])
    if mother is not None:
        scene.refuse("mother is dead", when=mother["status"] == "dead")
        scene.refuse("mother is male", when=mother["sex"] == "male")
        scene.refuse("mother is not born", when=not not_before(mother["birth"], scene.on))
    elif not scene.comes(told["mother"]):
        scene.person(told["mother"])
    kept = {name: told[name] for name in ("sex", "mother", "birth_order", "relation", "ethnicity")}
    scene.set(
        told["person"],
        sort="person",
        status="resident",
        household=told["household"],
        area=home.get("area"),
        birth=scene.on,
        marital="single",
        spouse=None,
        education="unknown",
        residence="present",
        occupation=None,
        disability="unknown",
        disability_degree="unknown",
        sheet=None,
        transit=None,
        merged_into=None,
        personal=told_of(told["personal"]),
        care=None,
        **kept,
    )
    if mother is not None:
        delivered(scene, told["mother"])


def died(scene: Scene, told: Payload) -> None:
    """The spouse is widowed by it (23), a household loses its head (24)."""
    person = scene.person(told["person"])
    if not person:
        return
    scene.refuse("is dead", when=person["status"] == "dead")
    scene.refuse("not born", when=not not_before(person["birth"], scene.on))
    leave(scene, told["person"])
    scene.set(told["person"], status="dead", household=None, area=None, sheet=None, transit=None)
    spouse = scene.find(person["spouse"])
    if spouse is not None and spouse["spouse"] == told["person"] and spouse["status"] not in {"dead", "merged"}:
        scene.set(person["spouse"], marital="widowed", spouse=None)


def leave(scene: Scene, person: str) -> None:
    home = scene.find(person) or {}
    if home.get("household") is not None and scene.now[home["household"]]["head"] == person:
        scene.set(home["household"], head=None)


def moved(scene: Scene, told: Payload) -> None:
    """A move to where one already lives is refused (20)."""
    person, home = scene.person(told["person"]), scene.household(told["household"])
    if person.get("status", "resident") != "resident":
        may_come(scene, told["person"], person)
    scene.refuse("lives there", when=person.get("household") == told["household"])
    leave(scene, told["person"])
    join(scene, told["person"], told["household"], home, told["relation"])


def join(scene: Scene, person: str, household: str, home: State, relation: str) -> None:
    """She stands on no sheet of the household as yet."""
    there = {"household": household, "area": home.get("area"), "relation": relation, "sheet": None}
    scene.set(person, status="resident", transit=None, **there)


def arrived(scene: Scene, told: Payload) -> None:
    """Somebody new, the other half of a departure (17), or somebody who comes back and keeps sex and birth (14)."""
    home = scene.household(told["household"])
    known = scene.named(told["person"])
    if known is None:
        scene.fresh(told["person"])
        scene.set(told["person"], **_described(scene, told, told["household"], home.get("area") or ""))
        return
    scene.refuse("is dead", when=known["status"] == "dead")
    if known["status"] == "resident":
        if known["household"] == told["household"]:
            scene.refuse("lives there")
        elif not scene.goes_today(told["person"]):
            scene.needs.add(f"departed:{told['person']}")
        leave(scene, told["person"])
    residence = known["residence"] if told["residence"] == "unknown" else told["residence"]
    join(scene, told["person"], told["household"], home, told["relation"])
    scene.set(told["person"], residence=residence)


def left(scene: Scene, told: Payload) -> None:
    """Inside the country she is in transit until she arrives, abroad it is final (19); she may have come back (9).

    Half of a move of one day it changes nothing more: she has arrived (2).
    """
    person = scene.person(told["person"])
    if person and told["destination"] != "abroad" and scene.is_half_told(told["person"]):
        return
    if person.get("status", "resident") != "resident":
        may_come(scene, told["person"], person)
    leave(scene, told["person"])
    depart(scene, told["person"], told["destination"], told["place"])


def depart(scene: Scene, person: str, destination: str, place: str | None = None) -> None:
    """In transit she is known to have left somewhere on a day, for somewhere perhaps (16)."""
    status, transit = "outside", None
    if destination != "abroad":
        left = scene.now.get(person, {}).get("area")
        status, transit = "in_transit", {"area": left, "on": scene.on, "place": place}
    scene.set(person, status=status, household=None, area=None, sheet=None, transit=transit)


def move_closed(scene: Scene, told: Payload) -> None:
    """The half that never meets (17): only who is in transit can be told of; who has arrived before it has arrived."""
    person = scene.person(told["person"])
    scene.refuse("not in transit", when=scene.told_now and person.get("status", "in_transit") != "in_transit")
    if person.get("status") == "in_transit":
        scene.set(told["person"], status="outside", transit=None)


def merged(scene: Scene, told: Payload) -> None:
    """A double is struck off (25); a known spouse of hers becomes that of the other, if the other may have one."""
    double, other = told["person"], told["into"]
    scene.refuse("own double", when=double == other)
    gone, stays = scene.person(double), scene.person(other)
    scene.refuse("dead", when=gone.get("status") == "dead")
    if not gone or not stays:
        return
    scene.refuse("a couple", when=gone["spouse"] == other or stays["spouse"] == double)
    scene.refuse("mother and child", when=gone["mother"] == other or stays["mother"] == double)
    leave(scene, double)
    scene.set(double, status="merged", household=None, area=None, sheet=None, transit=None, merged_into=other)
    taken_over(scene, double, other)
    widow = gone["spouse"] or ""
    state = scene.now.get(widow, {})
    if state.get("spouse") != double or state["status"] in {"dead", "merged"}:
        return
    single = stays["spouse"] is None and stays["marital"] in {*UNITED, "unknown"} and state["marital"] in UNITED
    if stays["status"] != "dead" and (stays["spouse"] == widow or single):
        scene.set(widow, spouse=other)
        scene.set(other, spouse=widow, marital=state["marital"] if single else stays["marital"])
    else:
        scene.set(widow, spouse=None)


def married(scene: Scene, told: Payload) -> None:
    """Somebody unknown may be the spouse (23); people in transit may marry (18)."""
    person, spouse = told["person"], told["spouse"]
    scene.refuse("own spouse", when=person == spouse)
    for one, other in ((person, spouse), (spouse, person)):
        if one is not None:
            state = scene.person(one)
            scene.refuse("is dead", when=state.get("status") == "dead")
            scene.refuse("is married", when=state.get("marital") in UNITED)
            scene.refuse("not born", when=not not_before(state.get("birth"), scene.on))
            scene.set(one, marital="married", spouse=other)


def divorced(scene: Scene, told: Payload) -> None:
    """Whoever lives apart is married until a divorce."""
    _couple(scene, told, UNITED, marital="divorced", spouse=None)


def separated(scene: Scene, told: Payload) -> None:
    """Both live apart and stay married to each other."""
    _couple(scene, told, ("married",), marital="separated")


def reconciled(scene: Scene, told: Payload) -> None:
    _couple(scene, told, ("separated",), marital="married")


def _couple(scene: Scene, told: Payload, so_far: tuple[str, ...], **changes: str | None) -> None:
    person = scene.person(told["person"])
    if not person:
        return
    scene.refuse("is dead", when=person["status"] == "dead")
    scene.refuse("stands otherwise to a spouse", when=person["marital"] not in so_far)
    scene.set(told["person"], **changes)
    spouse = scene.now.get(person["spouse"] or "", {"sort": "nobody"})
    if spouse["sort"] == "person" and spouse["spouse"] == told["person"] and spouse["status"] not in {"dead", "merged"}:
        scene.set(person["spouse"], **changes)
