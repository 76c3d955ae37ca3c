"""Can a program build an area from nothing, and follow it from where it stopped?"""

from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest

from contracts.care import Care, Contraception
from contracts.scopes import Scope
from deploy.local.databases import Database
from tests.services.registry.conftest import EVERY_SCOPE, asking, build_registry, project
from tests.services.registry.test_lookups import CHILD, ELSEWHERE, FATHER, HOME, MOTHER, ask, family, status
from tests.support.facts import AREA, OTHER_AREA, OTHER_COMMUNE, person_id

PATH = "areas/changes"


class Follower:
    """A copy of an area that takes what the server tells."""

    def __init__(self) -> None:
        self.copy: dict[str, Any] = {}
        self.cursor: str | None = None

    async def sync(self, client: httpx.AsyncClient, area: str, limit: int = 1_000) -> None:
        more = True
        while more:
            asked = {"area": area, "limit": limit} | ({"cursor": self.cursor} if self.cursor else {})
            told = await ask(client, PATH, **asked)
            for state in (*told["households"], *told["persons"]):
                self.copy[state["id"]] = state
            for id_ in told["left"]:
                self.copy.pop(id_, None)
            self.cursor, more = told["cursor"], told["more"]


@pytest.mark.parametrize("limit", [1, 2, 1_000])
async def test_a_program_builds_an_area_from_nothing(registry_database: Database, limit: int) -> None:
    await project(registry_database, family().facts)
    async with asking(registry_database) as client:
        here, there = Follower(), Follower()
        await here.sync(client, AREA, limit)
        await there.sync(client, OTHER_AREA, limit)
    assert set(here.copy) == {HOME, MOTHER, CHILD}
    assert set(there.copy) == {ELSEWHERE, FATHER, person_id(9)}
    assert here.copy[CHILD]["personal"]["name"] == "Trần Thị Mai"


async def test_it_follows_who_comes_goes_and_dies_and_a_household_that_moves(
    registry_database: Database, fresh_database: Callable[..., Database]
) -> None:
    book = family()
    before = len(book.facts) - 1
    await project(registry_database, book.facts[:before])
    here, fresh = Follower(), Follower()
    async with asking(registry_database) as client:
        await here.sync(client, AREA)
        assert set(here.copy) == {HOME, MOTHER, FATHER, CHILD}
    moved = {person: {"area": AREA} for person in (person_id(9), FATHER)}
    book.record("person.died", "2026-01-09", persons={MOTHER: {"status": "dead", "household": None, "area": None}})
    book.record("household.moved", "2026-01-20", persons=moved, households={ELSEWHERE: {"area": AREA}})
    later = fresh_database("socai_registry", build_registry)
    await project(later, book.facts)
    async with asking(later) as client:
        await here.sync(client, AREA)
        await fresh.sync(client, AREA)
        assert set(here.copy) == {HOME, CHILD, ELSEWHERE, FATHER, person_id(9)}
        assert here.copy == fresh.copy
        again = await ask(client, PATH, area=AREA, cursor=here.cursor)
        assert (again["households"], again["persons"], again["left"], again["more"]) == ([], [], [], False)


async def test_whoever_was_told_what_a_restore_has_lost_begins_anew(registry_database: Database) -> None:
    await project(registry_database, family().facts)
    async with asking(registry_database) as client:
        first = (await ask(client, PATH, area=AREA, limit=1))["cursor"]
        here = Follower()
        await here.sync(client, AREA)
        assert await status(client, PATH, area=AREA, cursor=here.cursor) == 200
        owner = await asyncpg.connect(registry_database.owner_dsn)
        # What is recorded after the restore gets the positions of what it has lost.
        await owner.execute(
            "update cause set recorded_at = recorded_at + 1 where position = (select max(position) from cause)"
        )
        await owner.close()
        for cursor in (first, here.cursor):
            refused = await client.post(PATH, json={"area": AREA, "cursor": cursor})
            assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "outdated")


