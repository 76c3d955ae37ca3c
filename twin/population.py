"""In which order is a synthetic population told: units, A0 sheets, then month by month what happens?"""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from contracts.reference.units import REFORM
from twin import ids
from twin.draws import Draws
from twin.life.months import add_months, lived
from twin.life.world import World
from twin.numbers import Registers
from twin.places import Area, Units, area_assigned, area_established
from twin.reports import OFFICE, clock, line, milliseconds, payload
from twin.scales import REGISTERED, SANDBOX
from twin.scales import scale as scale_of
from twin.stock.population import Stock, stock
from twin.stock.sheets import lines, named
from twin.totals import Totals

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
    registers = Registers()
    people = stock(of, seed, start, registers)
    _count(people, totals)
    for told in _told(people.areas, seed, of.name, start):
        totals.reports += 1
        yield told
    known = named(people, seed, of.name, start)
    for told in lines(known, start):
        totals.reports += 1
        yield told
    if months:
        world = World(known, registers, start, add_months(start, months))
        for told in lived(world, start, totals):
            totals.reports += 1
            yield told


def _told(areas: list[Area], seed: int, place: str, start: date) -> Iterator[bytes]:
    """Tell the units and areas the day before."""
    units = Units.around(areas)
    events = [*units.established(), *map(area_established, areas)]
    if place not in REGISTERED:
        events += map(area_assigned, areas[: len(SANDBOX)])
    if start >= date.fromisoformat(REFORM):
        events += units.reform(areas)
    first = milliseconds(start - timedelta(days=1), 8)
    moments = first + np.arange(len(events), dtype=np.int64) * TEN_SECONDS
    reports = ids.texts(ids.draw(Draws(seed, place, "units"), moments))
    for report, moment, (kind, subject, data) in zip(reports, moments.tolist(), events, strict=True):
        yield line(report, clock(moment), OFFICE.encode(), kind.encode(), subject.encode(), payload(data))


def _count(people: Stock, totals: Totals) -> None:
    households = np.bincount(people.area, minlength=len(people.areas))
    persons = np.bincount(people.area[people.household], minlength=len(people.areas))
    totals.households, totals.persons = len(people.shape), len(people.birth)
    totals.areas = {
        area.id: {"households": int(homes), "persons": int(living)}
        for area, homes, living in zip(people.areas, households, persons, strict=True)
    }
