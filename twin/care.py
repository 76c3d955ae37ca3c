"""Who uses contraception, is pregnant, screened or examined in the twin?"""

from datetime import date, timedelta
from typing import Any

from twin.people import Person
from twin.unions import MAN, WOMAN, may_marry
from twin.vital import birth
from twin.world import World

YOUNGEST, LAST = 18, 45
OLDER = 60
RESTING = 9
METHODS = ("iud", "iud", "pill", "condom", "implant", "injection")
NEWBORN = ("hypothyroidism", "g6pd", "adrenal_hyperplasia")
PRENATAL = ("down", "edwards", "patau", "thalassemia")


def screened_birth(world: World) -> bool:
    """Let a child be born and screened two days later."""
    told = birth(world)
    if told is None:
        return False
    child, _, _ = told
    results = {condition: "at_risk" if world.rng.random() < 1 / 50 else "normal" for condition in NEWBORN}
    on = child.birth + timedelta(days=2)
    return _tell(world, child, "person.newborn_screened", {**results, "place": "hospital"}, on)


def contraception_started(world: World) -> bool:
    """Let a married woman begin to use a method."""
    woman = world.pick(lambda p: may_conceive(p, world) and not p.method)
    if woman is None:
        return False
    woman.method = world.rng.choice(METHODS)
    data = {"method": woman.method, "living_children": woman.children, "place": "health_station"}
    return _tell(world, woman, "person.contraception_started", data)


def contraception_stopped(world: World) -> bool:
    """Let a woman stop using her method."""
    woman = world.pick(lambda p: bool(p.method))
    if woman is None:
        return False
    method, woman.method = woman.method, ""
    return _tell(world, woman, "person.contraception_stopped", {"method": method})


def pregnancy(world: World) -> bool:
    """Let the collaborator learn that a woman is pregnant."""
    woman = world.pick(lambda p: may_conceive(p, world) and not p.method)
    if woman is None:
        return False
    woman.pregnant, woman.pregnancies = world.month, max(woman.pregnancies, woman.children) + 1
    return _tell(world, woman, "person.pregnancy_reported", {"event": "pregnant", "number": woman.pregnancies})


def miscarriage(world: World) -> bool:
    """Let a pregnancy end without a birth."""
    woman = world.pick(lambda p: p.pregnant is not None)
    if woman is None:
        return False
    woman.pregnant = None
    return _tell(world, woman, "person.pregnancy_reported", {"event": "miscarriage", "number": woman.pregnancies})


def prenatal_screening(world: World) -> bool:
    """Let a pregnant woman be screened."""
    woman = world.pick(lambda p: p.pregnant is not None)
    if woman is None or woman.pregnant is None:
        return False
    results = {condition: "high" if world.rng.random() < 1 / 20 else "low" for condition in PRENATAL}
    visit = "week_12" if world.month - woman.pregnant < 2 else "week_21"  # noqa: PLR2004 - told at about week 8
    return _tell(world, woman, "person.prenatally_screened", {"visit": visit, **results, "place": "hospital"})


def health_check(world: World) -> bool:
    """Let an older person be examined."""
    person = world.pick(lambda p: p.age(world.first) >= OLDER)
    return person is not None and _tell(world, person, "person.health_checked", {"place": "health_station"})


def couple_check(world: World) -> bool:
    """Let a couple be examined that wants to marry; some marry others in the end."""
    today = world.first
    groom = world.pick(lambda p: p.sex == "male" and may_marry(p, today, MAN))
    bride = world.pick(lambda p: p.sex == "female" and may_marry(p, today, WOMAN))
    if groom is None or bride is None or groom.household is bride.household:
        return False
    bride.settled = world.month
    return _tell(world, groom, "couple.checked", {"partner": bride.id, "place": "health_station"})


def may_conceive(person: Person, world: World) -> bool:
    """Say whether a pregnancy of a woman would be no surprise."""
    rested = world.month - person.last_child >= RESTING
    married = person.sex == "female" and person.marital == "married"
    return married and rested and person.pregnant is None and YOUNGEST <= person.age(world.first) <= LAST


def _tell(world: World, person: Person, kind: str, data: dict[str, Any], day: date | None = None) -> bool:
    """Tell it of a day of this month; nobody changes twice in a month."""
    assert person.household is not None
    on = day or world.day()
    person.settled = world.month
    world.tell(person.household.area, on, [(kind, person.id, {"on": on.isoformat(), "person": person.id, **data})])
    return True
