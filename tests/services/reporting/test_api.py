"""What do callers get: the right figures, in both formats, within their rights, or a precise problem?"""

import csv
import io
import random
from typing import Any

import httpx
import pytest

from contracts.topics import instant_text
from deploy.local.databases import Database
from services.reporting.cubes.statistics import MEASURES
from services.reporting.projections import PROJECTIONS
from services.reporting.shapes import Terms
from tests.services.reporting.asked import get, refused, values
from tests.services.reporting.conftest import asking
from tests.services.reporting.story import (
    AREA,
    BOOK,
    COMMUNE,
    DISTRICT,
    LONER,
    OLD_COMMUNE,
    OLD_PROVINCE,
    OTHER_AREA,
    OTHER_OLD_COMMUNE,
    PROVINCE,
    establish_both_times,
    story,
)
from tests.support.applying import apply_shuffled
from tests.support.book import Book, register
from tests.support.facts import person_id


async def test_the_population_of_a_unit_stands_as_of_the_end_of_the_month(client: httpx.AsyncClient) -> None:
    for month, people in (("2025-02", 0), ("2025-03", 3), ("2025-09", 4), ("2025-10", 3), ("2025-11", 2)):
        body = await get(client, "/population", unit=PROVINCE, month=month, geography="2025-07-01")
        assert (body["total"], body["as_of"][:7], body["rows"]) == (people, month, [{"value": people}])


async def test_the_last_complete_month_is_asked_for_by_default(client: httpx.AsyncClient) -> None:
    body = await get(client, "/population")
    assert (body["unit"], body["month"], body["geography"]) == ("VN", "2026-01", "2026-01-31")
    assert (body["total"], body["in_transit"]) == (2, 1)


async def test_single_ages_follow_from_the_birth_month_and_unknown_ones_are_a_row(client: httpx.AsyncClient) -> None:
    april = await get(client, "/population", month="2025-04", by="age,sex")
    assert values(april, "age", "sex") == {(34, "female"): 1, (86, "female"): 1, (None, "male"): 1}
    may = await get(client, "/population", month="2025-05", by=["age", "sex"])
    assert values(may, "age", "sex") == {(35, "female"): 1, (86, "female"): 1, (None, "male"): 1}
    births = await get(client, "/population", month="2025-05", by="birth_month")
    assert values(births, "birth_month") == {("1990-05",): 1, ("1939-01",): 1, ("1988",): 1}


async def test_any_figure_is_there_in_the_geography_of_any_day(client: httpx.AsyncClient) -> None:
    then = await get(client, "/population", month="2025-06", by="commune")
    assert values(then, "unit") == {(OLD_COMMUNE,): 2, (OTHER_OLD_COMMUNE,): 1}
    assert [row["name"] for row in then["rows"]] == ["Phường Cẩm Thượng", "Phường Bình Hàn"]
    now = await get(client, "/population", month="2025-06", by="commune", geography="2025-07-01")
    assert values(now, "unit") == {(COMMUNE,): 3}
    later = await get(client, "/population", month="2025-09", by="district", geography="2025-06-30")
    assert values(later, "unit") == {(DISTRICT,): 4}
    assert (await get(client, "/population", unit=OLD_COMMUNE, month="2025-09", geography="2025-06-30"))["total"] == 2


async def test_a_level_that_a_day_does_not_have_is_a_row_without_a_place(client: httpx.AsyncClient) -> None:
    body = await get(client, "/population", month="2025-12", by="district")
    assert values(body, "unit") == {(None,): 2}


async def test_gross_flows_depend_on_the_level(client: httpx.AsyncClient) -> None:
    """Convention 15: the move of August is inside the new commune and between two old ones."""
    period = {"from": "2025-08", "to": "2025-08", "kind": "moves_in,moves_out"}
    inside = await get(client, "/flows", unit=COMMUNE, **period)
    assert values(inside, "flow") == {("moves_in",): 0, ("moves_out",): 0}
    between = await get(client, "/flows", unit=COMMUNE, by="area", **period)
    assert values(between, "flow", "unit") == {("moves_out", AREA): 1, ("moves_in", OTHER_AREA): 1}
    before = await get(client, "/flows", by="commune", geography="2025-06-30", **period)
    assert values(before, "flow", "unit") == {("moves_out", OLD_COMMUNE): 1, ("moves_in", OTHER_OLD_COMMUNE): 1}


