"""Does each partner learn of the changes that concern it, and of nothing else?"""

import base64
import hashlib
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.local.databases import Database
from kit.http.paging import Cursors
from services.exchange.partners import VIEWS
from services.exchange.shapes import FeedEvent
from tests.services.exchange.conftest import KEY, NOW, apply, asking, bearing, disclosures, going_on
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, OTHER_COMMUNE, PROVINCE, SECOND_AREA, household_id, person_id

NAME = "Phạm Thị Hồng Lĩnh"
Events = list[dict[str, Any]]


def family() -> Book:
    """A mother and her household in AREA, an empty household in each other area."""
    book = Book()
    establish(book)
    mother = {"sex": "female", "birth": "1990-05-17", "relation": "head", "personal": bearing(NAME, pid="031190001234")}
    register(book, 1, members={1: mother})
    for n, area in ((2, SECOND_AREA), (3, OTHER_AREA)):
        book.record("household.registered", "2025-08-01", households={household_id(n): {"area": area}})
    return book


def give_birth(book: Book, n: int = 10, on: str = "2026-01-02") -> int:
    child = {
        "sex": "male", "birth": on, "household": household_id(1), "area": AREA, "mother": person_id(1),
        "birth_order": 1, "personal": bearing("Nguyễn Văn Bình", bhyt="TE1010312345678"),
    }  # fmt: skip
    return book.record("person.born", on, persons={person_id(n): child}).position


def move(book: Book, household: int, area: str, on: str = "2026-01-03", n: int = 1) -> int:
    there = {"household": household_id(household), "area": area}
    return book.record("person.moved", on, persons={person_id(n): there}).position


async def read(client: httpx.AsyncClient, address: str = "/feed") -> tuple[Events, httpx.Response]:
    response = await client.get(address)
    assert response.status_code == 200, response.text
    return response.json(), response


async def follow(database: Database, partner: str, *areas: str, limit: int = 500) -> Events:
    """The whole feed of a partner, page by page."""
    events: Events = []
    async with asking(database, partner, areas=areas or ("VN",)) as client:
        address = f"/feed?limit={limit}"
        while True:
            page, response = await read(client, address)
            events += page
            if not page:
                return events
            address = going_on(response)


async def test_a_birth_stands_in_the_health_feed_as_its_view_allows(exchange_database: Database) -> None:
    book = family()
    born = give_birth(book)
    await apply(exchange_database, book.facts)
    *_, event = await follow(exchange_database, "health")
    assert FeedEvent.model_validate(event, extra="forbid").model_dump() == event, "as the document describes it"
    data = event["data"]
    assert (event["type"], event["subject"], event["sequence"]) == (
        "vn.socai.exchange.person.born.v1",
        person_id(10),
        str(born),
    )
    assert (data["on"], data["side"], data["withdrawn"]) == ("2026-01-02", "here", False)
    assert data["state"] == {
        "name": "Nguyễn Văn Bình", "sex": "male", "birth": "2026-01-02", "status": "resident", "area": AREA,
        "household": household_id(1), "relation": "unknown", "mother": person_id(1), "birth_order": 1,
        "bhyt": "TE1010312345678", "pid": None,
    }  # fmt: skip


async def test_a_correction_tells_the_attributes_it_changed_and_a_void_that_it_did_not_happen(
    exchange_database: Database,
) -> None:
    book = family()
    born = give_birth(book)
    book.correct(born, persons={person_id(10): {"sex": "female"}})
    book.void(born)
    await apply(exchange_database, book.facts)
    _, _, corrected, voided = await follow(exchange_database, "health")
    assert (corrected["data"]["kind"], corrected["data"]["cause"]) == ("person.born", "fact.corrected")
    assert corrected["data"]["changed"] == ["sex"]
    assert (voided["data"]["cause"], voided["data"]["withdrawn"]) == ("fact.voided", True)
    assert voided["data"]["state"] is None


async def test_another_date_of_an_old_event_is_told_to_whom_the_event_concerns(exchange_database: Database) -> None:
    book = family()
    moved = move(book, 2, SECOND_AREA)
    book.correct(moved, on="2026-01-01")
    await apply(exchange_database, book.facts)
    *_, corrected = await follow(exchange_database, "health")
    assert (corrected["data"]["kind"], corrected["data"]["on"]) == ("person.moved", "2026-01-01")
    assert set(corrected["data"]["changed"]) == {"area", "household"}


