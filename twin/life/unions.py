"""How do couples form and part in the twin?"""

from bisect import bisect
from datetime import date, timedelta

import numpy as np

from twin.draws import Ints
from twin.life import schedules
from twin.life.happenings import Happening, Pool
from twin.life.vital import named_head
from twin.life.world import Event, World
from twin.stock.attributes import DIVORCED, MARRIED, SEPARATED, SINGLE, WIDOWED
from twin.stock.shapes import NOBODY

WOMAN, MAN, LATEST = 15, 20, 45
OLDER_DAYS, NEAR, TRIES = 1059, 40, 60
# Our judgement: whoever is further from the usual difference is not found by chance.
FURTHEST = 12 * 365
FREE = (SINGLE, WIDOWED, DIVORCED)


def free(world: World, sex: int, youngest: int) -> tuple[Ints, Ints]:
    """List who is free, old enough, and no head of a household, with their ages."""
    rows, ages = world.aged(youngest, LATEST)
    people = world.people
    may = (people.sex[rows] == sex) & np.isin(people.marital[rows], FREE)
    may &= world.homes.head[people.household[rows]] != rows
    return rows[may], ages[may]


def brides(world: World) -> Pool:
    """List the women who may marry, with their chances to."""
    rows, ages = free(world, 1, WOMAN)
    return rows, schedules.BRIDES[ages]


class Grooms:
    """The men of a month who may marry, by age, so that one of the right age is found at once."""

    def __init__(self, world: World) -> None:
        rows, _ = free(world, 0, MAN)
        births = world.people.birth[rows]
        order = np.argsort(births, kind="stable")
        self.month = world.month
        self._rows: list[int] = rows[order].tolist()
        self._births: list[int] = births[order].tolist()

    def find(self, world: World, bride: int) -> int:
        """Draw a man about three years older who is no relative; NOBODY where there is none."""
        if not self._rows:
            return NOBODY
        about = bisect(self._births, int(world.people.birth[bride]) - OLDER_DAYS)
        for reach in range(TRIES):
            width = NEAR + reach * len(self._rows) // TRIES
            at = about + world.draws.one(2 * width + 1) - width
            groom = self._rows[min(max(at, 0), len(self._rows) - 1)]
            if world.ready(groom) and _of_an_age(world, bride, groom) and not _related(world, bride, groom):
                return groom
        return NOBODY


def _of_an_age(world: World, bride: int, groom: int) -> bool:
    births = world.people.birth
    return abs(int(births[bride]) - int(births[groom]) - OLDER_DAYS) <= FURTHEST


def _related(world: World, bride: int, groom: int) -> bool:
    people = world.people
    mother = people.mother[bride]
    return bool(
        people.household[bride] == people.household[groom]
        or people.surname[bride] == people.surname[groom]
        or (mother != NOBODY and mother == people.mother[groom])
        or people.marital[groom] not in FREE
        or world.homes.head[people.household[groom]] == groom
    )


def grooms(world: World) -> Grooms:
    """Give the men of this month, listed once."""
    found = world.listed.get("grooms")
    if not isinstance(found, Grooms) or found.month != world.month:
        found = world.listed["grooms"] = Grooms(world)
    return found


def marries(world: World, bride: int, *, own_household: bool | None = None, waiting: bool = False) -> bool:
    """Let two people from different households marry: half of them found a household, the others join his.

    With `waiting` his move is told before the household that he moves into.
    """
    groom = grooms(world).find(world, bride) if world.ready(bride) else NOBODY
    if groom == NOBODY:
        return False
    home, on = world.home(groom), world.day()
    own = world.draws.one(2) == 0 if own_household is None else own_household
    events = _founding(world, groom, bride, on) if own else _joining(world, bride, home, on)
    if own and waiting:
        events[0], events[1] = events[1], events[0]
    told = {"on": on.isoformat(), "person": world.person(groom), "spouse": world.person(bride)}
    world.tell(home, on, [*events, ("person.married", told["person"], told)], late=1)
    world.unite(groom, bride, "married")
    world.rest(groom, bride)
    world.counts["marriages"] += 1
    return True


def _founding(world: World, groom: int, bride: int, on: date) -> list[Event]:
    area = int(world.homes.area[world.home(groom)])
    home = world.add_home(area, on)
    told = {"on": on.isoformat(), "household": world.household(home), "area": world.areas[area].id}
    return [
        ("household.registered", told["household"], told | world.sheet_of(area)),
        moved(world, groom, home, "other", on),
        moved(world, bride, home, "spouse", on),
        named_head(world, home, groom, on),
    ]


def _joining(world: World, bride: int, home: int, on: date) -> list[Event]:
    return [moved(world, bride, home, "adopted_or_in_law", on)]


def moved(world: World, person: int, home: int, relation: str, on: date, late: int = 0) -> Event:
    """Let somebody move into another household of the books."""
    world.settle(person, home, relation, late)
    world.counts["moved"] += 1
    told = {"on": on.isoformat(), "person": world.person(person), "household": world.household(home)}
    return "person.moved", told["person"], told | {"relation": relation}


def wives(world: World, marital: int, chance: int) -> Pool:
    """List women who live with a husband in this marital status."""
    people, rows = world.people, world.living
    some = rows[(people.sex[rows] == 1) & (people.marital[rows] == marital)]
    husbands = people.spouse[some]
    together = (husbands != NOBODY) & (people.household[husbands] == people.household[some])
    return some[together], np.full(int(together.sum()), chance)


def _husband(world: World, wife: int) -> int:
    """Give the husband of a woman where neither of them has changed this month; NOBODY where there is none."""
    husband = world.spouse(wife)
    return husband if husband != NOBODY and world.ready(wife) and world.ready(husband) else NOBODY


def divorces(world: World, wife: int) -> bool:
    """Let a couple part; the one who is not the head moves into another household two days later."""
    husband = _husband(world, wife)
    if husband == NOBODY:
        return False
    home, on = world.home(wife), world.day()
    if world.home(husband) != home:
        return False
    refuge = world.find_home(lambda other: other != home)
    told = {"on": on.isoformat(), "person": world.person(wife)}
    world.tell(home, on, [("person.divorced", told["person"], told)], late=2)
    world.unite(wife, husband, "divorced")
    world.rest(wife, husband)
    world.counts["divorces"] += 1
    if refuge != NOBODY:
        mover = husband if world.homes.head[home] == wife else wife
        later = on + timedelta(days=2)
        world.tell(refuge, later, [moved(world, mover, refuge, "other", later)], late=1)
    return True


def _couple(kind: str, so_far: int, then: str, chance: int) -> Happening:
    def tell(world: World, wife: int) -> bool:
        husband = _husband(world, wife)
        if husband == NOBODY:
            return False
        world.unite(wife, husband, then)
        world.rest(husband)
        return world.tell_of(wife, kind, {})

    return Happening(lambda world: wives(world, so_far, chance), tell)


MARRIAGE = Happening(brides, marries, schedules.WEDDING_SEASON)
DIVORCE = Happening(lambda world: wives(world, MARRIED, schedules.DIVORCES), divorces)
SEPARATION = _couple("person.separated", MARRIED, "separated", schedules.SEPARATIONS)
RECONCILIATION = _couple("person.reconciled", SEPARATED, "married", schedules.RECONCILIATIONS)