async def test_each_area_of_a_commune_has_its_own_people(client: httpx.AsyncClient) -> None:
    april = await get(client, "/population", unit=COMMUNE, month="2025-04", by="area", geography="2025-07-01")
    assert values(april, "unit") == {(AREA,): 2, (OTHER_AREA,): 1}


async def test_a_period_without_a_beginning_is_the_month_of_its_end(client: httpx.AsyncClient) -> None:
    body = await get(client, "/flows", unit=PROVINCE, to="2025-09", kind="births,registered")
    assert (body["from"], body["to"]) == ("2025-09", "2025-09")
    assert values(body, "flow") == {("births",): 1, ("registered",): 0}


async def test_to_name_every_measure_or_no_breakdown_is_to_name_none(client: httpx.AsyncClient) -> None:
    period = {"from": "2025-03", "to": "2025-12"}
    asked = await get(client, "/flows", **period, kind=",".join(MEASURES), by="")
    assert asked == await get(client, "/flows", **period)


async def test_flows_count_in_the_month_of_their_date(client: httpx.AsyncClient) -> None:
    body = await get(client, "/flows", unit=PROVINCE, from_="2025-03", to="2025-12", by="month")
    assert values(body, "flow", "month") == {
        ("registered", "2025-03"): 3,
        ("births", "2025-09"): 1,
        ("deaths", "2025-10"): 1,
        ("moves_out", "2025-11"): 1,
        ("marriages", "2025-12"): 1,
    }
    by_sex = await get(client, "/flows", unit=PROVINCE, from_="2025-10", to="2025-10", kind="deaths", by="sex,age")
    assert values(by_sex, "sex", "age") == {("female", 86): 1}


async def test_the_balance_closes_in_every_place(client: httpx.AsyncClient) -> None:
    body = await get(client, "/balance", from_="2025-08", to="2025-12", by="area")
    assert body["difference"] == 0
    here, there = body["rows"]
    assert (here["unit"], here["population_start"], here["population_end"]) == (AREA, 2, 1)
    assert (here["births"], here["moves_out"], here["moves_in"], here["deaths"]) == (1, 2, 0, 0)
    assert (there["unit"], there["moves_in"], there["deaths"], there["population_end"]) == (OTHER_AREA, 1, 1, 1)
    assert body["in_transit"]["population_end"] == body["in_transit"]["moves_in"] == 1
    whole = await get(client, "/balance", unit=PROVINCE, from_="2025-08", to="2025-12")
    assert [(row["moves_in"], row["moves_out"], row["difference"]) for row in whole["rows"]] == [(0, 1, 0)]


async def test_who_is_put_on_the_books_and_struck_off_them_explains_a_balance(reporting_database: Database) -> None:
    book = Book()
    establish_both_times(book)
    register(book, 1, "2025-08-01", AREA, {1: {"sex": "female"}, 2: {"sex": "male"}, 3: {"sex": "male"}})
    book.record("person.merged", "2025-08-20", persons={person_id(3): {"status": "merged", "area": None}})
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(1))
    async with asking(reporting_database) as client:
        [terms] = (await get(client, "/balance", unit=AREA, to="2025-08"))["rows"]
    assert {name: n for name, n in terms.items() if n} == {"registered": 3, "struck_off": 1, "population_end": 2}


