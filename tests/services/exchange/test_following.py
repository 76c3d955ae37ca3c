"""Does whoever keeps a copy by the feed alone always hold exactly those in sight, as they are now?"""

from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from contracts.person import PersonState
from deploy.local.databases import Database
from kit.projections.builds import physical
from services.exchange.lens import Lens
from services.exchange.partners import VIEWS
from services.exchange.projections.changes import CHANGES, FEED
from tests.services.exchange.conftest import KEY, NOW, apply, asking, going_on
from tests.services.exchange.random_books import AREAS, random_book
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, OTHER_COMMUNE, PROVINCE, SECOND_AREA, household_id, person_id
from tests.support.rows_read import rows_read

SIGHTS = {
    (COMMUNE,): {AREA, SECOND_AREA},
    (OTHER_COMMUNE,): {OTHER_AREA},
    (AREA,): {AREA},
    (SECOND_AREA, OTHER_COMMUNE): {SECOND_AREA, OTHER_AREA},
    (PROVINCE,): set(AREAS),
    ("VN",): set(AREAS),
}

TOLD, ELSEWHERE = physical(FEED, CHANGES.version, 1), 20_000

Copy = dict[str, dict[str, Any]]


class Follower:
    """A partner's copy: state where one is told, nothing where somebody left or is no more."""

    def __init__(self) -> None:
        self.copy: Copy = {}
        self._address = "/feed?limit=7"

    async def catch_up(self, client: httpx.AsyncClient) -> None:
        while True:
            response = await client.get(self._address)
            assert response.status_code == 200
            self._address = going_on(response)
            for event in response.json():
                data = event["data"]
                if data["state"] is None:
                    self.copy.pop(data["person"], None)
                else:
                    self.copy[data["person"]] = data["state"]
            if not response.json():
                return


def in_sight(book: Book, areas: set[str], lens: Lens, *, everywhere: bool) -> Copy:
    """Everybody who lives in these areas, or lived there last."""
    found: Copy = {}
    for entity in book.entities("persons"):
        state = book.state(entity)
        if not isinstance(state, PersonState):
            continue
        if everywhere or last_area(book, entity) in areas:
            found[lens.refer(entity)] = lens.show(msgspec.json.encode(state))
    return found


def last_area(book: Book, entity: str) -> str | None:
    states = [after for _, _, after in book._chain(("persons", entity), book.position)]
    areas = [state.area for state in states if isinstance(state, PersonState) and state.area is not None]
    return areas[-1] if areas else None


