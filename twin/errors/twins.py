"""Which births are of twins? A true second child: the trap for whoever looks for children told twice."""

from collections.abc import Iterator
from random import Random

from twin.errors.scene import Scene
from twin.errors.telling import Telling
from twin.errors.truth import Slip

PROVISIONAL = "Bé"
BOYS = 0.53


def with_twins(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Tell a second birth behind a first one; `scene.orders` keeps by how many a mother's next children come later."""
    mother = telling.data.get("mother")
    if telling.kind != "person.born" or mother is None:
        yield telling
        return
    if mother in scene.orders and "birth_order" in telling.data:
        telling = telling.changed()
        telling.data["birth_order"] += scene.orders[mother]
    yield telling
    rng = scene.struck("twins", telling.event, scene.rates.twins)
    if rng is not None:
        scene.orders[mother] = scene.orders.get(mother, 0) + 1
        scene.twins.add(mother + telling.on)
        yield _second(telling, scene, rng)


def unnamed(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Tell a twin as the other one was told: of the same sex and under the family's name alone, without an order."""
    pair = telling.data.get("mother", "") + telling.on if telling.kind == "person.born" else ""
    if pair not in scene.twins or not scene.struck("twins-unnamed", pair, scene.rates.twins_unnamed):
        yield telling
        return
    told = telling.changed(Slip("twins-unnamed", telling.person))
    told.data.pop("birth_order", None)
    told.data["sex"] = "male"
    name = told.data.get("personal", {}).get("name", "Nguyễn")
    told.data["personal"] = {"name": f"{name.split(' ', 1)[0]} {PROVISIONAL}"}
    yield told


def _second(first: Telling, scene: Scene, rng: Random) -> Telling:
    report, person = scene.id(first.due, "twin", first.event), scene.id(first.due, "twin-person", first.event)
    twin = first.changed(id=report, subject=person)
    twin.event, twin.due = report, first.due + 1
    twin.data["person"] = person
    twin.data["sex"] = "male" if rng.random() < BOYS else "female"
    if "birth_order" in twin.data:
        twin.data["birth_order"] += 1
    if "personal" in twin.data:
        surname = twin.data["personal"]["name"].split(" ", 1)[0]
        given = rng.choice(("An Nhiên", "Bảo Khang", "Minh Châu", "Gia Phúc", "Khánh Vy", "Tuệ Lâm"))
        twin.data["personal"] = {"name": f"{surname} {given}"}
    return twin
