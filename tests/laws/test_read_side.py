"""Do the three read services tell of random histories what the oracle tells, for any (as of, as known) pair?"""

import inspect
import random

import pytest

from contracts.fact import STREAM_FACTS
from kit.log.records import Record
from kit.projections.rebuild import rebuild
from tests.laws.care_laws import check_withheld
from tests.laws.figure_laws import all_figures, check_figures
from tests.laws.filling import entry_of
from tests.laws.ground import AREAS
from tests.laws.histories import report_of
from tests.laws.ledger_laws import check_timelines
from tests.laws.ledgers import Ledgers, examples, patience
from tests.laws.partner_laws import Follower, check_lookups
from tests.laws.people_laws import check_registry
from tests.laws.reads import SERVICES, UNINITIATED, Reads
from tests.laws.telling import Broken, Teller
from tests.services.exchange.conftest import access_of

pytestmark = patience()
NORMALLY = 16
ALTERED = {"on": "2025-02-15", "sex": "unknown", "destination": "abroad", "area": AREAS[1]}
SIGHTS = (("police", ("VN",)), ("statistics", ("VN",)), ("health", AREAS[:1]), ("police", AREAS[1:3]))


async def test_people_and_households_are_the_oracles(ledgers: Ledgers, reads: Reads) -> None:
    async def law(teller: Teller) -> None:
        chance = random.Random(len(teller.rows))
        await reads.begin()
        await reads.take(teller.rows, chance, ["registry"])
        async with reads.asking("registry") as client:
            await check_registry(client, teller, chance)
        async with reads.asking("registry", UNINITIATED) as client:
            await check_withheld(client, teller)

    for seed in examples(NORMALLY):
        await ledgers.random(seed, law)


async def test_figures_are_counted(ledgers: Ledgers, reads: Reads) -> None:
    async def law(teller: Teller) -> None:
        chance = random.Random(len(teller.rows))
        await reads.begin()
        await reads.take(teller.rows, chance, ["reporting"])
        async with reads.asking("reporting") as client:
            await check_figures(client, teller, chance)

    for seed in examples(NORMALLY):
        await ledgers.random(seed, law)


@pytest.mark.parametrize(("partner", "areas"), SIGHTS)
async def test_a_partner_learns_of_exactly_those_in_sight(
    ledgers: Ledgers, reads: Reads, partner: str, areas: tuple[str, ...]
) -> None:
    async def law(teller: Teller) -> None:
        chance = random.Random(len(teller.rows))
        await reads.begin()
        async with reads.asking("exchange", access_of(partner, areas)) as client:
            follower = Follower(client, partner, areas)
            ends = sorted(chance.sample(range(len(teller.rows)), 3))
            for end in (*ends, len(teller.rows)):
                await reads.take(teller.rows[:end], chance, ["exchange"])
                await follower.catch_up()
            follower.check(teller)
            if partner == "police" and areas == ("VN",):
                await check_lookups(client, partner, teller)

    for seed in examples(NORMALLY // 2):
        await ledgers.random(seed, law)


async def test_any_delivery_leaves_what_a_rebuild_makes(ledgers: Ledgers, reads: Reads) -> None:
    """Law 1 for every projection that there is; a rebuild that differs by digest raises."""

    async def law(teller: Teller) -> None:
        chance = random.Random(len(teller.rows))
        await reads.begin()
        await reads.take(teller.rows[: len(teller.rows) // 2], chance)
        await reads.take(teller.rows, chance)
        for service, projections in SERVICES.items():
            built = await rebuild(projections, reads.databases[service].owner_dsn, reads.log.reader)
            assert [one.compared for one in built] == [True] * len(projections)

    for seed in examples(3):
        await ledgers.random(seed, law)


async def test_correcting_and_reverting_restores_every_state_and_figure(ledgers: Ledgers, reads: Reads) -> None:
    async def law(teller: Teller) -> None:
        chance = random.Random(len(teller.rows))
        await reads.begin()
        await reads.take(teller.rows, chance, ["reporting"])
        async with reads.asking("reporting") as client:
            figures, timelines = await all_figures(client), check_timelines(teller.rows, teller.oracle).plain()
            if not await corrected_and_reverted(teller, chance):
                return
            await reads.take(teller.rows, chance, ["reporting"])
            if check_timelines(teller.rows, teller.oracle).plain() != timelines:
                raise Broken("reverting restores every state")
            if await all_figures(client) != figures:
                raise Broken("reverting restores every figure")

    for seed in examples(NORMALLY // 2):
        await ledgers.random(seed, law)


async def corrected_and_reverted(teller: Teller, chance: random.Random) -> int:
    """Correct what can be corrected, then void the corrections, last one first; say how many there were.

    Where one of these lets others in that waited, there is no way back: none then.
    """
    made = []
    for number, (report, cause) in enumerate(teller.oracle.causes().items()):
        other = {name: value for name, value in ALTERED.items() if name in cause.told and cause.told[name] != value}
        if not other or cause.told["on"] < "2025":
            continue
        told = {"fact": report, "changes": dict([chance.choice(sorted(other.items()))])}
        previous = teller.oracle.latest_correction(report)
        correction = report_of("fact.corrected", told | ({"previous": previous} if previous else {}), 9_000 + number)
        before = len(teller.rows)
        (answer,) = await teller.tell([correction])
        if len(teller.rows) > before + 1:
            return 0
        if answer.fate == "recorded":
            made.append(correction.id)
    for number, correction_id in enumerate(reversed(made)):
        before = len(teller.rows)
        (answer,) = await teller.tell([report_of("fact.voided", {"fact": correction_id}, 9_500 + number)])
        if answer.fate != "recorded":
            raise Broken("what was corrected last can be reverted", answer=answer)
        if len(teller.rows) > before + 1:
            return 0
    return len(made)


async def test_handlers_are_pure(ledgers: Ledgers) -> None:
    """The same fact gives the same rows, whoever asks first, and asks nobody for them."""

    async def law(teller: Teller) -> None:
        for projection in (one for projections in SERVICES.values() for one in projections):
            assert not inspect.iscoroutinefunction(projection.rows)
            assert not inspect.isasyncgenfunction(projection.rows)
            for row in (row for row in teller.rows if row.stream == STREAM_FACTS):
                partition, (key, value, headers) = entry_of(row)
                record = Record(*partition, 0, key, value, tuple(headers))
                once = list(projection.rows(record, projection.decode(value)))
                assert list(projection.rows(record, projection.decode(value))) == once
                assert all(len(cells) == len(table.columns) for table, cells in once)

    for seed in examples(3):
        await ledgers.random(seed, law)
