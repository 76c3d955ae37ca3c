"""How do people and households change where they live in the twin, inside the books and across their border?"""

from datetime import date, timedelta
from typing import Any

from twin.households import address, education, personal, province_of
from twin.people import Household, Person, settle
from twin.old_reports import midnight
from twin.vital import leave
from twin.world import World

YOUNGEST, OLDEST = 18, 60
HALF_MEETS = 0.6


def _free(world: World, person: Person) -> bool:
    """Say whether somebody is likely to go alone: an adult without a spouse who is no head."""
    assert person.household is not None
    alone = person.marital != "married" and person.household.head is not person
    return alone and YOUNGEST <= person.age(world.first) < OLDEST


def move(world: World, *, inside: bool, late: int = 0) -> bool:
    """Let an adult move to another household of the same commune, or of another one."""
    person = world.pick(lambda p: _free(world, p))
    if person is None or person.household is None:
        return False
    home, on = person.household, world.day()
    there = world.pick_household(
        lambda household: (
            household is not home and (world.commune(household.area, on) == world.commune(home.area, on)) is inside
        )
    )
    if there is None:
        return False
    data = {"on": on.isoformat(), "person": person.id, "household": there.id, "relation": "other"}
    world.tell(there.area, on, [("person.moved", person.id, data)], late)
    settle(person, there)
    person.relation, person.settled = "other", world.until(late)
    return True


def household_move(world: World) -> bool:
    """Let a whole household move to another area."""
    household = world.pick_household(lambda household: len(household.members) > 1)
    if household is None:
        return False
    old = household.area
    areas = [area for area in world.areas if area is not old]
    household.area, on = world.rng.choice(areas), world.day()
    number = household.area.next_number()
    data = {
        "on": on.isoformat(),
        "household": household.id,
        "area": household.area.id,
        "number": number,
        "personal": {"address": address(household.area, number)},
    }
    world.tell(old, on, [("household.moved", household.id, data)])
    for person in household.members:
        person.settled = world.month
    return True


def arrival(world: World, *, void: bool = False) -> bool:
    """Let somebody come from outside the books; with `void` it was an error and is taken back a week later."""
    household = world.pick_household(lambda _household: True)
    if household is None:
        return False
    on, rng = world.day(), world.rng
    person = _stranger(world, on)
    data = _arrived(person, household, on) | {
        "marital": "single",
        "ethnicity": "01",
        "education": education(person.age(on), rng),
        "personal": personal(person, person.age(on), province_of(household.area), world.ids),
    }
    (report,) = world.tell(household.area, on, [("person.arrived", person.id, data)])
    if void:
        reason = {"fact": report, "reason": "Nhầm người: chỉ đến thăm"}
        world.tell(household.area, on, [("fact.voided", report, reason)], late=7)
        return True
    settle(person, household)
    world.people.append(person)
    return True


def _stranger(world: World, on: date) -> Person:
    rng = world.rng
    sex = rng.choice(("male", "female"))
    born = on - timedelta(days=rng.randrange(YOUNGEST * 366, 40 * 365))
    name = world.names.person(world.names.surname(), sex, born.year, set())
    return Person(world.ids.new(midnight(on)), sex, born, name, "other", settled=world.month)


def _arrived(person: Person, household: Household, on: date) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "person": person.id,
        "household": household.id,
        "sex": person.sex,
        "birth": person.birth.isoformat(),
        "relation": "other",
        "residence": "present",
    }


def departure(world: World, *, meets: bool | None = None, arrival_first: bool = False) -> bool:
    """Let an adult leave for another commune; mostly the arrival follows, else she stays in transit.

    With `arrival_first` the arrival is told before the departure and has to wait for it.
    """
    person = world.pick(lambda p: _free(world, p))
    if person is None or person.household is None:
        return False
    home, on = person.household, world.day()
    here = world.commune(home.area, on)
    there = world.pick_household(lambda household: world.commune(household.area, on) != here)
    if there is None:
        return False
    left = {"on": on.isoformat(), "person": person.id, "destination": "inside_country"}
    left["place"] = world.commune(there.area, on)
    later = on + timedelta(days=world.rng.randrange(2, 6))
    world.tell(home.area, on, [("person.left", person.id, left)], late=10 if arrival_first else 0)
    leave(person)
    person.settled = world.month
    if world.rng.random() < HALF_MEETS if meets is None else meets:
        world.tell(there.area, later, [("person.arrived", person.id, _arrived(person, there, later))])
        settle(person, there)
        person.relation = "other"
    return True


def emigration(world: World) -> bool:
    """Let an adult leave for abroad."""
    person = world.pick(lambda p: _free(world, p))
    if person is None or person.household is None:
        return False
    home, on = person.household, world.day()
    data = {"on": on.isoformat(), "person": person.id, "destination": "abroad"}
    world.tell(home.area, on, [("person.left", person.id, data)], late=1)
    leave(person)
    person.settled = world.month
    world.abroad.append(person)
    return True


def homecoming(world: World) -> bool:
    """Let somebody come back from abroad under the id that she always had."""
    some = [person for person in world.abroad if person.settled < world.month]
    household = world.pick_household(lambda _household: True)
    if not some or household is None:
        return False
    person, on = some[0], world.day()
    world.abroad.remove(person)
    world.tell(household.area, on, [("person.arrived", person.id, _arrived(person, household, on))])
    settle(person, household)
    person.relation, person.settled = "other", world.month
    return True
