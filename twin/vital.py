"""How are children born and how do people die in the twin, and who becomes the head after a death?"""

import math
from datetime import date, timedelta
from typing import Any

from twin import schedules
from twin.households import personal, province_of
from twin.people import Household, Person, settle
from twin.old_reports import midnight
from twin.world import Event, World

GROUP = 5
MONTHS_BETWEEN_BIRTHS = 12
MONTHS_KNOWN = 6
GROWN_UP = 18
RELATION_OF_CHILD = {"head": "child", "spouse": "child", "child": "grandchild", "adopted_or_in_law": "grandchild"}


def birth(world: World, *, late: int = 0) -> tuple[Person, str, dict[str, Any]] | None:
    """Let a married woman have a child; gives the child, the report's id and what it said."""
    today = world.first
    mother = world.pick(
        lambda p: p.sex == "female" and p.marital == "married" and world.month - p.last_child >= MONTHS_BETWEEN_BIRTHS,
        lambda p: 1.0 if _is_due(p, world) else schedules.MOTHERS.get(p.age(today) // GROUP * GROUP, 0.0),
    )
    if mother is None or mother.household is None:
        return None
    household, on = mother.household, world.day()
    child = newborn(world, mother, household, on, late)
    data = {
        "on": on.isoformat(),
        "person": child.id,
        "household": household.id,
        "sex": child.sex,
        "mother": mother.id,
        "birth_order": child.birth_order,
        "relation": child.relation,
        "ethnicity": "01",
        "place": "health_station" if world.rng.random() < 0.97 else "home",  # noqa: PLR2004 - nearly all births
        "weight_grams": int(world.rng.gauss(3150, 380)) // 50 * 50,
        "personal": personal(child, 0, province_of(household.area), world.ids),
    }
    (report,) = world.tell(household.area, on, [("person.born", child.id, data)], late)
    return child, report, data


def _is_due(person: Person, world: World) -> bool:
    return person.pregnant is not None and world.month - person.pregnant >= MONTHS_KNOWN


def newborn(world: World, mother: Person, household: Household, on: date, late: int) -> Person:
    """Put a child into the world; the name follows the father's line and differs from the siblings'."""
    rng = world.rng
    sex = "male" if rng.random() < schedules.BOYS else "female"
    surname = mother.spouse.surname if mother.spouse is not None else mother.surname
    taken = {member.name.rsplit(" ", 1)[1] for member in household.members}
    mother.children += 1
    mother.last_child = mother.settled = world.month
    mother.pregnant = None
    child = Person(
        id=world.ids.new(midnight(on)),
        sex=sex,
        birth=on,
        name=world.names.person(surname, sex, on.year, taken),
        relation=RELATION_OF_CHILD.get(mother.relation, "other"),
        mother=mother,
        birth_order=mother.children,
        settled=world.until(late),
    )
    settle(child, household)
    world.people.append(child)
    return child


def death(world: World, *, head: bool = False, late: int = 0) -> bool:
    """Let somebody die, the old before the young; children are never left alone in the twin."""
    today = world.first

    def chance(person: Person) -> float:
        return min(1.0, math.exp2((person.age(today) - schedules.OLDEST) / schedules.DEATH_DOUBLES))

    person = world.pick(lambda p: leaves_adults(p, today) and (not head or leads_others(p)), chance)
    if person is None or person.household is None:
        return False
    household, on = person.household, world.day()
    was_head = household.head is person
    leave(person)
    if person.spouse is not None:
        person.spouse.marital, person.spouse.spouse = "widowed", None
        person.spouse.settled = world.until(late)
    place = "home" if world.rng.random() < 0.7 else "health_facility"  # noqa: PLR2004 - most die at home
    data = {"on": on.isoformat(), "person": person.id, "place": place}
    world.tell(household.area, on, [("person.died", person.id, data)], late)
    if was_head:
        follow_head(world, household, on + timedelta(days=3), late)
    return True


def leaves_adults(person: Person, today: date) -> bool:
    """Say whether an adult remains in the household, or nobody."""
    assert person.household is not None
    others = [member for member in person.household.members if member is not person]
    return not others or any(member.age(today) >= GROWN_UP for member in others)


def leads_others(person: Person) -> bool:
    """Say whether somebody is the head of a household of several."""
    return person.household is not None and person.household.head is person and len(person.household.members) > 1


def leave(person: Person) -> None:
    """Take somebody out of the books."""
    settle(person, None)


def follow_head(world: World, household: Household, on: date, late: int = 0) -> None:
    """Have the family name the next head: the spouse of the last one, else the eldest adult."""
    adults = [member for member in household.members if member.age(on) >= GROWN_UP]
    if not adults:
        return
    head = min(adults, key=lambda member: (member.relation != "spouse", member.birth))
    world.tell(household.area, on, [named_head(household, head, on)], late)
    head.settled = world.until(late)


def named_head(household: Household, head: Person, on: date) -> Event:
    """Name the head of a household that has none."""
    household.head, head.relation = head, "head"
    return "household.head_changed", household.id, {"on": on.isoformat(), "household": household.id, "head": head.id}