async def test_a_change_of_what_a_partner_may_not_see_is_not_told_to_it(exchange_database: Database) -> None:
    book = family()
    book.record("person.married", "2026-01-02", persons={person_id(1): {"marital": "married"}})
    await apply(exchange_database, book.facts)
    kinds = {partner: [e["data"]["kind"] for e in await follow(exchange_database, partner)] for partner in VIEWED}
    assert kinds == {
        "health": ["household.registered"],
        "social-insurance": ["household.registered"],
        "police": ["household.registered", "person.married"],
        "statistics": ["household.registered", "person.married"],
    }


VIEWED = ("health", "social-insurance", "police", "statistics")


@pytest.mark.parametrize("partner", [name for name in VIEWED if "pid" in VIEWS[name].fields])
async def test_who_is_shown_a_number_is_told_when_it_is_withdrawn(exchange_database: Database, partner: str) -> None:
    book = family()
    book.record("person.identifier_withdrawn", "2026-01-02", persons={person_id(1): {"personal": bearing(NAME)}})
    await apply(exchange_database, book.facts)
    *_, told = await follow(exchange_database, partner)
    assert (told["data"]["kind"], told["data"]["changed"]) == ("person.identifier_withdrawn", ["pid"])
    assert told["data"]["state"]["pid"] is None


async def test_a_move_between_communes_is_seen_from_both_but_only_the_new_one_sees_the_person(
    exchange_database: Database,
) -> None:
    book = family()
    move(book, 3, OTHER_AREA)
    await apply(exchange_database, book.facts)
    registered, left = await follow(exchange_database, "police", COMMUNE)
    assert (left["data"]["side"], left["data"]["state"]) == ("left", None)
    assert registered["data"]["state"] is None, "who has gone away is not shown by an old row either"
    (came,) = await follow(exchange_database, "police", OTHER_COMMUNE)
    assert (came["data"]["side"], came["data"]["state"]["area"]) == ("here", OTHER_AREA)
    assert OTHER_AREA not in str([registered, left])


async def test_a_move_within_sight_is_told_once(exchange_database: Database) -> None:
    book = family()
    move(book, 2, SECOND_AREA)
    await apply(exchange_database, book.facts)
    assert [e["data"]["side"] for e in await follow(exchange_database, "police", COMMUNE)] == ["here", "here"]
    assert [e["data"]["side"] for e in await follow(exchange_database, "police", PROVINCE)] == ["here", "here"]
    assert [e["data"]["side"] for e in await follow(exchange_database, "police", AREA)] == ["here", "left"]


async def test_the_dead_are_told_where_they_lived(exchange_database: Database) -> None:
    book = family()
    book.record(
        "person.died", "2026-01-05", persons={person_id(1): {"status": "dead", "household": None, "area": None}}
    )
    await apply(exchange_database, book.facts)
    *_, died = await follow(exchange_database, "social-insurance", COMMUNE)
    assert (died["data"]["kind"], died["data"]["state"]["status"]) == ("person.died", "dead")
    assert await follow(exchange_database, "social-insurance", OTHER_COMMUNE) == []


async def test_areas_follow_the_reorganisation_of_their_communes(exchange_database: Database) -> None:
    book = family()
    book.record("area.reassigned", "2026-01-02", units={AREA: {"parent": OTHER_COMMUNE}})
    move(book, 2, SECOND_AREA)
    await apply(exchange_database, book.facts)
    assert [e["data"]["side"] for e in await follow(exchange_database, "police", OTHER_COMMUNE)] == ["here", "left"]


async def test_statistics_gets_neither_ids_nor_names_but_the_same_stranger_each_time(
    exchange_database: Database,
) -> None:
    book = family()
    give_birth(book)
    move(book, 2, SECOND_AREA)
    await apply(exchange_database, book.facts)
    events = await follow(exchange_database, "statistics")
    text = str(events)
    assert all(one not in text for one in (person_id(1), person_id(10), household_id(1), NAME, "1990-05-17"))
    registered, born, moved = (event["data"] for event in events)
    assert registered["person"] == moved["person"] != born["person"]
    assert registered["state"]["birth_month"] == "1990-05"


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
async def test_pages_of_any_size_tell_the_same_and_end_at_whole_facts(exchange_database: Database, limit: int) -> None:
    book = family()
    register(book, 4, members={n: {"birth": "1980"} for n in range(20, 25)})
    give_birth(book)
    move(book, 3, OTHER_AREA)
    await apply(exchange_database, book.facts)
    events = await follow(exchange_database, "police", limit=limit)
    assert [event["data"]["person"] for event in events] == [person_id(n) for n in (1, 20, 21, 22, 23, 24, 10, 1)]
    async with asking(exchange_database, "police") as client:
        page, _ = await read(client, f"/feed?limit={limit}")
        assert events[: len(page)] == page
        assert all(event["sequence"] != page[-1]["sequence"] for event in events[len(page) :])


