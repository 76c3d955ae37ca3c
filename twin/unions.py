"""How do couples form and part in the twin?"""

from datetime import date, timedelta

from twin.households import address
from twin.people import Household, Person, settle
from twin.old_reports import midnight
from twin.vital import named_head
from twin.world import Event, World

WOMAN, MAN, LATEST = 18, 20, 45
MARRIED_MOST = 25
UNITED = ("married", "separated")


def marriage(world: World, *, own_household: bool | None = None, waiting: bool = False) -> bool:
    """Let two people from different households marry: half of them found a household, the others join his.

    With `waiting` his move is told before the household that he moves into.
    """
    today = world.first
    groom = world.pick(lambda p: p.sex == "male" and may_marry(p, today, MAN), lambda p: _liking(p, today))
    if groom is None or groom.household is None:
        return False
    home = groom.household
    bride = world.pick(
        lambda p: (
            p.sex == "female"
            and may_marry(p, today, WOMAN)
            and p.household is not home
            and p.surname != groom.surname
            and (p.mother is None or p.mother is not groom.mother)
        ),
        lambda p: _liking(p, today),
    )
    if bride is None:
        return False
    on = world.day()
    found = world.rng.random() < 0.5 if own_household is None else own_household  # noqa: PLR2004 - half of them
    events = _founding(world, groom, bride, on) if found else [_move(bride, home, "adopted_or_in_law", on)]
    if found and waiting:
        events[0], events[1] = events[1], events[0]
    events.append(("person.married", groom.id, {"on": on.isoformat(), "person": groom.id, "spouse": bride.id}))
    world.tell(home.area, on, events, late=1)
    for one, other in ((groom, bride), (bride, groom)):
        one.marital, one.spouse, one.settled = "married", other, world.month
    return True


def may_marry(person: Person, today: date, youngest: int) -> bool:
    """Say whether somebody is free, of age, and no head of a household."""
    assert person.household is not None
    free = person.marital not in UNITED and person.household.head is not person
    return free and youngest <= person.age(today) < LATEST


def _liking(person: Person, today: date) -> float:
    return max(0.05, 1.0 - abs(person.age(today) - MARRIED_MOST) / 15)


def _founding(world: World, groom: Person, bride: Person, on: date) -> list[Event]:
    assert groom.household is not None
    area = groom.household.area
    household = Household(world.ids.new(midnight(on)), area)
    world.households.append(household)
    number = area.next_number()
    registered = {
        "on": on.isoformat(),
        "household": household.id,
        "area": area.id,
        "number": number,
        "personal": {"address": address(area, number)},
    }
    return [
        ("household.registered", household.id, registered),
        _move(groom, household, "other", on),
        _move(bride, household, "spouse", on),
        named_head(household, groom, on),
    ]


def _move(person: Person, household: Household, relation: str, on: date) -> Event:
    settle(person, household)
    person.relation = relation
    data = {"on": on.isoformat(), "person": person.id, "household": household.id, "relation": relation}
    return "person.moved", person.id, data


def divorce(world: World) -> bool:
    """Let a couple part; the one who is not the head moves into another household two days later."""
    wife = world.pick(
        lambda p: (
            p.sex == "female"
            and p.spouse is not None
            and p.spouse.household is p.household
            and p.spouse.settled < world.month
        )
    )
    if wife is None or wife.spouse is None or wife.household is None:
        return False
    husband, home, on = wife.spouse, wife.household, world.day()
    refuge = world.pick_household(lambda household: household is not home)
    world.tell(home.area, on, [("person.divorced", wife.id, {"on": on.isoformat(), "person": wife.id})], late=2)
    for one in (wife, husband):
        one.marital, one.spouse, one.settled = "divorced", None, world.month
    if refuge is not None:
        mover = husband if home.head is wife else wife
        later = on + timedelta(days=2)
        world.tell(refuge.area, later, [_move(mover, refuge, "other", later)], late=1)
    return True
