"""Can a telephone build its area from nothing with one call, follow it, and see at once what it told itself?"""

from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from contracts.scopes import Scope
from tests.services.events.telling import AREA, FAR, OTHER, SECOND, Teller, cloud_event, ids
from tests.services.events.test_api import EVERY, asking, send
from tests.services.events.test_sensitive import CANARIES

CHANGED = "update ledger set hash = sha256(hash) where position = (select max(position) from ledger)"
LOST = "delete from ledger where position = (select max(position) from ledger)"
READING = EVERY | {Scope.REGISTRY_HOUSEHOLD_READ, Scope.REGISTRY_PERSON_READ}


class Telephone:
    """A copy of an area that takes what the server tells."""

    def __init__(self, http: httpx.AsyncClient, area: str = AREA) -> None:
        self.http = http
        self.area = area
        self.copy: dict[str, Any] = {}
        self.cursor: str | None = None

    async def ask(self, **asked: Any) -> httpx.Response:
        return await self.http.post("/events/v1/devices/p1/sync", json={"area": self.area} | asked)

    async def page(self, limit: int = 1_000) -> dict[str, Any]:
        answer = await self.ask(limit=limit, **({"cursor": self.cursor} if self.cursor else {}))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        self.copy |= {one["id"]: one for one in (*told["households"], *told["persons"])}
        self.copy = {one: state for one, state in self.copy.items() if one not in told["left"]}
        self.cursor = told["cursor"]
        return told

    async def sync(self, limit: int = 1_000) -> dict[str, Any]:
        while (told := await self.page(limit))["more"]:
            pass
        return told


