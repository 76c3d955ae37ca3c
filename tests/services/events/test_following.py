"""Can a telephone build its area from nothing with one call, follow it, and see at once what it told itself?"""

from typing import Any

import httpx
import msgspec
import pytest

from contracts.scopes import Scope
from tests.services.events.telling import AREA, FAR, OTHER, SECOND, Teller, ids
from tests.services.events.test_api import EVERY, asking, cloud_event, send
from tests.services.events.test_sensitive import CANARIES

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

    async def sync(self, limit: int = 1_000) -> dict[str, Any]:
        while True:
            answer = await self.ask(limit=limit, **({"cursor": self.cursor} if self.cursor else {}))
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json()
            self.copy |= {one["id"]: one for one in (*told["households"], *told["persons"])}
            self.copy = {one: state for one, state in self.copy.items() if one not in told["left"]}
            self.cursor = told["cursor"]
            if not told["more"]:
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
            assert (await Telephone(http).ask()).status_code == 403


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