async def test_two_geographies_in_one_balance_are_closed_by_the_territory(client: httpx.AsyncClient) -> None:
    period = {"from": "2025-07", "to": "2025-08", "geography_from": "2025-06-30"}
    grown = await get(client, "/balance", unit=COMMUNE, **period)
    terms = grown["rows"][0]
    assert (terms["population_start"], terms["territory"], terms["population_end"]) == (0, 3, 3)
    assert grown["difference"] == 0
    parts = await get(client, "/balance", by="commune", **period)
    found = {row["unit"]: (row["population_start"], row["territory"], row["population_end"]) for row in parts["rows"]}
    assert found == {COMMUNE: (0, 3, 3), None: (3, -3, 0)}
    assert parts["difference"] == 0


async def test_people_in_transit_can_be_asked_for_as_if_they_were_a_unit(client: httpx.AsyncClient) -> None:
    assert (await get(client, "/population", unit="in_transit", month="2025-11", by="sex"))["total"] == 1
    assert await refused(client, "/population", unit="in_transit", by="commune") == (
        422,
        "/problems/invalid-request",
        [
            {
                "pointer": "query/by",
                "code": "nobody-in-transit-stands-in-a-unit",
                "text": "Who is on the way stands in no unit.",
            }
        ],
    )


async def test_figures_are_given_as_they_were_known(client: httpx.AsyncClient) -> None:
    born = next(fact for fact in BOOK.facts if fact.fact.kind == "person.born")
    for as_known in (str(born.position - 1), "2026-01-05T08:00:00+07:00"):
        body = await get(client, "/population", month="2025-09", as_known=as_known)
        assert body["total"] == (3 if as_known.isdigit() else 0)
        assert body["position"] == BOOK.position
    later = await get(client, "/population", month="2025-09", as_known="2199-01-01T00:00:00Z")
    assert later["as_known"] == BOOK.position


async def test_what_was_known_at_a_position_is_said_once_that_is_there(client: httpx.AsyncClient) -> None:
    asked = await refused(client, "/population", month="2025-09", as_known=str(BOOK.position + 1))
    assert asked == (412, "/problems/position-not-reached", [])


async def test_a_table_has_a_header_and_says_how_far_it_goes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/population?month=2025-05&by=commune,age", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["socai-position"] == str(BOOK.position)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert list(rows[0]) == ["unit", "code", "name", "age", "value"]
    assert [(row["name"], row["age"], row["value"]) for row in rows] == [
        ("Phường Cẩm Thượng", "35", "1"),
        ("Phường Cẩm Thượng", "", "1"),
        ("Phường Bình Hàn", "86", "1"),
    ]


async def test_a_table_says_all_that_the_rows_say(client: httpx.AsyncClient) -> None:
    for path, columns in (
        ("/flows?from=2025-10&to=2025-11&by=area,sex", ["flow", "unit", "code", "name", "sex", "value"]),
        ("/balance?from=2025-08&to=2025-12&by=area", [*Terms.model_fields]),
    ):
        table = csv.DictReader(io.StringIO((await client.get(path, headers={"Accept": "text/csv"})).text))
        assert table.fieldnames == columns
        rows = (await client.get(path)).json()["rows"]
        assert list(table) == [{column: str(row[column]) for column in columns} for row in rows]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json, text/csv;q=0.5", "application/json"),
        ("text/csv;q=0, application/json", "application/json"),
        ("text/csv;q=0.5, */*", "application/json"),
        ("text/csv;q=0.5, application/*", "application/json"),
        ("text/csvish", "application/json"),
        ("TEXT/CSV", "text/csv; charset=utf-8"),
        ("application/json;q=0.5, text/csv;header=present;q=0.9", "text/csv; charset=utf-8"),
        ("text/csv, */*", "text/csv; charset=utf-8"),
    ],
)
async def test_the_format_is_the_one_that_is_preferred(client: httpx.AsyncClient, accept: str, media_type: str) -> None:
    assert (await client.get("/units", headers={"Accept": accept})).headers["content-type"] == media_type


@pytest.mark.parametrize("path", ["/population", "/flows", "/balance", "/units"])
async def test_every_answer_comes_in_both_formats(client: httpx.AsyncClient, path: str) -> None:
    table = await client.get(path, params={"format": "csv"}, headers={"Accept": "application/json"})
    assert table.status_code == 200
    assert len(list(csv.reader(io.StringIO(table.text)))) == len((await get(client, path, format="json"))["rows"]) + 1


