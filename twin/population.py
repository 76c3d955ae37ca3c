"""In which order is a synthetic population told: units, A0 sheets, then month by month what happens?"""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from twin import ids
from twin.draws import Draws
from twin.life.months import lived
from twin.life.world import REFORM_DAY, World, add_months
from twin.numbers import Registers
from twin.places import Area, Units, area_assigned, area_established
from twin.reports import OFFICE, clock, encode, line, milliseconds
from twin.scales import REGISTERED, SANDBOX, Scale
from twin.scales import scale as scale_of
from twin.stock.population import stock
from twin.stock.sheets import lines, named
from twin.totals import Totals, by_area

START = date(2025, 1, 1)
TEN_SECONDS = 10_000


def generate(
    place: str | int,
    seed: int = 1,
    start: date = START,
    months: int = 0,
    scale: float = 1.0,
    totals: Totals | None = None,
) -> Iterator[bytes]:
    """Give the reports of a synthetic population as NDJSON lines, in the order in which they are told."""
    totals = Totals() if totals is None else totals
    of = scale_of(place)
    totals.place, totals.seed, totals.start, totals.months, totals.scale = str(place), seed, start, months, scale
    for told in _told(of, totals):
        totals.reports += 1
        yield told


def _told(of: Scale, totals: Totals) -> Iterator[bytes]:
    seed, start, registers = totals.seed, totals.start, Registers()
    people = stock(of, seed, start, registers)
    totals.households, totals.persons = len(people.shape), len(people.birth)
    totals.areas = by_area(people.areas, people.area, people.area[people.household])
    yield from _laid_out(people.areas, seed, of.name, start)
    known = named(people, seed, of.name, start)
    yield from lines(known, start)
    if totals.months:
        world = World(known, registers, start, add_months(start, totals.months))
        yield from lived(world, start, totals)


def _laid_out(areas: list[Area], seed: int, place: str, start: date) -> Iterator[bytes]:
    """Tell the units and areas the day before."""
    units = Units.around(areas)
    events = [*units.established(), *map(area_established, areas)]
    if place not in REGISTERED:
        events += map(area_assigned, areas[: len(SANDBOX)])
    if start >= REFORM_DAY:
        events += units.reform(areas)
    first = milliseconds(start - timedelta(days=1), 8)
    moments = first + np.arange(len(events), dtype=np.int64) * TEN_SECONDS
    reports = ids.texts(ids.draw(Draws(seed, place, "units"), moments))
    for report, moment, (kind, subject, data) in zip(reports, moments.tolist(), events, strict=True):
        yield line(report, clock(moment), OFFICE.encode(), kind.encode(), subject.encode(), encode(data))
