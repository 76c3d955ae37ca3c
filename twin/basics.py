"""Whose basic facts and numbers change in the twin, and which couples live apart for a while?"""

from typing import Any

from twin import schedules
from twin.people import Person
from twin.world import World

GROWN_UP, PENSION = 18, 60
INSURANCE_DIGITS = 10


def new_work(world: World) -> bool:
    """Let an adult find other work."""
    person = world.pick(lambda p: GROWN_UP <= p.age(world.first) < PENSION)
    work = world.rng.choice(schedules.OCCUPATIONS)
    return person is not None and _tell(world, person, "person.changed", {"new": {"occupation": work}})


def absence(world: World) -> bool:
    """Let an adult be away for a while, and come back another time."""
    person = world.pick(lambda p: GROWN_UP <= p.age(world.first) < PENSION)
    if person is None:
        return False
    old, new = ("temporarily_away", "present") if person.away else ("present", "temporarily_away")
    person.away = not person.away
    told = {"old": {"residence": old}, "new": {"residence": new}}
    return _tell(world, person, "person.changed", told)


def disability(world: World) -> bool:
    """Let an old person be examined for a disability."""
    person = world.pick(lambda p: p.age(world.first) >= PENSION)
    new = {"disability": world.rng.choice(("movement", "sight", "none")), "disability_degree": "mild"}
    if new["disability"] == "none":
        del new["disability_degree"]
    return person is not None and _tell(world, person, "person.changed", {"new": new})


def insured(world: World) -> bool:
    """Let an adult get a number of the social insurance."""
    person = world.pick(lambda p: not p.insurance and GROWN_UP <= p.age(world.first) < PENSION)
    if person is None:
        return False
    person.insurance = world.ids.health_card("DN", "30")[-INSURANCE_DIGITS:]
    return _tell(world, person, "person.identifier_issued", _number(person.insurance))


def no_longer_insured(world: World) -> bool:
    """Let an insurance number be withdrawn."""
    person = world.pick(lambda p: bool(p.insurance))
    if person is None:
        return False
    number, person.insurance = person.insurance, ""
    return _tell(world, person, "person.identifier_withdrawn", _number(number))


def separation(world: World) -> bool:
    """Let a couple live apart, each staying where she is as yet."""
    return _couple(world, "married", "separated", "person.separated")


def reconciliation(world: World) -> bool:
    """Let a separated couple be one again."""
    return _couple(world, "separated", "married", "person.reconciled")


def _couple(world: World, so_far: str, then: str, kind: str) -> bool:
    person = world.pick(lambda p: p.marital == so_far and p.spouse is not None and p.spouse.settled < world.month)
    if person is None or person.spouse is None:
        return False
    for one in (person, person.spouse):
        one.marital, one.settled = then, world.month
    return _tell(world, person, kind, {})


def _number(value: str) -> dict[str, Any]:
    return {"personal": {"identifiers": [{"type": "bhxh", "value": value}]}}


def _tell(world: World, person: Person, kind: str, told: dict[str, Any]) -> bool:
    """Tell it of a day of this month; nobody changes twice in a month."""
    assert person.household is not None
    on = world.day()
    person.settled = world.month
    data = {"on": on.isoformat(), "person": person.id, **told}
    world.tell(person.household.area, on, [(kind, person.id, data)])
    return True