async def test_an_empty_page_moves_the_cursor_on(exchange_database: Database) -> None:
    book = family()
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police", areas=(OTHER_COMMUNE,)) as client:
        page, first = await read(client)
        again, second = await read(client, going_on(first))
        assert (page, again) == ([], [])
        assert int(first.headers["socai-position"]) == book.position
        assert first.headers["link"] == second.headers["link"], "there is nothing between the two"


async def test_an_answer_names_its_position_digest_and_type(exchange_database: Database) -> None:
    book = family()
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police") as client:
        _, response = await read(client, f"/feed?not_before={book.position}")
    digest = base64.b64encode(hashlib.sha256(response.content).digest()).decode()
    assert response.headers["content-digest"] == f"sha-256=:{digest}:"
    assert response.headers["content-type"] == "application/cloudevents-batch+json"
    assert response.headers["socai-position"] == str(book.position)


async def test_a_position_that_is_not_reached_is_a_problem(exchange_database: Database) -> None:
    async with asking(exchange_database, "police") as client:
        response = await client.get("/feed?not_before=5")
    assert (response.status_code, response.json()["type"]) == (412, "/problems/position-not-reached")
    assert response.headers["retry-after"]


async def test_a_cursor_that_was_touched_or_is_anothers_is_refused(exchange_database: Database) -> None:
    book = family()
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police") as client:
        _, response = await read(client)
    cursor = going_on(response).partition("cursor=")[2].partition("&")[0]
    for partner, given in (("police", cursor[:-2] + "xx"), ("police", "x"), ("health", cursor)):
        async with asking(exchange_database, partner) as client:
            refused = await client.get(f"/feed?cursor={given}")
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-request")


async def test_whoever_was_told_what_a_restore_has_lost_begins_anew(exchange_database: Database) -> None:
    book = family()
    give_birth(book)
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police") as client:
        _, first = await read(client, "/feed?limit=1")
        _, last = await read(client, going_on(first))
        end = going_on(last)
        assert (await client.get(end)).status_code == 200
        owner = await asyncpg.connect(exchange_database.owner_dsn)
        # What is recorded after the restore gets the positions of what it has lost.
        later = int((NOW + 3600) * 1_000_000)
        await owner.execute("update feed set recorded_at = $1 where position = (select max(position) from feed)", later)
        await owner.close()
        refused = await client.get(end)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "outdated")
        # What was told before that stands as it stood.
        assert (await client.get(going_on(first))).status_code == 200


async def test_a_cursor_of_a_position_alone_leads_on(exchange_database: Database) -> None:
    book = family()
    await apply(exchange_database, book.facts)
    cursor = Cursors(KEY, "exchange.feed").write(book.position - 1, "client-police police")
    async with asking(exchange_database, "police") as client:
        page, _ = await read(client, f"/feed?cursor={cursor}")
    assert {event["sequence"] for event in page} <= {str(book.position)}


async def test_a_clock_that_goes_back_takes_nobodys_place(exchange_database: Database) -> None:
    book = family()
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police", now=0.0) as client:
        page, told = await read(client)
        assert page
        assert (await client.get(going_on(told))).status_code == 200


async def test_every_person_of_a_page_leaves_one_line_with_what_was_shown(exchange_database: Database) -> None:
    book = family()
    give_birth(book)
    move(book, 3, OTHER_AREA)
    await apply(exchange_database, book.facts)
    await follow(exchange_database, "health", COMMUNE)
    lines = {str(line["person"]): line for line in await disclosures(exchange_database)}
    assert set(lines) == {person_id(1), person_id(10)}
    assert lines[person_id(1)]["fields"] == "", "she had left, and nothing of her was shown"
    assert lines[person_id(10)]["fields"].split() == list(VIEWS["health"].fields)
    line = lines[person_id(10)]
    assert (line["client"], line["purpose"], line["legal_basis"], line["view"], line["kind"], line["position"]) == (
        "client-health", "health.maternal-and-child-care", "act/7", "health", "feed", book.position,
    )  # fmt: skip


async def test_an_empty_page_leaves_no_line(exchange_database: Database) -> None:
    book = family()
    await apply(exchange_database, book.facts)
    assert await follow(exchange_database, "police", OTHER_COMMUNE) == []
    assert await disclosures(exchange_database) == []
