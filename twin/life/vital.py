"""How are children born and how do people die in the twin, and who becomes the head after a death?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from twin import names
from twin.draws import MILLION, Ints
from twin.life import schedules
from twin.life.happenings import Happening, Pool
from twin.life.world import Event, World
from twin.stock.attributes import ETHNICITIES, MARRIED
from twin.stock.columns import RELATIONS
from twin.stock.shapes import NOBODY

YOUNGEST, LAST = 15, 50
MONTHS_BETWEEN_BIRTHS = 10
MONTHS_KNOWN = 6
GROWN_UP = 18
RELATION_OF_CHILD = {"head": "child", "spouse": "child", "child": "grandchild", "adopted_or_in_law": "grandchild"}
# Our judgement: of births, how many in a hospital, and how many there or at a health station; of deaths, at home.
IN_A_HOSPITAL, IN_A_FACILITY, AT_HOME = 920_000, 970_000, 700_000


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth that was told: the child, the report, and what it said."""

    child: int
    report: str
    data: dict[str, Any]


def may_conceive(world: World, free: Callable[[int], bool], rest: int = MONTHS_BETWEEN_BIRTHS) -> Ints:
    """List women of an age to have children who have had none for a while and are free to."""
    rows, _ = world.aged(YOUNGEST, LAST)
    people = world.people
    able = rows[(people.sex[rows] == 1) & (world.month - people.last_birth[rows] >= rest)]
    return np.array([row for row in able.tolist() if free(row)], dtype=np.int64)


