"""Which households of the twin split, merge, end, get a second sheet, or are looked through?"""

from datetime import date
from typing import Any

from twin.households import address
from twin.people import Household, Person, settle
from twin.old_reports import midnight
from twin.unions import UNITED
from twin.vital import GROWN_UP, leave
from twin.world import World

FEW = 2


def split(world: World) -> bool:
    """Let an adult who is not the head found a household in the same area, with spouse and children who live there."""
    old = world.pick_household(lambda household: bool(_founders(world, household)))
    if old is None:
        return False
    founder = world.rng.choice(_founders(world, old))
    family = _family(founder, old)
    on, number = world.day(), old.area.next_number()
    new = Household(world.ids.new(midnight(on)), old.area)
    for person in family:
        settle(person, new)
        person.relation = "head" if person is founder else "spouse" if person is founder.spouse else "child"
    new.head = founder
    world.households.append(new)
    told = {
        "founded": new.id,
        "members": [{"person": one.id} | ({} if one is founder else {"relation": one.relation}) for one in family],
        "head": founder.id,
        "number": number,
        "personal": {"address": address(old.area, number)},
    }
    return _tell(world, old, "household.split", on, told, [*old.members, *family])


def second_sheet(world: World) -> bool:
    """Let the second couple of a household have a sheet of its own."""
    household = world.pick_household(lambda household: any(_couple(household)))
    if household is None:
        return False
    one, other = next(iter(_couple(household)))
    told = {"sheet": "2", "people": [one.id, other.id]}
    return _tell(world, household, "household.sheet_opened", world.day(), told, household.members)


def merger(world: World) -> bool:
    """Let somebody who lives alone, or two who do, join another household."""
    old = world.pick_household(lambda household: len(household.members) <= FEW)
    into = world.pick_household(lambda household: household is not old)
    if old is None or into is None:
        return False
    people = list(old.members)
    members = [{"person": person.id, "relation": "other"} for person in people]
    for person in people:
        settle(person, into)
        person.relation = "other"
    world.households.remove(old)
    told = {"into": into.id, "members": members}
    return _tell(world, old, "household.merged", world.day(), told, into.members)


def dissolution(world: World) -> bool:
    """Let somebody who lives alone go abroad, so that the household ends."""
    old = world.pick_household(lambda household: len(household.members) == 1)
    if old is None:
        return False
    (person,) = old.members
    members = [{"person": person.id, "destination": "abroad"}]
    leave(person)
    world.abroad.append(person)
    world.households.remove(old)
    return _tell(world, old, "household.dissolved", world.day(), {"members": members}, [person])


def review(world: World) -> bool:
    """Let a collaborator look through a household's sheet and find it right."""
    household = world.pick_household(lambda _household: True)
    if household is None:
        return False
    return _tell(world, household, "household.reviewed", world.day(), {}, household.members)


def _founders(world: World, household: Household) -> list[Person]:
    def may(person: Person) -> bool:
        stays = person is not household.head and person is not (household.head and household.head.spouse)
        return stays and person.age(world.first) >= GROWN_UP

    return [person for person in household.members if may(person)]


def _family(founder: Person, household: Household) -> list[Person]:
    parents = [founder]
    if founder.spouse is not None and founder.spouse.household is household:
        parents.append(founder.spouse)
    children = [one for one in household.members if one.mother in parents and one.spouse is None]
    return [*parents, *(child for child in children if child not in parents and child is not household.head)]


def _couple(household: Household) -> list[tuple[Person, Person]]:
    return [
        (person, person.spouse)
        for person in household.members
        if person.spouse is not None
        and person.marital in UNITED
        and person.spouse.household is household
        and household.head not in (person, person.spouse)
    ]


def _tell(world: World, household: Household, kind: str, on: date, told: dict[str, Any], touched: list[Person]) -> bool:
    """Tell it of its day; nobody whom it touches changes again in that month."""
    for person in touched:
        person.settled = world.month
    data = {"on": on.isoformat(), "household": household.id, **told}
    world.tell(household.area, on, [(kind, household.id, data)])
    return True