async def test_the_hierarchy_of_a_day_is_listed(client: httpx.AsyncClient) -> None:
    before = await get(client, "/units", as_of="2025-06-30")
    assert {row["unit"] for row in before["rows"]} == {
        OLD_PROVINCE, DISTRICT, OLD_COMMUNE, OTHER_OLD_COMMUNE, AREA, OTHER_AREA,
    }  # fmt: skip
    today = await get(client, "/units")
    assert {row["unit"]: row["parent"] for row in today["rows"]} == {
        PROVINCE: None, COMMUNE: PROVINCE, AREA: COMMUNE, OTHER_AREA: COMMUNE,
    }  # fmt: skip
    unaware = await get(client, "/units", as_known="3")
    assert {row["unit"] for row in unaware["rows"]} == {OLD_PROVINCE, DISTRICT, OLD_COMMUNE}


async def test_an_operator_sees_how_far_the_figures_are(client: httpx.AsyncClient) -> None:
    told = (await client.get("/status")).json()
    assert (told["service"], told["position"]) == ("reporting", BOOK.position)
    newest = instant_text(BOOK.facts[-1].recorded_at)
    assert told["projections"] == [
        {
            "name": projection.name,
            "version": projection.version,
            "build": 1,
            "position": BOOK.position,
            "recorded_at": newest,
        }
        for projection in PROJECTIONS
    ]


