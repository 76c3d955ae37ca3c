"""Which households of the twin split, merge, end, get a second sheet, or are looked through?"""

from datetime import date
from typing import Any

from twin.life import schedules
from twin.life.happenings import Happening, households
from twin.life.vital import GROWN_UP, leave
from twin.life.world import World
from twin.stock.attributes import MARRIED, SEPARATED
from twin.stock.columns import RELATIONS
from twin.stock.shapes import NOBODY

FEW = 2


def splits(world: World, old: int) -> bool:
    """Let an adult who is not the head found a household in the same area, with spouse and children who live there."""
    founders = _founders(world, old) if world.calm(old) else []
    if not founders:
        return False
    founder = founders[world.draws.one(len(founders))]
    stay, family = world.members(old), _family(world, founder, old)
    area = int(world.homes.area[old])
    on = world.day()
    new = world.add_home(area, on)
    spouse = world.spouse(founder)
    for person in family:
        world.settle(person, new, "head" if person == founder else "spouse" if person == spouse else "child")
    world.homes.head[new] = founder
    relations = {one: RELATIONS[world.people.relation[one]] for one in family}
    told = {
        "founded": world.household(new),
        "members": [
            {"person": world.person(one)} | ({} if one == founder else {"relation": relations[one]}) for one in family
        ],
        "head": world.person(founder),
        **world.sheet_of(area),
    }
    world.counts["moved"] += len(family)
    return _tell(world, old, "household.split", on, told, stay)


def opens_sheet(world: World, home: int) -> bool:
    """Let the second couple of a household have a sheet of its own."""
    couples = _second_couples(world, home) if world.calm(home) else []
    if not couples:
        return False
    told = {"sheet": "2", "people": [world.person(one) for one in couples[0]]}
    return _tell(world, home, "household.sheet_opened", world.day(), told, world.members(home))


def merges(world: World, old: int) -> bool:
    """Let somebody who lives alone, or two who do, join another household."""
    people = world.members(old)
    if len(people) > FEW or not world.calm(old):
        return False
    into = world.find_home(lambda home: home != old)
    if into == NOBODY:
        return False
    there, on = world.members(into), world.day()
    members = [{"person": world.person(person), "relation": "other"} for person in people]
    for person in people:
        world.settle(person, into)
    world.homes.ended[old] = True
    world.counts["moved"] += len(people)
    told = {"into": world.household(into), "members": members}
    return _tell(world, old, "household.merged", on, told, [*people, *there])


def dissolves(world: World, old: int) -> bool:
    """Let somebody who lives alone go abroad, so that the household ends."""
    people = world.members(old)
    if len(people) != 1 or people[0] in world.pregnant or not world.calm(old):
        return False
    (person,) = people
    members = [{"person": world.person(person), "destination": "abroad"}]
    leave(world, person)
    world.abroad[person] = world.month
    world.homes.ended[old] = True
    world.counts["moves_out"] += 1
    return _tell(world, old, "household.dissolved", world.day(), {"members": members}, [person])


def reviewed(world: World, home: int) -> bool:
    """Let a collaborator look through a household's sheet and find it right."""
    return world.calm(home) and _tell(world, home, "household.reviewed", world.day(), {}, world.members(home))


def _founders(world: World, home: int) -> list[int]:
    head = int(world.homes.head[home])
    partner = world.spouse(head)
    stay = {head, partner}
    return [one for one in world.members(home) if one not in stay and world.age(one) >= GROWN_UP]


def _family(world: World, founder: int, home: int) -> list[int]:
    members, spouse = world.members(home), world.spouse(founder)
    parents = [founder, spouse] if spouse in members else [founder]
    mother, head = world.people.mother, int(world.homes.head[home])
    children = [one for one in members if mother[one] in parents and world.spouse(one) == NOBODY]
    return [*parents, *(child for child in children if child not in parents and child != head)]


def _second_couples(world: World, home: int) -> list[tuple[int, int]]:
    head, members = int(world.homes.head[home]), world.members(home)
    united = world.people.marital
    return [
        (one, world.spouse(one))
        for one in members
        if world.spouse(one) in members and united[one] in {MARRIED, SEPARATED} and head not in {one, world.spouse(one)}
    ]


def _tell(world: World, home: int, kind: str, on: date, told: dict[str, Any], touched: list[int]) -> bool:
    """Tell it of its day; nobody whom it touches changes again in that month."""
    world.rest(*touched)
    household = world.household(home)
    world.tell(home, on, [(kind, household, {"on": on.isoformat(), "household": household, **told})])
    return True


SPLIT = Happening(households(schedules.SPLITS), splits)
SECOND_SHEET = Happening(households(schedules.SECOND_SHEETS), opens_sheet)
MERGER = Happening(households(schedules.MERGERS), merges)
DISSOLUTION = Happening(households(schedules.DISSOLUTIONS), dissolves)
REVIEW = Happening(households(schedules.REVIEWS), reviewed)
