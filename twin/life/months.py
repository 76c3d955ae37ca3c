"""What happens in which month: everything as often as the schedules say, and every kind once, however small it is?"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from twin.draws import Draws
from twin.life import basics, care, moves, regrouping, unions, vital
from twin.life.amends import late_newborn, misspelt_newborn, wrong_birth_date
from twin.life.happenings import Happening, everybody
from twin.life.identity import doubled, never_arrived
from twin.life.world import REFORM_DAY, World, add_months
from twin.places import Units
from twin.reports import OFFICE, milliseconds
from twin.totals import Totals, by_area

DECREED = date(2025, 6, 25)

HAPPENINGS = (
    care.SCREENED_BIRTH,
    vital.DEATH,
    unions.MARRIAGE,
    unions.DIVORCE,
    moves.INSIDE,
    moves.BETWEEN,
    moves.ARRIVAL,
    moves.DEPARTURE,
    moves.EMIGRATION,
    moves.HOMECOMING,
    moves.HOUSEHOLD_MOVE,
    care.CONTRACEPTION_STARTED,
    care.CONTRACEPTION_STOPPED,
    care.LOSS,
    care.PREGNANCY,
    care.PRENATAL_SCREENING,
    care.HEALTH_CHECK,
    care.COUPLE_CHECK,
    basics.NEW_WORK,
    basics.ABSENCE,
    basics.DISABILITY,
    basics.INSURED,
    basics.NO_LONGER_INSURED,
    unions.SEPARATION,
    unions.RECONCILIATION,
    regrouping.SPLIT,
    regrouping.SECOND_SHEET,
    regrouping.MERGER,
    regrouping.DISSOLUTION,
    regrouping.REVIEW,
)

Tell = Callable[[World, int], bool]
Scene = tuple[Happening, Tell | None]


def _dies_as_head(world: World, person: int) -> bool:
    home = world.home(person)
    leads = home >= 0 and world.homes.head[home] == person and len(world.members(home)) > 1
    return bool(leads) and vital.dies(world, person)


ADULTS = Happening(everybody(1, vital.GROWN_UP), wrong_birth_date)
OWN_HOUSEHOLD = partial(unions.marries, own_household=True)
# What every population shows at least once, however small it is; one line a month.
SHOWN: tuple[tuple[Scene, ...], ...] = (
    ((vital.BIRTH, None),),
    ((unions.MARRIAGE, OWN_HOUSEHOLD), (moves.ARRIVAL, partial(moves.arrives, void=True))),
    ((moves.INSIDE, None), (ADULTS, None)),
    ((vital.DEATH, _dies_as_head), (moves.BETWEEN, None)),
    ((vital.BIRTH, misspelt_newborn), (moves.EMIGRATION, None)),
    ((moves.HOUSEHOLD_MOVE, None), (moves.DEPARTURE, partial(moves.departs, meets=True))),
    ((unions.DIVORCE, None), (moves.ARRIVAL, None)),
    ((vital.BIRTH, late_newborn), (care.COUPLE_CHECK, None)),
    ((unions.MARRIAGE, partial(OWN_HOUSEHOLD, waiting=True)),),
    (
        (moves.DEPARTURE, partial(moves.departs, meets=True, arrival_first=True)),
        (vital.DEATH, partial(vital.dies, late=40)),
    ),
    ((moves.DEPARTURE, partial(moves.departs, meets=False)), (moves.HOMECOMING, None)),
    ((moves.BETWEEN, partial(moves.moves, inside=False, late=45)),),
    ((care.CONTRACEPTION_STARTED, None), (care.PREGNANCY, None)),
    (
        (care.PRENATAL_SCREENING, None),
        (vital.BIRTH, partial(care.screened_birth, certain=True)),
        (care.HEALTH_CHECK, None),
    ),
    ((care.CONTRACEPTION_STOPPED, None),),
    (
        (basics.ABSENCE, None),
        (basics.INSURED, None),
        (unions.SEPARATION, None),
        (regrouping.SPLIT, None),
        (regrouping.SECOND_SHEET, None),
    ),
    (
        (basics.NO_LONGER_INSURED, None),
        (unions.RECONCILIATION, None),
        (regrouping.MERGER, None),
        (regrouping.REVIEW, None),
    ),
    ((regrouping.DISSOLUTION, None), (basics.DISABILITY, None), (basics.NEW_WORK, None)),
    ((moves.ARRIVAL, doubled), (moves.DEPARTURE, never_arrived)),
)


def lived(world: World, start: date, totals: Totals) -> Iterator[bytes]:
    """Let month after month happen; gives what is told in each, in order of telling."""
    months, scenes = totals.months, list[Scene]()
    _reform(world, start, add_months(start, months), Draws(totals.seed, totals.place, "reform"))
    for month in range(months):
        first = add_months(start, month)
        world.begin(month, first, Draws(totals.seed, totals.place, "month", month))
        scenes += _shown_in(month, months)
        scenes = [(happening, tell) for happening, tell in scenes if not happening.show(world, tell)]
        for happening in HAPPENINGS:
            happening.happen(world, totals.scale)
        due = world.due(add_months(start, month + 1))
        totals.by_month.append(_count(world, first, len(due)))
        yield from due


def _reform(world: World, start: date, end: date, draws: Draws) -> None:
    """Tell the reform some days before it, where it lies within the months."""
    if not start < REFORM_DAY <= end:
        return
    world.draws = draws
    told = milliseconds(max(DECREED, start + timedelta(days=1)), 9)
    for event in Units.around(world.areas).reform(world.areas):
        world.tell_at(told, OFFICE, [event])
        told += 60_000


def _shown_in(month: int, months: int) -> list[Scene]:
    """Give what is shown in a month; a short span shows it all in fewer months."""
    span = min(months, len(SHOWN))
    if month >= span:
        return []
    return [scene for line in SHOWN[month * len(SHOWN) // span : (month + 1) * len(SHOWN) // span] for scene in line]


def _count(world: World, first: date, reports: int) -> dict[str, object]:
    """Count what a month has brought, and what stands on the books at its end."""
    people, homes = world.people, world.homes
    lives = people.household[: people.size]
    lives = lives[lives >= 0]
    there = homes.area[: homes.size][~homes.ended[: homes.size]]
    flows = ("births", "deaths", "moves_in", "moves_out", "struck_off", "moved", "marriages", "divorces")
    return {
        "month": first.isoformat()[:7],
        "reports": reports,
        **{flow: world.counts[flow] for flow in flows},
        "persons_at_end": len(lives),
        "households_at_end": len(there),
        "kinds": dict(sorted(world.told.items())),
        "areas": by_area(world.areas, there, homes.area[lives]),
    }
