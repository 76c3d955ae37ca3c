"""Does an officer see which moves lack their other half, and does a late other half close the pair?

Given departures ("chuyển đi") and arrivals ("chuyển đến"), when the work list is read, then it shows what is open.
"""

import importlib
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.ids import uuid7
from deploy.local.databases import Database
from tests.services.events.conftest import build
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, OTHER, SECOND, Teller, ids, report
from tests.services.events.test_api import asking
from tests.services.events.test_giving_up import room_for_one
from tests.services.events.test_restore import comes_back
from tests.support.topics import Topics

Listed = dict[str, object]


@pytest.fixture
async def books(family: Teller) -> Teller:
    await family.family(ids.far, area=FAR, mai="female")
    return family


async def unmatched(books: Teller, areas: tuple[str, ...] = ("VN",), **asked: str) -> list[Listed]:
    async with asking(books.database, areas=areas) as http:
        answer = await http.get("/events/v1/moves/unmatched", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[Listed] = answer.json()["moves"]
    return found


def ends(found: list[Listed]) -> list[tuple[object, ...]]:
    return [(one["side"], one["person"], one["from"], one["to"]) for one in found]


async def test_a_departure_is_open_until_the_arrival_is_told(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country", place=OTHER)
    (one,) = await unmatched(books)
    assert ends([one]) == [("departure", ids.lan, AREA, OTHER)]
    assert one["since"] == "2025-03-01"
    assert isinstance(one["days"], int)
    await books.tell("person.arrived", on="2025-03-09", person=ids.lan, household=ids.far, sex="female")
    assert await unmatched(books) == []


async def test_a_unit_that_is_on_no_books_is_no_unit_without_moves(books: Teller) -> None:
    for areas in (("VN",), (COMMUNE,)):
        async with asking(books.database, areas=areas) as http:
            for unit, status in (("99999-20200101", 404), (f"{COMMUNE}-999", 404), (FAR, 200), ("VN", 200)):
                answer = await http.get("/events/v1/moves/unmatched", params={"unit": unit})
                assert answer.status_code == status, (areas, unit)
                if status != 200:
                    (error,) = answer.json()["errors"]
                    assert (error["pointer"], error["code"]) == ("query/unit", "unknown-unit")


async def test_a_departure_abroad_is_no_half(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="abroad")
    assert await unmatched(books) == []


async def test_an_arrival_is_open_until_the_departure_is_told(books: Teller) -> None:
    arrival = await books.tell("person.arrived", person=ids.lan, household=ids.far, sex="female")
    assert arrival.need == f"departed:{ids.lan}"
    (one,) = await unmatched(books)
    assert ends([one]) == [("arrival", ids.lan, AREA, FAR)]
    assert one["report"] == arrival.id
    await books.tell("person.left", on="2025-02-27", person=ids.lan, destination="inside_country")
    assert await unmatched(books) == []
    assert (await books.state(ids.lan))["household"] == ids.far


async def test_an_arrival_tells_of_somebody_new_once_she_was_taken_off_the_books_elsewhere(books: Teller) -> None:
    sheet, lines = uuid7(), [{"person": ids.thu, "sex": "female"}]
    await books.tell("household.registered", id=sheet, on="2025-01-01", household=ids.new, area=AREA, members=lines)
    arrival = await books.tell("person.arrived", person=ids.thu, household=ids.far, sex="female")
    assert arrival.need == f"departed:{ids.thu}"
    await books.tell("fact.voided", on=None, fact=sheet)
    assert (await books.state(ids.thu))["household"] == ids.far


async def test_an_arrival_of_somebody_who_has_died_is_decided_behind_a_restore(
    books: Teller, kafka: Topics, fresh_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    for on in ("2025-03-01", "2025-03-02", "2025-03-03"):
        arrival = await books.tell("person.arrived", on=on, person=ids.lan, household=ids.far, sex="female")
        assert arrival.need == f"departed:{ids.lan}"
    with room_for_one(monkeypatch):
        await books.tell("person.died", on="2025-02-01", person=ids.lan)
    await comes_back(books.database, kafka, fresh_database("socai_events", build))


async def test_an_arrival_stays_open_whose_household_is_taken_back_by_the_same_batch(books: Teller) -> None:
    """Household and arrival were both told; that the one was an error does not make the other unheard of."""
    told = uuid7()
    empty = {"on": "2025-02-01", "household": ids.new, "area": FAR, "members": []}
    _, arrival, void = await books.submit(
        report("household.registered", empty, id=told),
        report("person.arrived", {"on": "2025-03-01", "person": ids.lan, "household": ids.new, "sex": "female"}),
        report("fact.voided", {"fact": told}),
    )
    assert (arrival.need, void.fate) == (f"departed:{ids.lan}", "recorded")
    assert ends(await unmatched(books)) == [("arrival", ids.lan, AREA, FAR)]


async def test_a_voided_arrival_leaves_its_departure_open_again(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country")
    told = uuid7()
    await books.tell("person.arrived", id=told, on="2025-03-09", person=ids.lan, household=ids.far, sex="female")
    await books.tell("fact.voided", on=None, fact=told)
    assert ends(await unmatched(books)) == [("departure", ids.lan, AREA, None)]


async def test_a_closed_move_is_on_the_list_no_more(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country")
    await books.tell("move.closed", on="2025-06-01", person=ids.lan, whereabouts="abroad")
    assert await unmatched(books) == []


async def test_a_death_between_two_places_closes_the_half(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country")
    await books.tell("person.died", on="2025-03-05", person=ids.lan)
    assert await unmatched(books) == []


async def test_an_arrival_of_somebody_who_was_merged_is_refused_and_names_who_goes_on(books: Teller) -> None:
    arrival = await books.tell("person.arrived", person=ids.lan, household=ids.far, sex="female")
    await books.tell("person.merged", person=ids.lan, into=ids.mai)
    assert await unmatched(books) == []
    async with asking(books.database, client="tester") as http:
        told = (await http.get(f"/events/v1/reports/{arrival.id}")).json()
    assert told["fate"] == "refused"
    assert told["reasons"][0]["instead"] == ids.mai


async def test_the_oldest_come_first_a_page_at_a_time_with_counts_by_age_on_the_first(books: Teller) -> None:
    await books.tell("person.left", on="2025-03-03", person=ids.lan, destination="inside_country")
    await books.tell("person.left", on="2025-03-02", person=ids.mai, destination="inside_country")
    await books.tell("person.arrived", on="2025-03-04", person=ids.an, household=ids.far, sex="male")
    async with asking(books.database) as http:
        pages, cursor = list[dict[str, Any]](), None
        while not pages or cursor is not None:
            asked = {"limit": "1"} | ({} if cursor is None else {"cursor": cursor})
            pages.append((await http.get("/events/v1/moves/unmatched", params=asked)).json())
            cursor = pages[-1]["cursor"]
        assert [one["person"] for page in pages for one in page["moves"]] == [ids.mai, ids.lan, ids.an]
        counts, *others = [page.get("counts", {}) for page in pages]
        assert not any(others)
        assert {side: sum(ages.values()) for side, ages in counts.items()} == {"departure": 2, "arrival": 1}
        forged = await http.get("/events/v1/moves/unmatched", params={"cursor": "AAAA"})
    assert forged.status_code == 422


@pytest.mark.parametrize(
    ("areas", "seen"),
    [
        ((AREA,), True),
        ((COMMUNE,), True),
        ((OTHER,), True),
        ((SECOND,), False),
        ((), False),
    ],
    ids=["the area left", "its commune", "the commune she is bound for", "another area", "no area"],
)
async def test_either_end_sees_a_departure_and_nobody_else(
    books: Teller, areas: tuple[str, ...], *, seen: bool
) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country", place=OTHER)
    assert bool(await unmatched(books, areas)) is seen


async def test_a_unit_and_a_side_narrow_the_list(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country")
    await books.tell("person.arrived", person=ids.an, household=ids.far, sex="male")
    assert ends(await unmatched(books, unit=OTHER)) == [("arrival", ids.an, AREA, FAR)]
    assert ends(await unmatched(books, side="departure")) == [("departure", ids.lan, AREA, None)]
    assert await unmatched(books, unit=SECOND) == []


async def test_who_may_report_for_the_area_left_may_close_the_move(books: Teller) -> None:
    await books.tell("person.left", person=ids.lan, destination="inside_country")
    closing = report("move.closed", {"on": "2025-06-01", "person": ids.lan})
    (refused,) = await books.submit(closing, access=msgspec.structs.replace(ANYBODY, areas=(SECOND,)))
    assert refused.problem is not None
    (closed,) = await books.submit(closing, access=msgspec.structs.replace(ANYBODY, areas=(AREA,)))
    assert closed.fate == "recorded"


async def test_the_list_is_one_index_away(books: Teller) -> None:
    connection = await asyncpg.connect(books.database.owner_dsn)
    try:
        await connection.execute("set enable_seqscan = off")
        plan = await connection.fetch(
            "explain select * from half where (since, key) > ('2025-01-01', '') order by since, key limit 10"
        )
    finally:
        await connection.close()
    assert "Index Scan using half_since_key_idx" in plan[1][0]


async def test_an_arrival_lies_with_the_office_where_its_person_lives_by_now(books: Teller) -> None:
    await books.tell("household.registered", household=ids.new, area=SECOND, members=[])
    arrival = await books.tell("person.arrived", on="2025-03-20", person=ids.lan, household=ids.far, sex="female")
    assert arrival.fate == "waiting"
    await books.tell("person.moved", on="2025-03-05", person=ids.lan, household=ids.new)
    assert ends(await unmatched(books, areas=(SECOND,))) == [("arrival", ids.lan, SECOND, FAR)]
    assert await unmatched(books, areas=(AREA,)) == []
    async with asking(books.database, areas=(SECOND,)) as http:
        counts = (await http.get("/events/v1/moves/unmatched")).json()["counts"]
    assert sum(counts["arrival"].values()) == 1


async def test_where_somebody_lives_whose_arrival_waits_is_followed_there_and_back(
    books: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    moved = uuid7()
    await books.tell("household.registered", household=ids.new, area=SECOND, members=[])
    await books.tell("person.arrived", on="2025-03-20", person=ids.lan, household=ids.far, sex="female")
    await books.tell("person.moved", id=moved, on="2025-03-05", person=ids.lan, household=ids.new)
    await comes_back(books.database, kafka, fresh_database("socai_events", build))
    await books.tell("fact.voided", on=None, fact=moved)
    assert ends(await unmatched(books, areas=(AREA,))) == [("arrival", ids.lan, AREA, FAR)]
    assert await unmatched(books, areas=(SECOND,)) == []


async def test_arrivals_of_before_lie_with_the_office_once_the_ledger_is_brought_up_to_date(books: Teller) -> None:
    await books.tell("person.arrived", on="2025-03-20", person=ids.lan, household=ids.far, sex="female")
    step = importlib.import_module("services.events.migrations.versions.0017_where_they_live")
    owner = await asyncpg.connect(books.database.owner_dsn)
    before = await owner.fetch("select key, lives from half")
    await owner.execute("update half set lives = null")
    await owner.execute(step.LIVES)
    assert await owner.fetch("select key, lives from half") == before
    assert [row["lives"] for row in before] == [AREA]
    await owner.close()
