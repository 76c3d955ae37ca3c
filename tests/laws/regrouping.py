"""What do households that come out of one another and end mean, from their descriptions and the conventions?"""

from tests.laws.coming import may_come
from tests.laws.lives import depart, founded, join, leave
from tests.laws.scene import Payload, Scene


def _member(scene: Scene, person: str, household: str) -> None:
    state = scene.person(person)
    if state and state["household"] != household:
        may_come(scene, person, state, household)


def split(scene: Scene, told: Payload) -> None:
    """Whoever leaves as the head leaves a household without one (24)."""
    home, new = scene.household(told["household"]), told["founded"]
    scene.fresh(new)
    if told["area"] is not None:
        scene.area(told["area"])
    kept = {name: told[name] for name in ("number", "type", "head")}
    scene.set(new, **founded(told), **kept, sheet=None, area=told["area"] or home.get("area"))
    for line in told["members"]:
        _member(scene, line["person"], told["household"])
        leave(scene, line["person"])
        relation = "head" if line["person"] == told["head"] else line["relation"]
        join(scene, line["person"], new, scene.after[new], relation)


def merged(scene: Scene, told: Payload) -> None:
    """Everybody goes along (20)."""
    scene.household(told["household"])
    into = scene.household(told["into"])
    relations = {line["person"]: line["relation"] for line in told["members"]}
    for person in relations:
        _member(scene, person, told["household"])
    for person in scene.living_in(told["household"]):
        join(scene, person, told["into"], into, relations.get(person, "unknown"))
    scene.set(told["household"], status="merged", head=None, successor=told["into"])


def dissolved(scene: Scene, told: Payload) -> None:
    """Departures are what departures are (19)."""
    scene.household(told["household"])
    people = scene.living_in(told["household"])
    for line in told["members"]:
        _member(scene, line["person"], told["household"])
        if line["household"] is not None:
            home = scene.household(line["household"])
            join(scene, line["person"], line["household"], home, line["relation"])
        else:
            depart(scene, line["person"], line["destination"], line["place"])
    if set(people) - {line["person"] for line in told["members"]}:
        scene.needs.add(f"left:{told['household']}")
    scene.set(told["household"], status="dissolved", head=None)


def sheet_opened(scene: Scene, told: Payload) -> None:
    scene.household(told["household"])
    for person in told["people"]:
        _member(scene, person, told["household"])
        scene.set(person, sheet=told["sheet"])


def reviewed(scene: Scene, told: Payload) -> None:
    scene.household(told["household"])
    scene.set(told["household"], reviewed=scene.on)