@pytest.mark.parametrize(("areas", "seed"), [(areas, seed) for seed, areas in enumerate(SIGHTS)], ids=str)
async def test_a_copy_is_who_is_in_sight(exchange_database: Database, areas: tuple[str, ...], seed: int) -> None:
    book = random_book(seed)
    partner = ("police", "statistics")[seed % 2]
    lens = Lens(VIEWS[partner], KEY)
    follower = Follower()
    async with asking(exchange_database, partner, areas=areas) as client:
        for share in (3, 2, 1):
            await apply(exchange_database, book.facts[: len(book.facts) // share], seed)
            await follower.catch_up(client)
    expected = in_sight(book, SIGHTS[areas], lens, everywhere=areas == ("VN",))
    assert follower.copy == expected


@pytest.mark.parametrize("partner", [name for name, view in VIEWS.items() if "relation" in view.fields])
async def test_a_copy_says_who_leads_a_household_now(exchange_database: Database, partner: str) -> None:
    """Nobody comes or goes when another head is named, and yet two people are shown otherwise."""
    book, follower = Book(), Follower()
    establish(book)
    register(book, 1, members={1: {"relation": "head"}, 2: {"relation": "spouse"}})
    async with asking(exchange_database, partner, areas=("VN",)) as client:
        await apply(exchange_database, book.facts)
        await follower.catch_up(client)
        led, leads = {"relation": "spouse"}, {"relation": "head"}
        head = {household_id(1): {"head": person_id(2)}}
        book.record(
            "household.head_changed", "2026-01-05", households=head, persons={person_id(1): led, person_id(2): leads}
        )
        await apply(exchange_database, book.facts)
        await follower.catch_up(client)
    lens = Lens(VIEWS[partner], KEY)
    assert follower.copy == in_sight(book, set(AREAS), lens, everywhere=True)
    assert follower.copy[lens.refer(person_id(2))]["relation"] == "head"


@pytest.mark.parametrize("unit", [COMMUNE, OTHER_COMMUNE])
@pytest.mark.parametrize("on", ["2026-01-02", "2026-02-11"])
async def test_whoever_follows_begins_anew_when_an_area_with_people_goes_to_another_commune(
    exchange_database: Database, unit: str, on: str
) -> None:
    book, follower = Book(), Follower()
    establish(book)
    register(book, 2, area=OTHER_AREA, members={2: {}})
    register(book, 1)
    async with asking(exchange_database, "police", areas=(unit,)) as client:
        await apply(exchange_database, book.facts)
        await follower.catch_up(client)
        book.record("area.reassigned", on, units={AREA: {"parent": OTHER_COMMUNE}})
        await apply(exchange_database, book.facts)
        told_in_advance = (await client.get(follower._address)).status_code
    async with asking(exchange_database, "police", areas=(unit,), now=NOW + 86_400) as client:
        refused = await client.get(follower._address)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "outdated")
        assert told_in_advance == (422 if on < "2026-02-10" else 200)
        anew = Follower()
        await anew.catch_up(client)
    areas = {OTHER_AREA, AREA} if unit == OTHER_COMMUNE else {SECOND_AREA}
    assert anew.copy == in_sight(book, areas, Lens(VIEWS["police"], KEY), everywhere=False)


async def test_an_area_of_nobody_that_goes_to_another_commune_takes_nobodys_place(exchange_database: Database) -> None:
    book, follower = Book(), Follower()
    establish(book)
    register(book, 1)
    async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
        await apply(exchange_database, book.facts)
        await follower.catch_up(client)
        book.record("area.reassigned", "2026-01-02", units={SECOND_AREA: {"parent": OTHER_COMMUNE}})
        await apply(exchange_database, book.facts)
        renewed = await client.get(follower._address)
        assert (renewed.status_code, renewed.json()) == (200, [])
        assert going_on(renewed) == going_on(await client.get(going_on(renewed)))


async def much_elsewhere(owner: asyncpg.Connection) -> None:
    """Let much be told of other communes, at the first position."""
    await owner.execute(
        f"insert into {TOLD} (position, n, side, block, area, kind, occurred_on, entity, changed, recorded_at)"  # noqa: S608 - ours
        " select 1, n % 1000, 0, n % 100, n % 100, 'person.born', '2026-01-01', gen_random_uuid(), 1, 0"
        f" from generate_series(1, {ELSEWHERE}) n"
    )
    await owner.execute("analyze")


@pytest.mark.parametrize("goes", [True, False])
async def test_what_is_told_of_other_communes_is_not_looked_through(
    exchange_database: Database,
    goes: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Neither for a page nor, where an area goes to another commune, for who lived there; however often it is asked: a
    plan for whatever may be asked goes through all that was told.
    """
    book, follower = Book(), Follower()
    establish(book)
    register(book, 1)
    await apply(exchange_database, book.facts)
    owner = await asyncpg.connect(exchange_database.owner_dsn)
    try:
        await much_elsewhere(owner)
        if goes:
            async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
                await follower.catch_up(client)
            book.record("area.reassigned", "2026-01-02", units={SECOND_AREA: {"parent": OTHER_COMMUNE}})
            await apply(exchange_database, book.facts)
        before = await rows_read(owner)
        async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
            for _ in range(10):
                assert len((await client.get(follower._address)).json()) == (0 if goes else 1)
        after = await rows_read(owner)
    finally:
        await owner.close()
    assert sum(after[TOLD]) - sum(before[TOLD]) < ELSEWHERE / 100
