"""What does the P0 sheet of an area and month say, line by line, as the books have it?"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from contracts.calendar import VIET_NAM
from contracts.scopes import Scope
from tests.services.events.telling import AREA, COMMUNE, FAR, SECOND, Teller, ids
from tests.services.events.test_api import asking

MONTH = "2025-03"
EVERY = frozenset(Scope)


@pytest.fixture
async def village(teller: Teller) -> Teller:
    """A household of two in the area, and one in another."""
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    await teller.family(ids.other, area=SECOND, mai="female")
    return teller


@pytest.fixture
async def office(village: Teller) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(village.database, client="officer", scopes=EVERY) as http:
        yield http


async def read(http: httpx.AsyncClient, area: str = AREA, month: str = MONTH, **query: Any) -> dict[str, Any]:
    answer = await http.get(f"/events/v1/units/{area}/sheets/{month}/lines", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def kinds(told: dict[str, Any]) -> list[tuple[int | None, str, str]]:
    return [(line["p0_list"], line["kind"], line["on"]) for line in told["lines"]]


async def test_a_sheet_says_what_took_effect_in_its_month_in_order_of_day_and_by_list(
    village: Teller, office: httpx.AsyncClient
) -> None:
    born = {"person": ids.baby, "household": ids.home, "mother": ids.lan, "sex": "female"}
    await village.tell("person.died", on="2025-03-20", person=ids.an)
    await village.tell("person.born", on="2025-03-02", **born, personal={"name": "Phạm Gia Hân"})
    await village.tell("person.contraception_started", on="2025-04-01", person=ids.lan, method="iud")
    await village.tell("household.reviewed", on="2025-03-31", household=ids.home)
    told = await read(office)
    assert kinds(told) == [
        (1, "person.born", "2025-03-02"),
        (3, "person.died", "2025-03-20"),
        (None, "household.reviewed", "2025-03-31"),
    ]
    birth, death, review = told["lines"]
    assert (birth["data"]["personal"]["name"], birth["sender"], birth["corrected"]) == ("Phạm Gia Hân", "tester", False)
    changes = {one["after"]["id"]: one for one in birth["persons"]}
    assert (changes[ids.baby]["before"], changes[ids.baby]["after"]["household"]) == (None, ids.home)
    assert changes.keys() == {ids.baby, ids.lan}
    assert [one["after"]["id"] for one in birth["households"]] == [ids.home]
    ((dead,),) = ([one for one in death["persons"] if one["after"]["id"] == ids.an],)
    assert (dead["before"]["status"], dead["after"]["status"]) == ("resident", "dead")
    assert review["households"][0]["after"]["id"] == ids.home
    assert kinds(await read(office, month="2025-04")) == [(7, "person.contraception_started", "2025-04-01")]
    assert (await read(office, area=SECOND))["lines"] == []


async def test_a_move_stands_on_the_sheets_of_both_areas_and_an_area_elsewhere_has_none_of_it(
    village: Teller, office: httpx.AsyncClient
) -> None:
    await village.tell("person.moved", on="2025-03-10", person=ids.lan, household=ids.other)
    await village.tell("person.divorced", on="2025-03-15", person=ids.mai)
    here, there = await read(office), await read(office, area=SECOND)
    assert [line["position"] for line in here["lines"]] == [line["position"] for line in there["lines"]]
    assert [line["kind"] for line in here["lines"]] == ["person.moved"]
    assert (await read(office, area=FAR))["lines"] == []


async def test_a_list_of_the_form_has_those_of_the_area_alone_whoever_of_theirs_lives_elsewhere(
    village: Teller, office: httpx.AsyncClient
) -> None:
    born = {"person": ids.baby, "household": ids.home, "mother": ids.mai, "sex": "female"}
    await village.tell("person.born", on="2025-03-02", **born)
    await village.tell("person.married", on="2025-03-05", person=ids.an, spouse=ids.mai)
    await village.tell("person.died", on="2025-03-20", person=ids.an)
    here = [(1, "person.born", "2025-03-02"), (None, "person.married", "2025-03-05"), (3, "person.died", "2025-03-20")]
    assert kinds(await read(office)) == here
    assert kinds(await read(office, area=SECOND)) == [(None, "person.married", "2025-03-05")]


async def test_what_was_corrected_stands_as_it_is_now_and_what_was_voided_not_at_all(
    village: Teller, office: httpx.AsyncClient
) -> None:
    await village.tell("person.died", on="2025-03-20", person=ids.an)
    await village.tell("person.died", on="2025-03-21", person=ids.lan)
    (_, first), (_, second) = (await village.facts())[-2:]
    await village.tell("fact.corrected", on=None, fact=first.cause.report, changes={"on": "2025-02-27"})
    (_, correction) = (await village.facts())[-1]
    assert kinds(await read(office)) == [(3, "person.died", "2025-03-21")]
    moved = (await read(office, month="2025-02"))["lines"]
    assert [(line["report"], line["on"], line["corrected"]) for line in moved] == [
        (first.cause.report, "2025-02-27", True)
    ]
    await village.tell("fact.voided", on=None, fact=second.cause.report)
    assert kinds(await read(office)) == []
    await village.tell("fact.voided", on=None, fact=correction.cause.report)
    assert [(line["on"], line["corrected"]) for line in (await read(office))["lines"]] == [("2025-03-20", False)]


async def test_a_correction_of_before_the_month_that_is_taken_back_since_tells_of_another_month(
    teller: Teller,
) -> None:
    teller.intake._clock = lambda: datetime(2025, 2, 1, 12, tzinfo=VIET_NAM).timestamp()
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    await teller.tell("person.died", on="2025-01-20", person=ids.an)
    (_, death) = (await teller.facts())[-1]
    await teller.tell("fact.corrected", on=None, fact=death.cause.report, changes={"on": "2025-01-21"})
    (_, correction) = (await teller.facts())[-1]
    teller.intake._clock = lambda: datetime(2025, 3, 10, 12, tzinfo=VIET_NAM).timestamp()
    assert (await teller.tell("fact.voided", on=None, fact=correction.cause.report)).fate == "recorded"
    async with asking(teller.database, scopes=EVERY) as http:
        assert (await read(http))["lines"] == []
        (line,) = [one for one in (await read(http, month="2025-01"))["lines"] if one["kind"] == "person.died"]
    assert (line["on"], line["corrected"]) == ("2025-01-20", False)


async def test_a_sheet_is_read_page_by_page(village: Teller, office: httpx.AsyncClient) -> None:
    for day in (5, 6, 7):
        await village.tell("household.reviewed", on=f"2025-03-0{day}", household=ids.home)
    whole = await read(office)
    first = await read(office, limit=2)
    second = await read(office, limit=2, cursor=first["cursor"])
    assert first["lines"] + second["lines"] == whole["lines"]
    assert (len(first["lines"]), whole["cursor"], second["cursor"]) == (2, None, None)
    assert (await read(office, limit=3))["cursor"] is None


async def test_the_cursor_of_a_sheet_leads_on_in_no_other(village: Teller, office: httpx.AsyncClient) -> None:
    for day in (5, 6):
        await village.tell("household.reviewed", on=f"2025-03-0{day}", household=ids.home)
    cursor = (await read(office, limit=1))["cursor"]
    for area, month in ((AREA, "2025-01"), (SECOND, MONTH)):
        answer = await office.get(f"/events/v1/units/{area}/sheets/{month}/lines", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query/cursor")


async def test_of_what_is_withheld_nothing_stands_on_the_sheet(village: Teller) -> None:
    await village.tell("person.contraception_started", on="2025-03-05", person=ids.lan, method="iud")
    await village.tell("person.changed", on="2025-03-06", person=ids.lan, new={"disability": "movement"})
    await village.tell("person.changed", on="2025-03-07", person=ids.lan, new={"education": "primary"})
    plain = EVERY - {Scope.REGISTRY_CARE_READ, Scope.REGISTRY_DISABILITY_READ}
    async with asking(village.database, scopes=plain) as http:
        (line,) = (await read(http))["lines"]
        assert (line["data"]["new"], "care" in line["persons"][0]["after"]) == ({"education": "primary"}, False)
        assert line["persons"][0]["after"].get("disability", "unknown") == "unknown"
    async with asking(village.database, scopes=EVERY) as http:
        assert len((await read(http))["lines"]) == 3


@pytest.mark.parametrize("lacking", [Scope.REGISTRY_PERSON_READ, Scope.REGISTRY_HOUSEHOLD_READ])
async def test_who_may_not_read_people_reads_no_sheet(village: Teller, lacking: Scope) -> None:
    async with asking(village.database, scopes=EVERY - {lacking}) as http:
        assert (await http.get(f"/events/v1/units/{AREA}/sheets/{MONTH}/lines")).status_code == 403


async def test_a_sheet_of_another_s_area_is_not_there(village: Teller) -> None:
    async with asking(village.database, areas=(SECOND,), scopes=EVERY) as http:
        assert (await http.get(f"/events/v1/units/{AREA}/sheets/{MONTH}/lines")).status_code == 404
        assert (await http.get("/events/v1/units/10525-20200101/sheets/2025-03/lines")).status_code == 422
    async with asking(village.database, scopes=EVERY) as http:
        unknown = await http.get(f"/events/v1/units/99999-20250701-001/sheets/{MONTH}/lines")
        assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (404, "unknown-unit")


@pytest.mark.parametrize("month", ["0000-01", "0001-01", "1849-12", "2200-01"])
async def test_a_month_that_no_report_may_tell_of_has_neither_sheet_nor_books(
    office: httpx.AsyncClient, month: str
) -> None:
    sheets = f"/events/v1/units/{AREA}/sheets"
    books = f"/events/v1/units/{COMMUNE}/months"
    for path in (f"{sheets}/{month}/lines", f"{sheets}/{month}", f"{sheets}?since={month}", f"{books}/{month}"):
        assert (await office.get(path)).status_code == 422, path


async def test_of_an_area_with_a_long_past_only_what_is_told_since_the_month_began_is_read(
    office: httpx.AsyncClient, rows_read: Callable[[], set[str]]
) -> None:
    asked = rows_read()
    assert len((await read(office, month="2025-01"))["lines"]) == 1
    assert {ids.home, ids.lan, ids.an} <= asked
    asked = rows_read()
    assert (await read(office, month="2199-01"))["lines"] == []
    assert not {ids.home, ids.lan, ids.an} & asked


async def test_whoever_moves_to_another_commune_stands_on_the_lists_of_those_who_left_and_came(
    village: Teller, office: httpx.AsyncClient
) -> None:
    await village.family(ids.far_home, area=FAR, thu="female")
    await village.tell("person.moved", on="2025-03-02", person=ids.lan, household=ids.far_home)
    await village.tell("household.moved", on="2025-03-04", household=ids.far_home, area=SECOND)
    await village.tell("person.moved", on="2025-03-06", person=ids.an, household=ids.other)
    leaves = [{"person": ids.mai, "destination": "abroad"}, {"person": ids.an, "household": ids.far_home}]
    await village.tell("household.dissolved", on="2025-03-08", household=ids.other, members=leaves)
    away, home, inside = (5, "person.moved", "2025-03-02"), (4, "household.moved", "2025-03-04"), "person.moved"
    assert kinds(await read(office)) == [away, (None, inside, "2025-03-06")]
    assert kinds(await read(office, FAR)) == [
        (4, "person.moved", "2025-03-02"),
        (5, "household.moved", "2025-03-04"),
    ]
    assert kinds(await read(office, SECOND)) == [
        home,
        (None, inside, "2025-03-06"),
        (5, "household.dissolved", "2025-03-08"),
    ]
