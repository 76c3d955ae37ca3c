"""Whose basic facts and numbers change in the twin?"""

from typing import Any

from twin.life import schedules
from twin.life.happenings import Happening, everybody, registered
from twin.life.vital import GROWN_UP
from twin.life.world import World
from twin.stock.attributes import OCCUPATIONS

PENSION = 60
DISABILITIES = ("movement", "sight", "none")
INSURANCE_STEP, INSURANCES = 7_654_321, 10_000_000_000


def new_work(world: World, person: int) -> bool:
    """Let an adult find other work."""
    work = OCCUPATIONS[world.draws.one(len(OCCUPATIONS))]
    return world.ready(person) and world.tell_of(person, "person.changed", {"new": {"occupation": work}})


def absence(world: World, person: int) -> bool:
    """Let an adult be away for a while, and come back another time."""
    if not world.ready(person):
        return False
    old, new = ("temporarily_away", "present") if person in world.away else ("present", "temporarily_away")
    world.away ^= {person}
    return world.tell_of(person, "person.changed", {"old": {"residence": old}, "new": {"residence": new}})


def disability(world: World, person: int) -> bool:
    """Let an old person be examined for a disability."""
    new = {"disability": DISABILITIES[world.draws.one(len(DISABILITIES))], "disability_degree": "mild"}
    if new["disability"] == "none":
        del new["disability_degree"]
    return world.ready(person) and world.tell_of(person, "person.changed", {"new": new})


def insured(world: World, person: int) -> bool:
    """Let an adult get a number of the social insurance."""
    if person in world.insured or not world.ready(person):
        return False
    world.insurances += 1
    number = world.insured[person] = f"{world.insurances * INSURANCE_STEP % INSURANCES:010d}"
    return world.tell_of(person, "person.identifier_issued", _number(number))


def no_longer_insured(world: World, person: int) -> bool:
    """Let an insurance number be withdrawn."""
    if person not in world.insured or not world.ready(person):
        return False
    return world.tell_of(person, "person.identifier_withdrawn", _number(world.insured.pop(person)))


def _number(value: str) -> dict[str, Any]:
    return {"personal": {"identifiers": [{"type": "bhxh", "value": value}]}}


NEW_WORK = Happening(everybody(schedules.CHANGES_OF_WORK, GROWN_UP, PENSION), new_work)
ABSENCE = Happening(everybody(schedules.ABSENCES, GROWN_UP, PENSION), absence)
DISABILITY = Happening(everybody(schedules.DISABILITIES, PENSION), disability)
INSURED = Happening(everybody(schedules.INSURED, GROWN_UP, PENSION), insured)
NO_LONGER_INSURED = Happening(registered(lambda world: world.insured, schedules.INSURANCE_ENDS), no_longer_insured)