async def test_nobody_follows_an_area_of_others_or_without_the_rights(registry_database: Database) -> None:
    await project(registry_database, family().facts)
    async with asking(registry_database, areas=(OTHER_COMMUNE,)) as client:
        assert await status(client, PATH, area=AREA) == 404
        cursor = (await ask(client, PATH, area=OTHER_AREA))["cursor"]
        assert await status(client, PATH, area=OTHER_AREA, cursor=cursor + "x") == 422
    async with asking(registry_database) as client:
        assert await status(client, PATH, area=AREA, cursor=cursor) == 422
    async with asking(registry_database, scopes=(Scope.REGISTRY_HOUSEHOLD_READ,)) as client:
        refused = await client.post(PATH, json={"area": AREA})
        assert refused.status_code == 403
        assert 'scope="registry.household.read registry.person.read"' in refused.headers["www-authenticate"]


async def test_of_whom_only_something_withheld_was_told_nothing_was_told(
    registry_database: Database, fresh_database: Callable[..., Database]
) -> None:
    book = family()
    await project(registry_database, book.facts)
    plain, seeing = Follower(), Follower()
    hidden = set(EVERY_SCOPE) - {Scope.REGISTRY_CARE_READ}
    async with asking(registry_database, scopes=hidden) as client:
        await plain.sync(client, AREA)
    async with asking(registry_database) as client:
        await seeing.sync(client, AREA)
    assert set(plain.copy) == set(seeing.copy) == {HOME, MOTHER, CHILD}
    pill = Care(contraception=Contraception("pill", "2026-02-01"))
    book.record("person.contraception_started", "2026-02-01", persons={MOTHER: {"care": pill}})
    later = fresh_database("socai_registry", build_registry)
    await project(later, book.facts)
    async with asking(later, scopes=hidden) as client:
        told = await ask(client, PATH, area=AREA, cursor=plain.cursor)
        assert (told["households"], told["persons"], told["left"]) == ([], [], [])
    async with asking(later) as client:
        told = await ask(client, PATH, area=AREA, cursor=seeing.cursor)
        assert [one["id"] for one in told["persons"]] == [MOTHER]


async def test_neither_order_nor_pages_tell_of_whom_something_withheld_was_told(
    registry_database: Database, fresh_database: Callable[..., Database]
) -> None:
    book = family()
    await project(registry_database, book.facts)
    pill = Care(contraception=Contraception("pill", "2025-09-01"))
    book.record("person.contraception_started", "2025-09-01", persons={MOTHER: {"care": pill}})
    later = fresh_database("socai_registry", build_registry)
    await project(later, book.facts)

    async def pages(database: Database, cursor: str | None) -> tuple[list[list[str]], str]:
        """Whom each page of one name tells of, and where the last one ended."""
        found, more = [], True
        async with asking(database, scopes=set(EVERY_SCOPE) - {Scope.REGISTRY_CARE_READ}) as client:
            while more:
                told = await ask(client, PATH, area=AREA, limit=1, **({"cursor": cursor} if cursor else {}))
                found.append([*(one["id"] for one in (*told["households"], *told["persons"])), *told["left"]])
                cursor, more = told["cursor"], told["more"]
        assert cursor is not None
        return found, cursor

    before, cursor = await pages(registry_database, None)
    assert (await pages(later, None))[0] == before
    assert (await pages(later, cursor))[0] == [[]]


async def test_who_left_is_named_once(registry_database: Database, fresh_database: Callable[..., Database]) -> None:
    book = family()
    await project(registry_database, book.facts)
    here = Follower()
    async with asking(registry_database) as client:
        await here.sync(client, AREA)
    cursor, left = here.cursor, []
    for day, changes in (
        ("2026-03-01", {"household": ELSEWHERE, "area": OTHER_AREA}),
        ("2026-03-02", {"occupation": "Giáo viên"}),
    ):
        book.record("person.changed", day, persons={MOTHER: changes})
        later = fresh_database("socai_registry", build_registry)
        await project(later, book.facts)
        async with asking(later) as client:
            told = await ask(client, PATH, area=AREA, cursor=cursor)
        cursor = told["cursor"]
        left.append(told["left"])
    assert left == [[MOTHER], []]