async def test_the_figures_that_may_be_asked_for_are_listed(client: httpx.AsyncClient) -> None:
    rows = (await client.get("/statistics")).json()["rows"]
    assert {"population", "births", "moves_in", "divorces"} <= {row["name"] for row in rows}
    by = ["area", "commune", "district", "province", "sex", "age", "birth_month"]
    shapes = {row["name"]: (row["type"], row["unit"], set(row["by"])) for row in rows}
    assert shapes["population"] == ("stock", "persons", {*by})
    assert shapes["births"] == ("flow", "persons", {*by, "month"})
    assert all(row["titles"][one] and row["definitions"][one] for row in rows for one in ("en", "vi"))


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("/population", {"month": "2025-13"}, "query/month"),
        ("/population", {"month": "2025-1"}, "query/month"),
        ("/population", {"month": "0001-01"}, "query/month"),
        ("/population", {"month": "2026-03"}, "query/month"),
        ("/population", {"mounth": "2025-01"}, "query"),
        ("/population", {"by": "name"}, "query/by"),
        ("/population", {"by": "commune,area"}, "query/by"),
        ("/population", {"by": "month"}, "query/by"),
        ("/population", {"unit": COMMUNE, "by": "province"}, "query/by"),
        ("/population", {"geography": "2025-02-30"}, "query/geography"),
        ("/population", {"as_known": "yesterday"}, "query/as_known"),
        ("/population", {"as_known": "2026-01-05T08:00:00"}, "query/as_known"),
        ("/population", {"format": "xml"}, "query/format"),
        ("/flows", {"kind": "births,storks"}, "query/kind"),
        ("/flows", {"from": "2025-05", "to": "2025-04"}, "query/from"),
        ("/balance", {"by": "sex"}, "query/by"),
        ("/units", {"as_of": "today"}, "query/as_of"),
        ("/units", {"not_before": "-1"}, "query/not_before"),
        ("/population", {"month": ["2025-01", "2025-02"]}, "query/month"),
        ("/statistics", {"by": "age"}, "query"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_at_its_place(
    client: httpx.AsyncClient, path: str, query: dict[str, Any], pointer: str
) -> None:
    status, type_, errors = await refused(client, path, **query)
    assert (status, type_) == (422, "/problems/invalid-request")
    assert [error["pointer"] for error in errors] == [pointer]


@pytest.mark.parametrize("unit", ["99999-20250701", OLD_COMMUNE, "nowhere", "", "VN\x00", "10507"])
async def test_a_unit_that_the_day_does_not_know_is_not_found(client: httpx.AsyncClient, unit: str) -> None:
    for path in ("/population", "/flows", "/balance"):
        assert (await refused(client, path, unit=unit))[:2] == (404, "/problems/not-found")


async def test_what_is_not_there_yet_is_waited_for_and_then_named(client: httpx.AsyncClient) -> None:
    assert (await get(client, "/population", not_before=BOOK.position))["position"] == BOOK.position
    answer = await client.get("/population", params={"not_before": BOOK.position + 1})
    assert answer.status_code == 412
    assert answer.json()["type"] == "/problems/position-not-reached"
    assert int(answer.headers["retry-after"]) >= 1


async def test_figures_are_only_given_within_the_areas_of_the_token(told: Database) -> None:
    async with asking(told, areas=(COMMUNE,)) as client:
        assert (await get(client, "/population", unit=COMMUNE, month="2025-09"))["total"] == 4
        assert (await get(client, "/population", unit=AREA, month="2025-09"))["total"] == 2
        for path in ("/population", "/flows", "/balance"):
            for unit in ("VN", "in_transit", PROVINCE):
                answer = await refused(client, path, unit=unit)
                assert answer[:2] == (403, "/problems/purpose-not-permitted")


async def test_a_unit_of_former_times_is_within_one_of_today_if_all_its_areas_are(told: Database) -> None:
    async with asking(told, areas=(PROVINCE,)) as client:
        body = await get(client, "/population", unit=OLD_COMMUNE, month="2025-06")
        assert body["total"] == 2
    async with asking(told, areas=(OTHER_AREA,)) as client:
        assert (await refused(client, "/population", unit=OLD_COMMUNE, month="2025-06"))[0] == 403


async def test_no_areas_are_no_figures(told: Database) -> None:
    async with asking(told, areas=()) as client:
        assert (await refused(client, "/population", unit=COMMUNE))[0] == 403
        assert (await client.get("/units")).status_code == 200


async def test_people_in_an_area_that_no_day_knows_are_part_of_the_country(reporting_database: Database) -> None:
    book = Book()
    establish_both_times(book)
    register(book, 1, "2025-08-01", AREA)
    register(book, 2, "2025-08-01", LONER)
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(1))
    async with asking(reporting_database) as client:
        body = await get(client, "/population", month="2025-08", by="province")
        assert values(body, "unit") == {(PROVINCE,): 1, (None,): 1}
        assert body["total"] == 2
        assert (await get(client, "/balance", from_="2025-08", to="2025-08", by="province"))["difference"] == 0


async def test_a_late_correction_changes_the_month_that_it_is_about_and_no_other(reporting_database: Database) -> None:
    book = story()
    first = book.position
    born = next(fact for fact in book.facts if fact.fact.kind == "person.born")
    book.correct(born.position, "2025-08-30")
    book.void(next(fact for fact in book.facts if fact.fact.kind == "person.died").position)
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(2))
    async with asking(reporting_database) as client:
        period = {"from": "2025-08", "to": "2025-12", "by": "month", "kind": "births,deaths"}
        now = await get(client, "/flows", **period)
        assert values(now, "flow", "month") == {("births", "2025-08"): 1}
        before = await get(client, "/flows", as_known=str(first), **period)
        assert values(before, "flow", "month") == {("births", "2025-09"): 1, ("deaths", "2025-10"): 1}
        assert (await get(client, "/population", month="2025-12"))["total"] == 3
        assert (await get(client, "/population", month="2025-12", as_known=str(first)))["total"] == 2


async def test_what_is_not_offered_is_answered_with_what_is(client: httpx.AsyncClient) -> None:
    for path, asked, offered in (("/population", {"by": "height"}, "birth_month"), ("/flows", {"kind": "x"}, "births")):
        answer = await client.get(path, params=asked)
        assert answer.status_code == 422
        assert offered in answer.json()["errors"][0]["text"]
