"""What waits for the office, what has waited too long for another report, and how do the P0 sheets of a month stand?"""

from datetime import date, timedelta
from operator import attrgetter, itemgetter
from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from contracts.ids import AREA, PLACE, UNIT
from contracts.kinds.office import MONTH
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.auth.callers import insist, require
from kit.http.application import json_response, router
from kit.http.paging import Cursor
from kit.http.problems import NotFound
from services.events.queries import desk, lines, sheets
from services.events.queries.sheets import FIRST, Place
from services.events.questions import WHO_LIVES_WHERE
from services.events.shapes import (
    MonthAnswer,
    OverdueAnswer,
    QueueAnswer,
    SheetLinesAnswer,
    SheetsAnswer,
    SheetsOwedAnswer,
    answered,
)
from services.events.state.world import Slot

office = router("/events/v1", tags=["office"])


@office.get("/queue", responses=answered(QueueAnswer, NotFound))
async def get_queue(
    request: Request,
    access: Annotated[Access, require(Scope.EVENTS_REPORT_APPROVE)],
    unit: Annotated[str, Query(pattern=PLACE, description="A unit or area; what would touch it is listed.")],
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """List what waits for the office of a unit, or was handed over to it, oldest first."""
    cursors = request.app.state.cursors
    after = cursors.read(cursor, int, access.client_id) if cursor is not None else 0
    page = await desk.list_queue(request.app.state.readers, unit, access, request.app.state.today(), after, limit)
    if page is None:
        raise NotFound
    following = cursors.behind(page, limit, itemgetter("position"), access.client_id)
    return json_response({"reports": page, "cursor": following})


@office.get("/overdue", responses=answered(OverdueAnswer, NotFound))
async def get_overdue(
    request: Request,
    access: Annotated[Access, require(Scope.EVENTS_REPORT_APPROVE)],
    unit: Annotated[str, Query(pattern=PLACE, description="A unit or area; what senders with places there told.")],
    days: Annotated[
        int | None, Query(ge=0, le=3650, description="For how long it waits; by default what this installation sets.")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """List reports that have waited for days for another report that has not come, with what they need, in order."""
    sources = request.app.state
    today = sources.today()
    after = sources.overdue.read(cursor, int, access.client_id) if cursor is not None else 0
    patience = sources.settings.patience if days is None else days
    until = (date.fromisoformat(today) - timedelta(days=patience)).isoformat()
    page = await desk.list_overdue(sources.readers, unit, access, today, until, after, limit)
    if page is None:
        raise NotFound
    following = sources.overdue.behind(page, limit, itemgetter("position"), access.client_id)
    return json_response({"unit": unit, "reports": page, "cursor": following})


@office.get("/units/{unit}/sheets", responses=answered(SheetsOwedAnswer, NotFound))
async def get_owed(
    request: Request,
    unit: Annotated[str, Path(pattern=PLACE)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
    since: Annotated[str | None, Query(pattern=MONTH, description="The first month to look at.")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """List the P0 sheets of a unit that are due and not drawn up, or not appraised, the oldest first, with their age.

    An area owes a sheet since it came on these books, or since the month `since`; two years are looked back.
    """
    sources = request.app.state
    today = sources.today()
    after = sources.sheets.read(cursor, Place, access.client_id) if cursor is not None else FIRST
    page = await desk.list_owed(sources.readers, unit, access, today, since, after, limit)
    if page is None:
        raise NotFound
    following = sources.sheets.behind(page, limit, attrgetter("month", "area"), access.client_id)
    return json_response({"unit": unit, "sheets": [sheets.told(one, today) for one in page], "cursor": following})


@office.get("/units/{unit}/sheets/{month}", responses=answered(SheetsAnswer, NotFound))
async def get_sheets(
    request: Request,
    unit: Annotated[str, Path(pattern=PLACE)],
    month: Annotated[str, Path(pattern=MONTH)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
) -> Response:
    """Say of each area of a unit how its P0 sheet of a month stands: due, late, drawn up and appraised."""
    found = await desk.list_sheets(request.app.state.readers, unit, month, access, request.app.state.today())
    if found is None:
        raise NotFound
    return json_response(found)


@office.get("/units/{unit}/sheets/{month}/lines", responses=answered(SheetLinesAnswer, NotFound, position=True))
async def get_lines(
    request: Request,
    unit: Annotated[str, Path(pattern=AREA, description="An area: each has a sheet of its own.")],
    month: Annotated[str, Path(pattern=MONTH)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> Response:
    """Read the P0 sheet of an area and month as the books have it now: every report that stands, in order of day.

    `p0_list` is the number of its list on the form, which has none for some; a list has those alone who stood or
    stand in the area. Who moves to another commune stands on lists 4 and 5, by whatever kind that was told. To each
    line come the persons of the area whom it is about, and their households, as they were before and after it. What
    waits for the office is in its queue and on no sheet yet. Needs `registry.household.read` and
    `registry.person.read` besides; without `registry.care.read` lists 2 and 7 to 11 are left out.
    """
    sources, asked = request.app.state, f"{access.client_id} {unit} {month}"
    insist(request, access, *WHO_LIVES_WHERE)
    after = sources.lines.read(cursor, Slot, asked) if cursor is not None else lines.FIRST
    found = await lines.read_sheet(sources.readers, unit, month, access, sources.today(), after, limit)
    if found is None:
        raise NotFound
    following = None if found.following is None else sources.lines.write(found.following, asked)
    body = {"unit": unit, "month": month, "lines": found.lines, "cursor": following}
    return json_response(body, position=found.position)


@office.get("/units/{unit}/months/{month}", responses=answered(MonthAnswer, NotFound))
async def get_month(
    request: Request,
    unit: Annotated[str, Path(pattern=UNIT)],
    month: Annotated[str, Path(pattern=MONTH)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
) -> Response:
    """Say whether the books of a commune are closed for a month, by whom and since when."""
    found = await desk.find_month(request.app.state.readers, unit, month, access, request.app.state.today())
    if found is None:
        raise NotFound
    return json_response(found)
