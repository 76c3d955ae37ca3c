"""Is a sheet that nobody draws up, or appraises, on the work list of its commune until somebody does?"""

from datetime import date, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from contracts.calendar import VIET_NAM, next_month, today
from kit.process import metrics
from services.events.queries.sheets import MOST_MONTHS, finished
from tests.services.events.telling import AREA, COMMUNE, OTHER, SECOND, Teller, cloud_event
from tests.services.events.test_api import asking, send

NOW = datetime(2026, 11, 27, 9, tzinfo=VIET_NAM).timestamp()
TODAY = today(NOW)
BEFORE, LAST = finished(TODAY)[-2:]


async def owed(http: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await http.get(f"/events/v1/units/{COMMUNE}/sheets", params={"since": BEFORE} | query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def what(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["month"], one["area"], one["to_do"]) for one in told["sheets"]]


async def test_a_sheet_is_owed_until_it_is_drawn_up_and_then_until_it_is_appraised(teller: Teller) -> None:
    await teller.places()
    async with asking(teller.database, client="officer", areas=(COMMUNE,), clock=lambda: NOW) as office:
        everything = [(month, area, "draw_up") for month in (BEFORE, LAST) for area in (AREA, SECOND)]
        assert what(await owed(office)) == everything
        sheet = {"area": AREA, "month": BEFORE, "on": TODAY}
        assert (await send(office, cloud_event("sheet.drawn_up", sheet))).status_code == 201
        assert what(await owed(office))[0] == (BEFORE, AREA, "appraise")
        assert (await send(office, cloud_event("sheet.appraised", sheet))).status_code == 201
        assert what(await owed(office)) == everything[1:]
        assert (await office.get(f"/events/v1/units/{OTHER}/sheets")).status_code == 404


async def test_a_sheet_that_is_owed_says_since_when_and_whether_it_is_late(teller: Teller) -> None:
    await teller.places()
    async with asking(teller.database, client="ctv-1", areas=(AREA,), clock=lambda: NOW) as collaborator:
        answer = await collaborator.get(f"/events/v1/units/{AREA}/sheets", params={"since": BEFORE})
        first, last = answer.json()["sheets"]
        due = f"{next_month(BEFORE)}-01"
        assert (first["due"], first["days"]) == (due, (date.fromisoformat(TODAY) - date.fromisoformat(due)).days)
        assert first["late"]
        assert last["late"] == (last["days"] > 0)


@pytest.mark.parametrize(("day", "late"), [(1, False), (2, True)])
async def test_a_sheet_is_late_behind_its_day_until_it_is_drawn_up(teller: Teller, day: int, *, late: bool) -> None:
    await teller.places()
    now = datetime(2026, 11, day, 9, tzinfo=VIET_NAM).timestamp()
    async with asking(teller.database, client="officer", areas=(COMMUNE,), clock=lambda: now) as office:
        sheet = {"area": AREA, "month": LAST, "on": today(now)}
        assert (await send(office, cloud_event("sheet.drawn_up", sheet))).status_code == 201
        told = [(one["area"], one["days"], one["late"]) for one in (await owed(office, since=LAST))["sheets"]]
    assert told == [(AREA, day - 1, False), (SECOND, day - 1, late)]


async def test_an_area_owes_nothing_of_the_time_before_it_came_on_these_books(teller: Teller) -> None:
    await teller.places()
    async with asking(teller.database, client="officer", areas=(COMMUNE,), clock=lambda: NOW) as office:
        assert (await office.get(f"/events/v1/units/{COMMUNE}/sheets")).json()["sheets"] == []


async def test_the_list_is_read_page_by_page(teller: Teller) -> None:
    await teller.places()
    async with asking(teller.database, client="officer", areas=(COMMUNE,), clock=lambda: NOW) as office:
        first = await owed(office, limit=3)
        second = await owed(office, limit=3, cursor=first["cursor"])
        assert what(first) + what(second) == what(await owed(office))
        assert (len(second["sheets"]), second["cursor"]) == (1, None)
        assert (await owed(office, since="1999-01", limit=1000))["sheets"][0]["month"] == finished(TODAY)[0]


async def test_sheets_that_are_drawn_up_are_counted_late_or_not(teller: Teller) -> None:
    await teller.places()
    before = {late: metrics.SHEETS_DRAWN_UP.labels(late)._value.get() for late in ("yes", "no")}
    for area, on in ((AREA, "2025-05-01"), (SECOND, "2025-05-02")):
        assert (await teller.tell("sheet.drawn_up", on=on, area=area, month="2025-04")).fate == "recorded"
    after = {late: metrics.SHEETS_DRAWN_UP.labels(late)._value.get() for late in ("yes", "no")}
    assert [after[late] - before[late] for late in ("yes", "no")] == [1, 1]


def test_two_years_of_months_that_are_over_are_looked_at() -> None:
    months = finished("2026-01-31")
    assert (months[0], months[-1], len(months)) == ("2024-01", "2025-12", MOST_MONTHS)
    assert all(next_month(one) == other for one, other in pairwise(months))
