"""Who uses contraception, is pregnant, screened or examined in the twin?"""

from datetime import timedelta

import numpy as np

from twin.draws import MILLION, Ints
from twin.life import schedules
from twin.life.happenings import Happening, Pool, everybody, registered
from twin.life.unions import brides, grooms
from twin.life.vital import BIRTH, LAST, MONTHS_KNOWN, born, fertility, may_conceive
from twin.life.world import World
from twin.stock.attributes import MARRIED
from twin.stock.shapes import NOBODY

OLDER = 60
RESTING = 9
METHODS = ("iud", "iud", "iud", "iud", "pill", "pill", "condom", "condom", "implant", "injection")
NEWBORN = ("hypothyroidism", "g6pd", "adrenal_hyperplasia")
PRENATAL = ("down", "edwards", "patau", "thalassemia")
EARLY, KNOWN = 3, 6
ALREADY_LOST = MILLION + 3 * schedules.LOST_A_MONTH
# The season is that of the births to which pregnancies lead.
BORN_LATER = schedules.BIRTH_SEASON[MONTHS_KNOWN:] + schedules.BIRTH_SEASON[:MONTHS_KNOWN]


def screened_birth(world: World, mother: int, *, certain: bool = False) -> bool:
    """Let a child be born, and mostly, or for certain, be screened two days later."""
    told = born(world, mother)
    if told is None:
        return False
    if certain or world.draws.chance(schedules.NEWBORNS_SCREENED):
        newborn_screened(world, told.child)
    return True


def newborn_screened(world: World, child: int) -> None:
    """Screen a newborn."""
    results = {condition: "at_risk" if world.draws.one(50) == 0 else "normal" for condition in NEWBORN}
    on = world.born(child) + timedelta(days=2)
    world.tell_of(child, "person.newborn_screened", {**results, "place": "hospital"}, on)


def _without_method(world: World) -> Pool:
    rows = _may_conceive(world)
    wives = rows[world.people.marital[rows] == MARRIED]
    return wives, np.full(len(wives), schedules.CONTRACEPTION_STARTED)


def starts(world: World, woman: int) -> bool:
    """Let a married woman begin to use a method, before she turns 50 where she does so in this month."""
    if not world.ready(woman) or not _free(world, woman):
        return False
    method, on, birth = METHODS[world.draws.one(len(METHODS))], world.day(), world.born(woman)
    if (on.year, on.month) == (birth.year + LAST, birth.month) and birth.day <= on.day:
        if birth.day == 1:
            return False
        on = on.replace(day=birth.day - 1)
    world.using[woman] = method
    told = {"method": method, "living_children": int(world.people.children[woman]), "place": "health_station"}
    return world.tell_of(woman, "person.contraception_started", told, on)


def stops(world: World, woman: int) -> bool:
    """Let a woman stop using her method."""
    if not world.ready(woman) or woman not in world.using:
        return False
    return world.tell_of(woman, "person.contraception_stopped", {"method": world.using.pop(woman)})


def _may_be_pregnant(world: World) -> Pool:
    rows = _may_conceive(world)
    chances = fertility(world, rows, MONTHS_KNOWN) * schedules.KNOWN_PREGNANCIES // MILLION
    return rows, chances * ALREADY_LOST // MILLION


def pregnant(world: World, woman: int) -> bool:
    """Let the collaborator learn that a woman is pregnant."""
    if not world.ready(woman) or not _free(world, woman):
        return False
    world.pregnant[woman] = world.month
    number = max(world.pregnancies.get(woman, 0), int(world.people.children[woman])) + 1
    world.pregnancies[woman] = number
    return world.tell_of(woman, "person.pregnancy_reported", {"event": "pregnant", "number": number})


def loses(world: World, woman: int) -> bool:
    """Let a pregnancy end without a birth."""
    if not world.ready(woman) or woman not in world.pregnant:
        return False
    del world.pregnant[woman]
    event = "miscarriage" if world.draws.one(3) else "abortion"
    return world.tell_of(woman, "person.pregnancy_reported", {"event": event, "number": world.pregnancies[woman]})


def screened(world: World, woman: int) -> bool:
    """Let a pregnant woman be screened, once at each visit."""
    if not world.ready(woman) or woman not in world.pregnant:
        return False
    since = world.pregnant[woman]
    visit = "week_12" if world.month - since < 2 else "week_21"  # noqa: PLR2004 - told at about week 8
    if world.visited.get(woman) == (since, visit):
        return False
    world.visited[woman] = (since, visit)
    results = {condition: "high" if world.draws.one(20) == 0 else "low" for condition in PRENATAL}
    return world.tell_of(woman, "person.prenatally_screened", {"visit": visit, **results, "place": "hospital"})


def checked(world: World, person: int) -> bool:
    """Let an older person be examined."""
    return world.ready(person) and world.tell_of(person, "person.health_checked", {"place": "health_station"})


def couple_checked(world: World, bride: int) -> bool:
    """Let a couple be examined that wants to marry; some marry others in the end."""
    groom = grooms(world).find(world, bride) if world.ready(bride) else NOBODY
    if groom == NOBODY:
        return False
    world.rest(bride)
    return world.tell_of(groom, "couple.checked", {"partner": world.person(bride), "place": "health_station"})


def _may_conceive(world: World) -> Ints:
    return may_conceive(world, lambda row: _free(world, row), RESTING)


def _free(world: World, woman: int) -> bool:
    """Say whether a woman neither uses a method nor is pregnant."""
    return woman not in world.using and woman not in world.pregnant


def _known(world: World, months: int) -> list[int]:
    """List the women who have been known to be pregnant for less than so many months."""
    return [row for row, month in world.pregnant.items() if world.month - month < months]


def _couples(world: World) -> Pool:
    rows, chances = brides(world)
    return rows, chances * schedules.COUPLE_CHECKS // MILLION


SCREENED_BIRTH = Happening(BIRTH.pool, screened_birth, BIRTH.season)
CONTRACEPTION_STARTED = Happening(_without_method, starts)
CONTRACEPTION_STOPPED = Happening(registered(lambda world: world.using, schedules.CONTRACEPTION_STOPPED), stops)
PREGNANCY = Happening(_may_be_pregnant, pregnant, BORN_LATER)
LOSS = Happening(registered(lambda world: _known(world, EARLY), schedules.LOST_A_MONTH * schedules.MONTHS), loses)
PRENATAL_SCREENING = Happening(registered(lambda world: _known(world, KNOWN), schedules.PRENATAL_SCREENINGS), screened)
HEALTH_CHECK = Happening(everybody(schedules.HEALTH_CHECKS, OLDER), checked)
COUPLE_CHECK = Happening(_couples, couple_checked)
