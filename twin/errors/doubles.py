"""Who gets a second id: on arriving, because nobody looked for the one who left, or from a second collaborator?"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from contracts.ids import UUID7
from contracts.kinds.residence import PersonArrived
from twin.errors.absences import returns
from twin.errors.scene import DAY, Home, Scene
from twin.errors.telling import Telling, described, read
from twin.errors.truth import Double, Slip

AS_ANOTHER = "arrival-as-another"
LARGE = 4
SOON = 10
_IDS = re.compile(UUID7.strip("^$").encode())
# Whom the place of arrival knows by nobody's id: it copies what papers say.
_PAPERS = ("sex", "birth", "marital", "ethnicity", "education", "personal")


def known_otherwise(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Speak of somebody by the id under which her new place knows her, from her arrival on."""
    if not scene.known_as:
        yield telling
        return
    before = line = telling.written()
    for old in {found.decode() for found in _IDS.findall(line)} & scene.known_as.keys():
        new, since = scene.known_as[old]
        if telling.on >= since:
            line = line.replace(old.encode(), new.encode())
    if line is before:
        yield telling
        return
    told = replace(telling, envelope=read(line).envelope, line=None)
    yield told.slipped(Slip("known-otherwise", telling.person))


def arrived_as_another(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let somebody on her way arrive as if nobody had ever known her."""
    rates = scene.rates
    person = telling.person or ""
    if not returns(telling, scene) or not scene.struck(AS_ANOTHER, telling.event, rates.arrival_as_another):
        yield telling
        return
    double = scene.id(telling.due, "arrived", telling.event)
    scene.known_as[person] = (double, telling.on)
    scene.note(Double(double, person))
    papers = scene.lives.description(person)
    told = telling.changed(Slip(AS_ANOTHER, person), subject=double)
    told.data.update({name: papers[name] for name in _PAPERS if name in papers} | {"person": double})
    yield told


def told_as_another(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let another collaborator put somebody who is described on the books once more, under an id of her own."""
    yield telling
    if telling.kind == "household.registered" and len(telling.data.get("members", ())) >= LARGE:
        scene.settle(Home(telling.data["household"], telling.data["area"], telling.on))
    if returns(telling, scene):
        return
    for person in described(telling):
        key = f"{telling.event} {person['person']}"
        rng = scene.struck("told-as-another", key, scene.rates.told_as_another)
        if rng is None:
            continue
        days = rng.randrange(1, SOON)
        home = scene.home_elsewhere(telling.data.get("area"), telling.on, rng)
        if telling.kind == "person.born" and rng.random() < 0.5:  # noqa: PLR2004 - half by who visits the same family
            yield _once_more(telling, person, Home(telling.data["household"], "", telling.on), days, scene)
        elif home is not None:
            yield _once_more(telling, person, home, days, scene)


def _once_more(telling: Telling, person: dict[str, Any], home: Home, days: int, scene: Scene) -> Telling:
    one = person["person"]
    double = scene.id(telling.due, "double", telling.event, one)
    scene.note(Double(double, one))
    about = {"person": double, "household": home.household}
    report = scene.id(telling.due, "again", telling.event, one)
    source = f"/collaborators/{home.area}" if home.area else f"{telling.source}/2"
    told = telling.changed(Slip("told-as-another", one), id=report, source=source, subject=double).later(days * DAY)
    if telling.kind == "household.registered":
        told.envelope["type"] = PersonArrived.type_name()
        papers = {name: person[name] for name in _PAPERS if name in person}
        told.envelope["data"] = papers | about | {"on": telling.on, "relation": "other", "residence": "present"}
    else:
        told.envelope["data"] |= about if home.household == telling.data["household"] else about | {"relation": "other"}
    return told
