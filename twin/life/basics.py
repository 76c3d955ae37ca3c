"""Whose basic facts and numbers change in the twin?"""

from typing import Any

from twin.life import schedules
from twin.life.happenings import Happening, everybody, registered
from twin.life.world import World
from twin.stock.attributes import OCCUPATIONS

GROWN_UP, PENSION = 18, 60
DISABILITIES = ("movement", "sight", "none")
INSURANCE_STEP, INSURANCES = 7_654_321, 10_000_000_000


def new_work(world: World, person: int) -> bool:
    """Let an adult find other work."""
    work = OCCUPATIONS[world.draws.one(len(OCCUPATIONS))]
    return _tell(world, person, "person.changed", {"new": {"occupation": work}})


def absence(world: World, person: int) -> bool:
    """Let an adult be away for a while, and come back another time."""
    away = person in world.away
    old, new = ("temporarily_away", "present") if away else ("present", "temporarily_away")
    if not _tell(world, person, "person.changed", {"old": {"residence": old}, "new": {"residence": new}}):
        return False
    world.away ^= {person}
    return True


def disability(world: World, person: int) -> bool:
    """Let an old person be examined for a disability."""
    new = {"disability": DISABILITIES[world.draws.one(len(DISABILITIES))], "disability_degree": "mild"}
    if new["disability"] == "none":
        del new["disability_degree"]
    return _tell(world, person, "person.changed", {"new": new})


def insured(world: World, person: int) -> bool:
    """Let an adult get a number of the social insurance."""
    number = f"{(world.insurances + 1) * INSURANCE_STEP % INSURANCES:010d}"
    if person in world.insured or not _tell(world, person, "person.identifier_issued", _number(number)):
        return False
    world.insurances += 1
    world.insured[person] = number
    return True


def no_longer_insured(world: World, person: int) -> bool:
    """Let an insurance number be withdrawn."""
    number = world.insured.get(person, "")
    if not number or not _tell(world, person, "person.identifier_withdrawn", _number(number)):
        return False
    del world.insured[person]
    return True


def _number(value: str) -> dict[str, Any]:
    return {"personal": {"identifiers": [{"type": "bhxh", "value": value}]}}


def _tell(world: World, person: int, kind: str, told: dict[str, Any]) -> bool:
    """Tell it of a day of this month; nobody changes twice in a month."""
    if not world.ready(person):
        return False
    on, who = world.day(), world.person(person)
    world.rest(person)
    world.tell(world.home(person), on, [(kind, who, {"on": on.isoformat(), "person": who, **told})])
    return True


NEW_WORK = Happening(everybody(schedules.CHANGES_OF_WORK, GROWN_UP, PENSION), new_work)
ABSENCE = Happening(everybody(schedules.ABSENCES, GROWN_UP, PENSION), absence)
DISABILITY = Happening(everybody(schedules.DISABILITIES, PENSION), disability)
INSURED = Happening(everybody(schedules.INSURED, GROWN_UP, PENSION), insured)
NO_LONGER_INSURED = Happening(registered(lambda world: world.insured, schedules.INSURANCE_ENDS), no_longer_insured)
