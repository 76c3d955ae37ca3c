"""Are figures what a count of the people gives, for any month, as known at any position, in any order of arrival?"""

import random
from collections import Counter
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from deploy.local.databases import Database
from services.reporting import figures
from services.reporting.balance import balance, by_part, flows_by_part
from services.reporting.cubes.cells import IN_TRANSIT, PLACES, month_number, month_text
from services.reporting.cubes.statistics import MEASURES
from services.reporting.geography import Parts
from services.reporting.projections import PROJECTIONS
from services.reporting.questions import last_day
from tests.services.reporting import lives, oracle
from tests.support.applying import apply_shuffled
from tests.support.book import Book
from tests.support.facts import AREA, OTHER_AREA, SECOND_AREA

MONTHS = [month_number(f"2025-{month:02d}") for month in range(7, 13)]
NUMBERS = {AREA: 1, SECOND_AREA: 2, OTHER_AREA: 3, "in_transit": 4}
WHOLE = Parts(whole=True, areas=[IN_TRANSIT], numbers=[-1], units={})
CODES = [published.code for published in MEASURES.values()]


def by_area() -> Parts:
    areas = [PLACES[area] for area in lives.AREAS]
    return Parts(whole=False, areas=[*areas, IN_TRANSIT], numbers=[1, 2, 3, 4], units={})


def together(*areas: str) -> Parts:
    return Parts(whole=False, areas=[PLACES[area] for area in areas], numbers=[9] * len(areas), units={})


async def check_population(connection: Any, book: Book, chance: random.Random) -> None:
    for month in MONTHS:
        known = chance.randint(0, book.position)
        wanted: Counter[Any] = Counter()
        for (place, sex, birth), n in oracle.population(book, last_day(month), known).items():
            wanted[NUMBERS.get(place or "", 0), sex, birth] += n
        rows = await figures.stocks(connection, by_area(), month, known, cuts=["sex", "birth_month"])
        found = {(part, cut["sex"], cut["birth_month"]): n for part, cut, n in rows}
        assert found == {cell: n for cell, n in wanted.items() if cell[0]}


async def check_ages(connection: Any, book: Book) -> None:
    for month in MONTHS:
        wanted: Counter[Any] = Counter()
        for (place, _, birth), n in oracle.population(book, last_day(month), book.position).items():
            if place in NUMBERS:
                exact = birth is not None and len(birth) == len("YYYY-MM")
                wanted[(month - month_number(birth or "")) // 12 if exact else None] += n
        rows = await figures.stocks(connection, by_area(), month, book.position, cuts=["age"])
        found: Counter[Any] = Counter()
        for _, cut, n in rows:
            found[cut["age"]] += n
        assert found == wanted


async def check_flows(connection: Any, book: Book, chance: random.Random) -> None:
    for parts, part_of in (
        (by_area(), lambda place: place if place in NUMBERS else None),
        (together(AREA, SECOND_AREA), lambda place: "both" if place in {AREA, SECOND_AREA} else None),
    ):
        for _ in range(4):
            first, last = sorted(chance.choices(MONTHS, k=2))
            known = chance.randint(0, book.position)
            told = oracle.flows(book, month_text(first), month_text(last), known, part_of)
            wanted = {(name, NUMBERS.get(part, 9)): n for (name, part), n in told.items()}
            rows = await figures.flows(connection, parts, (first, last), known, codes=CODES)
            assert {(name, part): n for part, name, _, n in rows if "reclassified" not in name} == wanted


async def check_balance(connection: Any, book: Book, chance: random.Random) -> None:
    """In every place and month, and for each cut by sex, where a sex recorded anew is a flow of its own."""
    for parts in (by_area(), together(AREA, OTHER_AREA), WHOLE):
        for before, month in pairwise(MONTHS):
            known = chance.randint(0, book.position)
            start = await figures.stocks(connection, parts, before, known, cuts=["sex"])
            end = await figures.stocks(connection, parts, month, known, cuts=["sex"])
            happened = await figures.flows(connection, parts, (month, month), known, codes=CODES, cuts=["sex"])
            sums = flows_by_part(happened)
            for part in {*by_part(start), *by_part(end), *sums}:
                terms = balance(
                    by_part(start).get(part, 0),
                    by_part(start).get(part, 0),
                    sums.get(part, {}),
                    by_part(end).get(part, 0),
                )
                assert terms["difference"] == 0
            change: Counter[Any] = Counter()
            for rows, sign in ((end, 1), (start, -1)):
                for part, cut, n in rows:
                    change[part, cut["sex"]] += sign * n
            for part, name, cut, n in happened:
                if name not in {"marriages", "divorces"}:
                    change[part, cut["sex"]] -= n if MEASURES[name].measure.end == "destination" else -n
            assert not any(change.values())


async def check_the_whole(connection: Any, book: Book) -> None:
    for month in MONTHS:
        found = by_part(await figures.stocks(connection, WHOLE, month, book.position))
        told = oracle.population(book, last_day(month), book.position)
        transit = sum(n for (place, _, _), n in told.items() if place == "in_transit")
        assert found.get(-1, 0) == transit
        assert found.get(0, 0) == told.total() - transit


@pytest.mark.parametrize("seed", range(6))
async def test_any_delivery_gives_the_figures_that_a_count_gives(reporting_database: Database, seed: int) -> None:
    chance = random.Random(seed)
    book = lives.random_book(chance)
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, chance)
    connection = await asyncpg.connect(reporting_database.reader_dsn)
    try:
        await check_population(connection, book, chance)
        await check_ages(connection, book)
        await check_flows(connection, book, chance)
        await check_balance(connection, book, chance)
        await check_the_whole(connection, book)
    finally:
        await connection.close()