async def two_homes(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    await teller.family(ids.other, area=SECOND, minh="male", hoa="female")


@pytest.mark.parametrize("limit", [1, 2, 1_000])
async def test_a_telephone_builds_its_area_from_nothing(teller: Teller, limit: int) -> None:
    await two_homes(teller)
    await teller.tell("person.moved", on="2025-02-01", person=ids.an, household=ids.other)
    async with asking(teller.database, scopes=READING) as http:
        here, there = Telephone(http), Telephone(http, SECOND)
        await here.sync(limit)
        await there.sync(limit)
    assert set(here.copy) == {ids.home, ids.lan}
    assert set(there.copy) == {ids.other, ids.minh, ids.hoa, ids.an}
    assert here.copy[ids.lan] == await teller.state(ids.lan)


async def test_one_call_says_what_the_server_has_lacks_and_what_it_made_of_it(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, scopes=READING) as http:
        phone = Telephone(http)
        assert (await phone.sync())["sent"] == 0
        baby = {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "female"}
        await send(http, cloud_event("person.born", baby, device="p1", devicesequence=1))
        early = {"on": "2025-04-01", "person": ids.an, "destination": "abroad"}
        await send(http, cloud_event("person.left", early, device="p1", devicesequence=3))
        told = await phone.sync()
        assert (told["counts"]["recorded"], told["counts"]["waiting"]) == (1, 1)
        assert told["missing"] == [{"first": 2, "last": 2}]
        assert [one["id"] for one in told["persons"]] == [ids.baby]
        assert (told["households"], told["left"]) == ([], [])
        again = await phone.sync()
        assert (again["persons"], again["households"], again["left"]) == ([], [], [])
        assert again["counts"] == told["counts"]


async def test_it_follows_who_dies_leaves_is_taken_back_and_a_household_that_moves(teller: Teller) -> None:
    await two_homes(teller)
    third = await teller.family(ids.third, chi="female")
    async with asking(teller.database, scopes=READING) as http:
        here = Telephone(http)
        await here.sync()
        await teller.tell("person.died", on="2025-02-01", person=ids.lan)
        await teller.tell("person.left", on="2025-02-02", person=ids.an, destination="abroad")
        await teller.tell("household.moved", on="2025-02-03", household=ids.other, area=AREA)
        await teller.tell("fact.voided", on=None, fact=third.id)
        told = await here.sync(limit=1)
        assert set(here.copy) == {ids.home, ids.other, ids.minh, ids.hoa}
        assert (told["position"], told["more"]) == (len(await teller.facts()), False)
        fresh = Telephone(http)
        await fresh.sync()
        assert fresh.copy == here.copy


async def test_nobody_syncs_an_area_of_others_or_without_the_rights(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, areas=(OTHER,), scopes=READING) as http:
        assert (await Telephone(http).ask()).status_code == 404
        cursor = (await Telephone(http, FAR).sync())["cursor"]
        assert (await Telephone(http, FAR).ask(cursor=cursor + "x")).status_code == 422
        assert (await Telephone(http, "nowhere").ask()).status_code == 422
    async with asking(teller.database, scopes=READING) as http:
        assert (await Telephone(http).ask(cursor=cursor)).status_code == 422
        assert (await Telephone(http, "99999-20190101-001").ask()).json()["households"] == []
    for lacking in (Scope.REGISTRY_HOUSEHOLD_READ, Scope.REGISTRY_PERSON_READ):
        async with asking(teller.database, scopes=READING - {lacking}) as http:
            refused = await Telephone(http).ask()
            assert refused.status_code == 403
            needed = 'scope="events.report.read registry.household.read registry.person.read"'
            assert needed in refused.headers["www-authenticate"]


async def test_without_the_scopes_states_say_nothing_of_care_or_disabilities(teller: Teller) -> None:
    await two_homes(teller)
    await teller.tell("person.contraception_started", on="2025-02-01", person=ids.lan, method="pill")
    await teller.tell("person.changed", on="2025-02-02", person=ids.an, new={"disability": "sight"})
    async with asking(teller.database, scopes=READING) as http:
        said = msgspec.json.encode((await Telephone(http).ask()).json()).decode()
    assert not [word for word in (*CANARIES, "disab", "sight") if word in said]
    every = READING | {Scope.REGISTRY_CARE_READ, Scope.REGISTRY_DISABILITY_READ}
    async with asking(teller.database, scopes=every) as http:
        phone = Telephone(http)
        await phone.sync()
    assert phone.copy[ids.lan]["care"]["contraception"]["method"] == "pill"
    assert phone.copy[ids.an]["disability"] == "sight"


async def test_without_the_scope_it_is_as_if_nothing_sensitive_had_been_told(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, scopes=READING - {Scope.REGISTRY_CARE_READ}) as http:
        phone = Telephone(http)
        await phone.sync()
        await teller.tell("person.contraception_started", on="2025-02-01", person=ids.lan, method="pill")
        assert (await phone.sync())["persons"] == []
        await teller.tell("person.changed", on="2025-02-02", person=ids.lan, new={"residence": "temporarily_away"})
        assert [one["id"] for one in (await phone.sync())["persons"]] == [ids.lan]
    async with asking(teller.database, scopes=READING | {Scope.REGISTRY_CARE_READ}) as http:
        phone = Telephone(http)
        await phone.sync()
        await teller.tell("person.contraception_stopped", on="2025-02-05", person=ids.lan, method="pill")
        assert [one["id"] for one in (await phone.sync())["persons"]] == [ids.lan]


async def test_who_left_is_named_once_and_who_never_stood_there_not_at_all(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, areas=(AREA,), scopes=READING) as http:
        phone = Telephone(http)
        await phone.sync()
        await teller.tell("person.moved", on="2025-02-01", person=ids.lan, household=ids.other)
        assert (await phone.sync())["left"] == [ids.lan]
        numbers = {"identifiers": [{"type": "bhxh", "value": "0123456789"}]}
        await teller.tell("person.identifier_issued", on="2025-03-01", person=ids.lan, personal=numbers)
        assert (await phone.sync())["left"] == []
        await teller.tell("household.moved", on="2025-03-02", household=ids.home, area=FAR)
        assert set((await phone.sync())["left"]) == {ids.home, ids.an}
        await teller.tell("person.born", on="2025-03-14", person=ids.baby, household=ids.home, sex="female")
        assert (await phone.sync())["left"] == []


async def test_there_is_more_until_nothing_was_told_since_and_a_page_ends_with_its_last_fact(teller: Teller) -> None:
    await two_homes(teller)

    async def born(child: str, **mother: str) -> None:
        await teller.tell("person.born", on="2025-03-01", person=child, household=ids.home, sex="female", **mother)

    for child in (ids.one, ids.two, ids.three):
        await born(child)
    async with asking(teller.database, scopes=READING) as http:
        phone = Telephone(http)
        # All three of a household came by one fact.
        pages = [await phone.page(limit=2), await phone.page(limit=2)]
        await born(ids.four)
        pages += [await phone.page(), await phone.page()]
        told = [{one["id"] for one in (*page["households"], *page["persons"])} for page in pages]
        assert told == [{ids.home, ids.lan, ids.an}, {ids.one, ids.two}, {ids.three}, {ids.four}]
        assert [page["more"] for page in pages] == [True, True, True, False]
        await born(ids.baby, mother=ids.lan)
        assert [one["id"] for one in (await phone.sync())["persons"]] == [ids.baby], "nothing of her mother is another"


async def test_of_whom_something_plain_was_told_before_a_page_and_something_withheld_since_is_not_missed(
    teller: Teller,
) -> None:
    await two_homes(teller)
    async with asking(teller.database, scopes=READING - {Scope.REGISTRY_CARE_READ}) as http:
        phone = Telephone(http)
        told = await phone.page(limit=1)
        await teller.tell("person.contraception_started", on="2025-02-01", person=ids.lan, method="pill")
        assert told["more"]
        await phone.sync(limit=1)
        assert set(phone.copy) == {ids.home, ids.lan, ids.an}


async def test_neither_order_nor_pages_tell_of_whom_something_withheld_was_told(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, scopes=READING - {Scope.REGISTRY_CARE_READ}) as http:

        async def pages(cursor: str | None) -> tuple[list[list[str]], str]:
            """Whom each page of one name tells of, and where the last one ended."""
            phone, found, more = Telephone(http), [], True
            phone.cursor = cursor
            while more:
                told = await phone.page(limit=1)
                found.append([one["id"] for one in (*told["households"], *told["persons"])])
                more = told["more"]
            assert phone.cursor is not None
            return found, phone.cursor

        await teller.tell("person.changed", on="2025-03-02", person=ids.an, new={"residence": "temporarily_away"})
        before, cursor = await pages(None)
        await teller.tell("person.contraception_started", on="2025-02-01", person=ids.lan, method="pill")
        assert (await pages(None))[0] == before
        assert (await pages(cursor))[0] == [[]]


async def test_a_late_report_of_what_is_withheld_tells_of_nobody(teller: Teller) -> None:
    await two_homes(teller)
    await teller.tell("person.changed", on="2025-03-02", person=ids.lan, new={"residence": "temporarily_away"})
    async with asking(teller.database, scopes=READING - {Scope.REGISTRY_CARE_READ}) as http:
        phone = Telephone(http)
        await phone.sync()
        await teller.tell("person.contraception_started", on="2025-02-01", person=ids.lan, method="pill")
        assert (await phone.sync())["persons"] == []


async def test_what_was_told_long_before_is_not_read_for_whoever_may_not_see_all(
    teller: Teller, facts_read: list[int]
) -> None:
    await two_homes(teller)
    for day in range(1, 21):
        new = {"residence": "temporarily_away" if day % 2 else "present"}
        await teller.tell("person.changed", on=f"2025-03-{day:02}", person=ids.lan, new=new)
    for day in range(21, 24):
        kind = "person.contraception_started" if day % 2 else "person.contraception_stopped"
        await teller.tell(kind, on=f"2025-03-{day:02}", person=ids.lan, method="pill")
    async with asking(teller.database, scopes=READING - {Scope.REGISTRY_CARE_READ}) as http:
        phone = Telephone(http)
        facts_read.clear()
        await phone.sync(limit=1)
    assert set(phone.copy) == {ids.home, ids.lan, ids.an}
    assert phone.copy[ids.lan]["residence"] == "present"
    assert len(facts_read) < 20


async def test_who_was_told_between_two_pages_and_taken_back_is_told_again(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, scopes=READING) as http:
        phone = Telephone(http)
        first = await phone.page(limit=1)
        away = await teller.tell(
            "person.changed", on="2025-03-02", person=ids.an, new={"residence": "temporarily_away"}
        )
        while first["more"] and ids.an not in phone.copy:
            first = await phone.page(limit=1)
        await teller.tell("fact.voided", on=None, fact=away.id)
        await phone.sync()
    assert phone.copy[ids.an] == await teller.state(ids.an)


async def test_a_cursor_from_before_a_restore_that_lost_the_end_is_outdated(teller: Teller) -> None:
    await two_homes(teller)
    async with asking(teller.database, scopes=READING) as http:
        phone = Telephone(http)
        await phone.sync()
        # What was recorded last is gone, and something else came in its place.
        owner = await asyncpg.connect(teller.database.owner_dsn)
        try:
            await owner.execute(CHANGED)
            refused = await phone.ask(cursor=phone.cursor)
            assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "outdated")
            await owner.execute(LOST)
            assert (await phone.ask(cursor=phone.cursor)).status_code == 422
        finally:
            await owner.close()
        assert (await phone.ask()).status_code == 200
