"""How do people and households change where they live in the twin, inside the books and across their border?"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from twin import names
from twin.life import schedules
from twin.life.happenings import Happening, Pool, households, registered
from twin.life.unions import moved
from twin.life.vital import leave
from twin.life.world import World
from twin.stock.attributes import EDUCATION, MARRIED
from twin.stock.shapes import NOBODY

YOUNGEST, OLDEST = 18, 60
HALF_MEETS = 600_000


def free(share: int) -> Callable[[World], Pool]:
    """Take those who are likely to go alone, adults without a spouse who are no heads, by the schedule of moves."""

    def pool(world: World) -> Pool:
        rows, ages = world.aged(YOUNGEST, OLDEST)
        people = world.people
        alone = (people.marital[rows] != MARRIED) & (world.homes.head[people.household[rows]] != rows)
        return rows[alone], schedules.MOVES[ages[alone]] * share // 100

    return pool


def _may_go(world: World, person: int) -> bool:
    """Say whether somebody is free to go alone; nobody goes who is known to be pregnant."""
    people = world.people
    head = world.homes.head[people.household[person]] == person
    stays = head or person in world.pregnant
    return world.ready(person) and not stays and bool(people.marital[person] != MARRIED)


def moves(world: World, person: int, *, inside: bool, late: int = 0) -> bool:
    """Let an adult move to another household of the same commune, or of another one."""
    if not _may_go(world, person):
        return False
    home, on = world.home(person), world.day()
    here = world.commune(home, on)
    there = _find(world, home, on, here, inside=inside)
    if there == NOBODY:
        return False
    world.tell(there, on, [moved(world, person, there, "other", on, late)], late)
    world.rest(person, late=late)
    return True


def _find(world: World, home: int, on: date, here: str, *, inside: bool) -> int:
    """Look among the neighbours in the books for a household of the same commune, anywhere for one of another."""
    if not inside:
        if world.communes(on) <= {here}:
            return NOBODY
        return world.find_home(lambda other: world.commune(other, on) != here)
    return world.find_home(lambda other: other != home and world.commune(other, on) == here, near=home)


def household_moves(world: World, home: int) -> bool:
    """Let a whole household move to another area."""
    areas, old = len(world.areas), int(world.homes.area[home])
    if areas == 1 or not world.calm(home):
        return False
    on, area = world.day(), (old + 1 + world.draws.one(areas - 1)) % areas
    household = world.household(home)
    told = {"on": on.isoformat(), "household": household, "area": world.areas[area].id}
    world.tell(home, on, [("household.moved", household, told | world.sheet_of(area))])
    world.homes.area[home] = area
    members = world.members(home)
    world.rest(*members)
    world.counts["moved"] += len(members)
    return True


def arrives(world: World, home: int, *, void: bool = False) -> bool:
    """Let somebody come from outside the books; with `void` it was an error and is taken back a week later."""
    if not world.calm(home):
        return False
    on, draws = world.day(), world.draws
    sex = draws.one(2)
    born = on - timedelta(days=YOUNGEST * 366 + draws.one(22 * 365))
    middle, given = names.draw_one(draws, sex, born.year, set())
    person = world.add_person(sex, born, names.draw_surname(draws), given, on)
    told = arrived(world, person, home, on) | {
        "marital": "single",
        "ethnicity": "01",
        "education": EDUCATION[2 + draws.one(5)],
        "personal": world.personal(person, middle, on, home),
    }
    (report,) = world.tell(home, on, [("person.arrived", told["person"], told)])
    if void:
        reason = {"fact": report, "reason": "Nhầm người: chỉ đến thăm"}
        world.tell(home, on, [("fact.voided", report, reason)], late=7)
        return True
    world.settle(person, home)
    world.counts["moves_in"] += 1
    return True


def arrived(world: World, person: int, home: int, on: date) -> dict[str, Any]:
    """Say what every arrival says."""
    return {
        "on": on.isoformat(),
        "person": world.person(person),
        "household": world.household(home),
        "sex": world.sex(person),
        "birth": world.born(person).isoformat(),
        "relation": "other",
        "residence": "present",
    }


def _comes(world: World, person: int, home: int, on: date) -> None:
    """Let somebody arrive whom the books know."""
    told = arrived(world, person, home, on)
    world.tell(home, on, [("person.arrived", told["person"], told)])
    world.settle(person, home)
    world.counts["moves_in"] += 1


def departs(world: World, person: int, *, meets: bool | None = None, arrival_first: bool = False) -> bool:
    """Let an adult leave for another commune; mostly the arrival follows, else she stays in transit.

    Where the books know no other commune she leaves for one that they do not know.

    With `arrival_first` the arrival is told before the departure and has to wait for it.
    """
    if not _may_go(world, person):
        return False
    home, on = world.home(person), world.day()
    here = world.commune(home, on)
    there = _find(world, home, on, here, inside=False)
    if there == NOBODY and meets:
        return False
    left = {"on": on.isoformat(), "person": world.person(person), "destination": "inside_country"}
    if there != NOBODY:
        left["place"] = world.commune(there, on)
    later = on + timedelta(days=2 + world.draws.one(4))
    world.tell(home, on, [("person.left", left["person"], left)], late=10 if arrival_first else 0)
    leave(world, person, 10 if arrival_first else 0)
    world.counts["moves_out"] += 1
    if there != NOBODY and (world.draws.chance(HALF_MEETS) if meets is None else meets):
        _comes(world, person, there, later)
    return True


def emigrates(world: World, person: int) -> bool:
    """Let an adult leave for abroad."""
    if not _may_go(world, person):
        return False
    home, on = world.home(person), world.day()
    told = {"on": on.isoformat(), "person": world.person(person), "destination": "abroad"}
    world.tell(home, on, [("person.left", told["person"], told)], late=1)
    leave(world, person)
    world.abroad[person] = world.month
    world.counts["moves_out"] += 1
    return True


def comes_home(world: World, person: int) -> bool:
    """Let somebody come back from abroad under the id that she always had."""
    home = world.find_home(lambda _home: True)
    if home == NOBODY or world.abroad.get(person, world.month) >= world.month:
        return False
    on = world.day()
    del world.abroad[person]
    _comes(world, person, home, on)
    world.rest(person)
    return True


SEASON = schedules.MOVING_SEASON
INSIDE = Happening(free(schedules.INSIDE), lambda world, person: moves(world, person, inside=True), SEASON)
BETWEEN = Happening(free(schedules.BETWEEN), lambda world, person: moves(world, person, inside=False), SEASON)
HOUSEHOLD_MOVE = Happening(households(schedules.HOUSEHOLD_MOVES), household_moves, SEASON)
ARRIVAL = Happening(households(schedules.ARRIVALS), arrives, SEASON)
DEPARTURE = Happening(free(schedules.DEPARTURES), departs, SEASON)
EMIGRATION = Happening(free(schedules.ABROAD), emigrates, SEASON)
HOMECOMING = Happening(registered(lambda world: world.abroad, schedules.HOMECOMINGS), comes_home)