def fertility(world: World, rows: Ints, months: int = 0) -> Ints:
    """Give some women chances of a birth in some months, so that all of an age have as many as the schedule says.

    Those who have a husband bear them, as far as women can; the others bear what is left. What nobody of an age can
    bear, because there are so few people, is borne by women of other ages.
    """
    women = world.living[world.people.sex[world.living] == 1]
    left = schedules.BIRTHS * np.bincount(world.ages_in(women, months), minlength=schedules.OLDEST + 1)
    wanted, ages, chances = int(left.sum()), world.ages_in(rows, months), np.zeros(len(rows), dtype=np.int64)
    married = world.people.marital[rows] == MARRIED
    for some in (married, ~married):
        able = np.bincount(ages[some], minlength=schedules.OLDEST + 1)
        each = np.minimum(left // np.maximum(able, 1), schedules.MOST_FERTILE)
        chances[some] = each[ages[some]]
        left -= each * able
    return chances * wanted // max(int(chances.sum()), 1)


def _expecting(world: World) -> Pool:
    """Take the pregnancies that are due, and women of whom nobody knew that they are pregnant."""
    rows = may_conceive(world, lambda row: row not in world.pregnant)
    chances = fertility(world, rows)
    if world.month >= MONTHS_KNOWN:
        chances = chances * (MILLION - schedules.KNOWN_PREGNANCIES) // MILLION
    due = [row for row, month in world.pregnant.items() if world.month - month >= MONTHS_KNOWN]
    at_once = np.full(len(due), 2 * MILLION * schedules.MONTHS)
    return np.concatenate([rows, np.array(due, dtype=np.int64)]), np.concatenate([chances, at_once])


def born(world: World, mother: int, late: int = 0) -> Birth | None:
    """Let a woman have a child."""
    if not world.ready(mother):
        return None
    home, on = world.home(mother), world.day()
    child, middle = _newborn(world, mother, home, on, late)
    data = {
        "on": on.isoformat(),
        "person": world.person(child),
        "household": world.household(home),
        "sex": world.sex(child),
        "mother": world.person(mother),
        "birth_order": int(world.people.children[mother]),
        "relation": RELATIONS[world.people.relation[child]],
        "ethnicity": ETHNICITIES[world.people.ethnicity[child]],
        "place": _delivered(world),
        "weight_grams": 2200 + 50 * sum(world.draws.one(13) for _ in range(3)),
        "personal": world.personal(child, middle, on, home),
    }
    (report,) = world.tell(home, on, [("person.born", world.person(child), data)], late)
    world.counts["births"] += 1
    return Birth(child, report, data)


def _delivered(world: World) -> str:
    """Say where a child is delivered, in the words of the P0 form, which knows hospitals as elsewhere."""
    at = world.draws.one(MILLION)
    return "elsewhere" if at < IN_A_HOSPITAL else "health_station" if at < IN_A_FACILITY else "home"


def _newborn(world: World, mother: int, home: int, on: date, late: int) -> tuple[int, int]:
    """Put a child into the world: people and surname are the father's, the name differs from those of its household."""
    people, sex = world.people, 0 if world.draws.chance(schedules.BOYS) else 1
    father = world.spouse(mother)
    taken = {int(people.given[member]) for member in world.members(home)}
    middle, given = names.draw_one(world.draws, sex, on.year, taken)
    people.children[mother] += 1
    people.last_birth[mother] = people.settled[mother] = world.month
    world.pregnant.pop(mother, None)
    named_after = mother if father == NOBODY else father
    child = world.add_person(sex, on, int(people.surname[named_after]), given, on)
    people.ethnicity[child] = people.ethnicity[named_after]
    people.mother[child] = mother
    world.settle(child, home, RELATION_OF_CHILD.get(RELATIONS[people.relation[mother]], "other"), late)
    world.rest(child, late=late)
    return child, middle


def _mortal(world: World) -> Pool:
    return world.living, schedules.DEATHS[world.people.sex[world.living], world.ages]


def dies(world: World, person: int, late: int = 0) -> bool:
    """Let somebody die; children are never left alone in the twin."""
    if not world.ready(person) or not leaves_adults(world, person):
        return False
    home, on = world.home(person), world.day()
    was_head, spouse = world.homes.head[home] == person, world.spouse(person)
    place = "home" if world.draws.chance(AT_HOME) else "health_facility"
    told = {"on": on.isoformat(), "person": world.person(person), "place": place}
    world.tell(home, on, [("person.died", told["person"], told)], late)
    leave(world, person, late)
    if spouse != NOBODY:
        world.unite(spouse, person, "widowed")
        world.rest(spouse, late=late)
    world.counts["deaths"] += 1
    if was_head:
        follow_head(world, home, on + timedelta(days=3), late)
    return True


def leaves_adults(world: World, person: int) -> bool:
    """Say whether an adult remains in the household, or nobody."""
    home = world.home(person)
    others = [member for member in world.members(home) if member != person]
    return not others or any(member != person for member in _adults(world, home))


def _adults(world: World, home: int) -> list[int]:
    """List the adults of a household; who comes later in this month is not there on the day on which somebody dies."""
    return [member for member in world.members(home) if world.age(member) >= GROWN_UP and world.stayed(member)]


def leave(world: World, person: int, late: int = 0) -> None:
    """Take somebody out of the books, with what is remembered of her."""
    world.settle(person, NOBODY, late=late)
    for register in (world.pregnant, world.using, world.insured):
        register.pop(person, None)
    world.rest(person)


def follow_head(world: World, home: int, on: date, late: int = 0) -> None:
    """Have the family name the next head: the spouse of the last one, else the eldest adult."""
    adults = _adults(world, home)
    if not adults:
        return
    relation, birth = world.people.relation, world.people.birth
    head = min(adults, key=lambda member: (RELATIONS[relation[member]] != "spouse", birth[member]))
    world.tell(home, on, [named_head(world, home, head, on)], late)
    world.rest(head, late=late)


def named_head(world: World, home: int, head: int, on: date) -> Event:
    """Name the head of a household that has none."""
    world.homes.head[home] = head
    world.people.relation[head] = RELATIONS.index("head")
    household = world.household(home)
    return (
        "household.head_changed",
        household,
        {"on": on.isoformat(), "household": household, "head": world.person(head)},
    )


BIRTH = Happening(_expecting, lambda world, mother: born(world, mother) is not None, schedules.BIRTH_SEASON)
DEATH = Happening(_mortal, dies)
