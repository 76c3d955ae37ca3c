"""In which order is a synthetic population told: units, A0 sheets, then month by month what happens?"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from contracts.calendar import VIET_NAM
from twin import amends, basics, care, identity, moves, regrouping, schedules, unions, vital
from twin import old_places as places
from twin.households import Founder, sheet
from twin.old_names import Names
from twin.people import Area
from twin.old_reports import Ids, line, milliseconds
from twin.world import OFFICE, World

HALF_A_DAY = 12 * 3600 * 1000
DECREED = date(2025, 6, 25)

Happening = Callable[[World], object]

RATES: dict[Happening, float] = {
    care.screened_birth: schedules.BIRTHS,
    vital.death: schedules.DEATHS,
    unions.marriage: schedules.MARRIAGES,
    unions.divorce: schedules.DIVORCES,
    partial(moves.move, inside=True): schedules.MOVES_INSIDE,
    partial(moves.move, inside=False): schedules.MOVES_BETWEEN_COMMUNES,
    moves.arrival: schedules.ARRIVALS,
    moves.departure: schedules.DEPARTURES,
    moves.emigration: schedules.DEPARTURES_ABROAD,
    moves.household_move: schedules.HOUSEHOLD_MOVES,
    care.contraception_started: schedules.CONTRACEPTION_STARTED,
    care.contraception_stopped: schedules.CONTRACEPTION_STOPPED,
    care.pregnancy: schedules.PREGNANCIES,
    care.miscarriage: schedules.MISCARRIAGES,
    care.prenatal_screening: schedules.PRENATAL_SCREENINGS,
    care.health_check: schedules.HEALTH_CHECKS,
    care.couple_check: schedules.COUPLE_CHECKS,
    basics.new_work: schedules.CHANGES_OF_WORK,
    basics.absence: schedules.ABSENCES,
    basics.disability: schedules.DISABILITIES,
    basics.insured: schedules.INSURED,
    basics.no_longer_insured: schedules.INSURANCE_ENDS,
    basics.separation: schedules.SEPARATIONS,
    basics.reconciliation: schedules.RECONCILIATIONS,
    regrouping.split: schedules.SPLITS,
    regrouping.second_sheet: schedules.SECOND_SHEETS,
    regrouping.merger: schedules.MERGERS,
    regrouping.dissolution: schedules.DISSOLUTIONS,
    regrouping.review: schedules.REVIEWS,
}

# What every synthetic population shows at least once, however small it is; one line a month.
SHOWN: tuple[tuple[Happening, ...], ...] = (
    (vital.birth,),
    (partial(unions.marriage, own_household=True), partial(moves.arrival, void=True)),
    (partial(moves.move, inside=True), amends.wrong_birth_date),
    (partial(vital.death, head=True), partial(moves.move, inside=False)),
    (amends.misspelt_newborn, moves.emigration),
    (moves.household_move, partial(moves.departure, meets=True)),
    (unions.divorce, moves.arrival),
    (amends.late_newborn,),
    (partial(unions.marriage, own_household=True, waiting=True),),
    (partial(moves.departure, meets=True, arrival_first=True), partial(vital.death, late=40)),
    (partial(moves.departure, meets=False), moves.homecoming),
    (partial(moves.move, inside=False, late=45),),
    (care.contraception_started, care.pregnancy, care.couple_check),
    (care.prenatal_screening, care.screened_birth, care.health_check),
    (care.contraception_stopped,),
    (basics.absence, basics.insured, basics.separation, regrouping.split, regrouping.second_sheet),
    (basics.no_longer_insured, basics.reconciliation, regrouping.merger, regrouping.review),
    (regrouping.dissolution, basics.disability, basics.new_work),
    (identity.doubled, identity.never_arrived),
)


def generate(seed: int, households: int, start: date, months: int, scale: float = 1.0) -> Iterator[bytes]:
    """Give the reports of a synthetic population as NDJSON lines, in the order in which they are told.

    `households` are registered on `start`; `months` of events follow, `scale` times as frequent as in reality.
    The same arguments give the same bytes.
    """
    rng, ids = Random(f"{seed} events"), Ids(Random(f"{seed} ids"))
    end = add_months(start, months)
    areas = places.areas(households)
    world = World(rng, Names(Random(f"{seed} names")), ids, areas, max(end, start + timedelta(days=1)))
    yield from _units(ids, areas, start)
    yield from _sheets(world, start, households, keep=months > 0)
    if start < date.fromisoformat(places.REFORM) <= end:
        told = milliseconds(datetime.combine(max(DECREED, start + timedelta(days=1)), time(9), VIET_NAM))
        for event in places.reform(areas):
            world.tell_at(told, OFFICE, [event])
            told += 60_000
    shown: list[Happening] = []
    for month in range(months):
        shown += _shown_in(month, months)
        shown = _live(world, add_months(start, month), month, shown, scale)
        yield from world.due(add_months(start, month + 1))


def add_months(day: date, months: int) -> date:
    """Give the same day some months later; days beyond the 28th become the 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _units(ids: Ids, areas: list[Area], start: date) -> Iterator[bytes]:
    told = milliseconds(datetime.combine(start - timedelta(days=1), time(8), VIET_NAM))
    events = [*places.established(), *map(places.area_established, areas)]
    if start >= date.fromisoformat(places.REFORM):
        events += places.reform(areas)
    for kind, subject, data in events:
        told += 10_000
        yield line(ids.new(told), told, OFFICE, kind, data, subject)


def _sheets(world: World, start: date, households: int, *, keep: bool) -> Iterator[bytes]:
    founder = Founder(world.rng, world.names, world.ids, start)
    told = milliseconds(datetime.combine(start, time(8), VIET_NAM))
    step = min(60_000, HALF_A_DAY // max(1, households))
    for area in world.areas:
        source = f"/collaborators/{area.id}"
        for _ in range(area.households):
            told += step
            household = founder.found(area, told)
            report = world.ids.new(told)
            data = sheet(household, start, world.ids, world.rng)
            yield line(report, told, source, "household.registered", data, household.id)
            if keep:
                for person in household.members:
                    person.sheet = report
                world.households.append(household)
                world.people.extend(household.members)


def _shown_in(month: int, months: int) -> list[Happening]:
    """Give what is shown in a month; a short span shows it all in fewer months."""
    span = min(months, len(SHOWN))
    return [happen for at, shown in enumerate(SHOWN) if at * span // len(SHOWN) == month for happen in shown]


def _live(world: World, first: date, month: int, shown: list[Happening], scale: float) -> list[Happening]:
    """Let one month happen: what is shown in it, then what its rates say; gives what found nobody and waits."""
    world.month, world.first = month, first
    again = [happen for happen in shown if not happen(world)]
    living = sum(len(household.members) for household in world.households)
    for happen, rate in RATES.items():
        expected = rate * scale * living / 12_000
        for _ in range(int(expected) + (world.rng.random() < expected % 1)):
            happen(world)
    return again
