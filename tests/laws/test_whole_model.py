"""Does all of it hold together: years of communes, offices, telephones, and every process killed on the way?

Not over Kafka a broken law is shown by the smallest history that breaks it; over Kafka by the whole one, whose seed
breaks the same law there where the law is one about what is recorded or computed from it.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from contracts.event import Report
from deploy.local.databases import Database
from kit.process.database import Connections
from services.events.intake.answer import Answer
from services.events.store.restore import restore
from tests.laws.figure_laws import check_figures
from tests.laws.killing import Crew, MortalTeller, crew
from tests.laws.ledger_laws import check_counters
from tests.laws.ledgers import Ledgers, Story, examples, patience
from tests.laws.office_laws import check_office
from tests.laws.partner_laws import Follower, check_lookups
from tests.laws.people_laws import check_registry
from tests.laws.reads import Reads, databases_for
from tests.laws.telling import START, YEARS, Teller
from tests.laws.test_over_kafka import contents
from tests.laws.years import Years
from tests.services.events.conftest import build
from tests.services.events.publishing import settings_for
from tests.services.exchange.conftest import access_of
from tests.support.topics import Topics

pytestmark = patience()
NORMALLY, PARTS = 6, 2
OVER_KAFKA, MOST_OVER_KAFKA = 1, 20
MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023, 2024, 2025) for month in range(1, 13)][5:42]
STRUCK, LOOKED_AT = 0.2, 0.04
Look = Callable[[Teller, random.Random], Awaitable[None]]
TELLING = Story(Years, MortalTeller, START - YEARS, 60, 140)


def days(teller: Teller) -> list[str]:
    """The days on which something happened, and the last of each month."""
    founded = "2019-01-01"
    return sorted({cause.told["on"] for cause in teller.oracle.causes().values()} - {founded}) or [founded]


async def check_reads(reads: Reads, teller: Teller, chance: random.Random) -> None:
    """People, households, figures and what a partner may ask, now and as known at some positions."""
    async with reads.asking("registry") as client:
        await check_registry(client, teller, chance, days(teller))
    async with reads.asking("reporting") as client:
        await check_figures(client, teller, chance, MONTHS)
    async with reads.asking("exchange", access_of("police")) as client:
        await check_lookups(client, "police", teller)


@pytest.mark.parametrize("part", range(PARTS))
async def test_years_with_offices_and_telephones_are_the_oracles(ledgers: Ledgers, reads: Reads, part: int) -> None:
    async def law(teller: Teller) -> None:
        chance = random.Random(len(teller.rows))
        await ledgers.check(teller)
        await check_office(teller)
        await reads.begin()
        end = chance.randint(1, len(teller.rows))
        await reads.take(teller.rows[:end], chance)
        await reads.take(teller.rows, chance)
        await check_reads(reads, teller, chance)

    for seed in examples(NORMALLY, part, PARTS):
        await ledgers.random(seed, law, TELLING)


class Watched(MortalTeller):
    """Between two deliveries a process is killed now and then, and now and then everything is looked at."""

    def __init__(self, connections: Connections, begins: float, *, at: Crew, look: Look) -> None:
        super().__init__(connections, begins)
        self.at = at
        self.look = look

    async def tell(self, reports: Sequence[Report]) -> list[Answer]:
        answers = await super().tell(reports)
        chance = random.Random(f"{len(self.rows)} {self.now}")
        if chance.random() < STRUCK:
            await self.at.strike(chance)
        if chance.random() < LOOKED_AT:
            await self.look(self, chance)
        return answers


@pytest.mark.parametrize("seed", examples(OVER_KAFKA)[:MOST_OVER_KAFKA])
async def test_over_kafka_it_is_the_same_whatever_is_killed_on_the_way(
    ledgers: Ledgers, fresh_database: Callable[..., Database], kafka: Topics, seed: int
) -> None:
    settings = settings_for(ledgers.database, kafka)
    databases = await databases_for(fresh_database, kafka.prefix)
    reads = Reads(databases)

    async with crew(settings, databases) as at, reads.asking("exchange", access_of("police")) as client:
        partner = Follower(client, "police", ("VN",))

        async def look(teller: Teller, chance: random.Random) -> None:
            await at.reach(len(teller.rows))
            await check_counters(teller.connections, teller)
            await check_office(teller)
            await check_reads(reads, teller, chance)
            await partner.catch_up()
            partner.check(teller)

        async def law(teller: Teller) -> None:
            await ledgers.check(teller)
            await look(teller, random.Random(len(teller.rows)))
            restored = fresh_database("socai_events", build)
            await restore(settings_for(restored, kafka))
            assert await contents(restored) == await contents(ledgers.database)

        story = replace(TELLING, teller=partial(Watched, at=at, look=look))
        await ledgers.random(seed, law, story, shrink=False)
