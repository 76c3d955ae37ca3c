"""What lies on the desk of an office: reports that wait for it, P0 sheets, months?

Answered for whoever's places have the unit that is asked about.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from contracts.calendar import VIET_NAM
from contracts.event import CATALOGUE
from contracts.fact import Cause, ReportEntry, decode_fact, decode_report_entry
from contracts.kinds.office import SheetDrawnUp, due_day
from contracts.scopes import Scope
from contracts.topics import instant_text
from contracts.unit import UnitState
from kit.auth.access import Access
from kit.http.faults import worded
from kit.http.problems import NotFound
from kit.process.database import Connection, Connections
from services.events.deciding.needs import READY
from services.events.deciding.office import approval_of, decision_in, with_heirs
from services.events.deciding.reasons import told as reason
from services.events.places import above, within
from services.events.queries import sheets
from services.events.queries.below import areas_below, places_below
from services.events.sensitive import hidden, is_withheld, shown
from services.events.state.world import WAITING, Month, World
from services.events.store import ledger
from services.events.store.effects import decode
from services.events.store.month_rows import load_months

# A decision about a void of a correction of a report, which is about nothing else.
MOST_LEADS: Final = 4
_QUEUE: Final = """
select w.report, w.position, l.recorded_at, l.body from waiting w join ledger l using (position)
where w.places && $1::text[] and w.decided is null and w.position > $2 order by w.position limit $3
"""
_ONE: Final = """
select w.report, w.position, w.places, l.recorded_at, l.body from waiting w join ledger l using (position)
where w.report = $1
"""
# Entries of old do not say when it came in.
_OVERDUE: Final = """
with own as materialized (
  select report, position, need from waiting
  where places is null and areas && $1::text[] and need <> $5 and position > $3 order by position
)
select report, position, need, since, body from (
  select o.report, o.position, o.need, l.body, coalesce(
    convert_from(l.body, 'UTF8')::jsonb ->> 'received',
    to_char(l.recorded_at at time zone $6::interval, 'YYYY-MM-DD')
  ) as since
  from own o join ledger l using (position)
) as waits
where since <= $2 order by position limit $4
"""
_WAITED: Final = """
select report, position, recorded_at, body from ledger where stream = 'reports' and report = $1 order by position desc
"""
_CAUSES: Final = """
select o.report, l.stream, l.body from outcome o join ledger l using (position) where o.report = any($1::text[])
"""
_DECISIONS: Final = "select position, recorded_at, body from ledger where position = any($1::bigint[])"


class _Target(msgspec.Struct, gc=False):
    fact: str | None = None
    report: str | None = None


_target = msgspec.json.Decoder(_Target).decode


async def list_queue(
    readers: Connections, unit: str, access: Access, today: str, after: int, limit: int
) -> list[dict[str, Any]] | None:
    """List what waits for the office of a unit behind a position; None where the caller has no business there."""
    async with readers.acquire() as connection:
        if not await has(connection, World(today), unit, access, "query/unit"):
            return None
        rows = await connection.fetch(_QUEUE, await areas_below(connection, unit, today), after, limit)
        return [_queued(*one) for one in await _told(connection, rows, access)]


async def find_waiting(connection: Connection, report: str, access: Access, today: str) -> dict[str, Any] | None:
    """Tell a report that waits, as its office reads it; None where it lies on no desk of the caller's."""
    row = await connection.fetchrow(_ONE, report)
    if row is None or Scope.EVENTS_REPORT_APPROVE not in access.scopes:
        return None
    # What waits for another report is a task of its sender's office.
    whose = decode_report_entry(row["body"]).areas if row["places"] is None else row["places"]
    world = World(today)
    if not await ledger.look(connection, world, lambda: within(whose, world, access.areas)):
        return None
    (told,) = await _told(connection, [row], access)
    return _queued(*told)


async def find_decided(connection: Connection, report: str, access: Access, today: str) -> dict[str, Any] | None:
    """Tell a report that lay on a desk of the caller's last, as its office read it there; None where it never did."""
    if Scope.EVENTS_REPORT_APPROVE not in access.scopes:
        return None
    waited = await _waited(connection, report)
    if not waited:
        return None
    # What was approved may have waited for another report since.
    on_desk = (one for one in waited if one[1].need == approval_of(report))
    row, entry = next(on_desk, waited[0])
    whose = entry.places if entry.need == approval_of(report) else entry.areas
    world = World(today)
    if not await ledger.look(connection, world, lambda: within(whose, world, access.areas)):
        return None
    (told,) = await _told(connection, [row], access)
    # Why it was handed over says nothing of what became of it.
    return _queued(*told) | {"reasons": []}


async def find_own(connection: Connection, report: str, access: Access) -> dict[str, Any] | None:
    """Tell a report that waits, or waited before it was returned or refused, as its sender told it: she may have lost
    the telephone on which she wrote it. None where the ledger never held it.
    """
    waited = await _waited(connection, report)
    if not waited:
        return None
    (last, _), *_ = waited
    ((row, _, about),) = await _told(connection, [last], access)
    return about | {"since": _since(row)}


async def _waited(connection: Connection, report: str) -> list[tuple[Any, ReportEntry]]:
    """Read the entries that say that a report waits, the last first."""
    rows = await connection.fetch(_WAITED, report)
    return [(row, entry) for row in rows if (entry := decode_report_entry(row["body"])).fate in WAITING]


def _queued(row: Any, entry: ReportEntry, about: dict[str, Any]) -> dict[str, Any]:
    return about | {
        "places": entry.places,
        "reasons": [reason(code) for code in entry.reasons],
        "since": _since(row),
    }


def _since(row: Any) -> str:
    return instant_text(ledger.microseconds(row["recorded_at"]))


async def list_overdue(
    readers: Connections, unit: str, access: Access, today: str, until: str, after: int, limit: int
) -> list[dict[str, Any]] | None:
    """List what senders with places in a unit told up to a day and what still waits for another report; None where the
    caller has no business there. What senders with more than the unit told is for callers who have as much.
    """
    async with readers.acquire() as connection:
        world = World(today)
        if not await has(connection, world, unit, access, "query/unit"):
            return None
        places = await places_below(connection, [unit], today) or []
        places += await ledger.look(connection, world, lambda: above(unit, world, access.areas))
        rows = await connection.fetch(_OVERDUE, places, until, after, limit, READY, VIET_NAM.utcoffset(None))
        told = await _told(connection, rows, access)
    # What a report needs names whom it speaks of.
    return [
        about | {"need": None if about["data"] is None else row["need"], "since": row["since"]}
        for row, _, about in told
    ]


async def _told(
    connection: Connection, rows: Sequence[Any], access: Access
) -> list[tuple[Any, ReportEntry, dict[str, Any]]]:
    """Tell reports; who may not see contraception and the like is not told of whom one speaks that is about that."""
    entries = [decode_report_entry(row["body"]) for row in rows]
    withheld = await _withheld(connection, [entry.cause for entry in entries], access) if hidden(access) else set()
    return [
        (row, entry, _shown(row, entry, None if row["report"] in withheld else shown(entry.cause.data, hidden(access))))
        for row, entry in zip(rows, entries, strict=True)
    ]


def _shown(row: Any, entry: ReportEntry, data: Any) -> dict[str, Any]:
    cause = entry.cause
    return {
        "id": row["report"],
        "position": row["position"],
        "fate": entry.fate,
        "type": cause.type,
        "source": cause.source,
        "sender": cause.authid,
        "device": cause.device,
        "time": cause.time,
        "on": CATALOGUE[cause.type].parse(cause.data).find("on"),
        "data": data,
    }


async def _withheld(connection: Connection, causes: Iterable[Cause], access: Access) -> set[str]:
    """Name the reports that tell only what is withheld, or are about such a one, or about one that has not come yet."""
    found, leads = set[str](), {cause.report: cause for cause in causes}
    for _ in range(MOST_LEADS):
        found |= {report for report, cause in leads.items() if is_withheld(cause, access)}
        about = {report: target for report, cause in leads.items() if (target := _about(cause)) is not None}
        if not about:
            break
        rows = await connection.fetch(_CAUSES, list(set(about.values())))
        known = {row["report"]: decode(row["stream"], row["body"]).cause for row in rows}
        found |= {report for report, target in about.items() if target not in known}
        leads = {report: known[target] for report, target in about.items() if target in known}
    else:
        found |= leads.keys()
    return found


def _about(cause: Cause) -> str | None:
    """Give the one report that another puts right, takes back or decides about."""
    told = _target(cause.data)
    return told.fact or told.report


async def list_sheets(readers: Connections, unit: str, month: str, access: Access, today: str) -> dict[str, Any] | None:
    """Tell of each area's sheet; it is due on the first day of the following month, and late from the next day on."""
    async with readers.acquire() as connection:
        world = World(today)
        if not await has(connection, world, unit, access, "path/unit"):
            return None
        areas = await areas_below(connection, unit, today)
        await load_months(connection, world, [(area, month) for area in areas])
        await ledger.load_rows(connection, world, areas)
        decisions = await _decisions(connection, [world.months[area, month] for area in areas])
    due = due_day(month)
    # An area owes none of a month in which it was not there yet.
    owing = {area for area in areas if _founded(area, world) <= month}
    found = [
        _sheet(area, world.months[area, month], decisions, due if area in owing else None, today) for area in areas
    ]
    return {"unit": unit, "month": month, "due": due, "sheets": found}


async def list_owed(
    readers: Connections, unit: str, access: Access, today: str, since: str | None, after: sheets.Place, limit: int
) -> list[sheets.Owed] | None:
    """List the sheets of a unit that are to be drawn up or appraised; None where the caller has no business there."""
    async with readers.acquire() as connection:
        if not await has(connection, World(today), unit, access, "path/unit"):
            return None
        areas = await areas_below(connection, unit, today)
        return await sheets.owed(connection, areas, today, since, after, limit)


def _founded(area: str, world: World) -> str:
    """Give the month since which there is an area."""
    row = world.row(area)
    return row.state.valid_from[:7] if row is not None and isinstance(row.state, UnitState) else ""


def _sheet(
    area: str, month: Month, decisions: dict[int, dict[str, Any]], due: str | None, today: str
) -> dict[str, Any]:
    drawn_up = decisions.get(month.drawn_up or 0)
    by_then = today if drawn_up is None else drawn_up["on"]
    return {
        "area": area,
        "late": due is not None and by_then > due,
        "drawn_up": drawn_up,
        "appraised": decisions.get(month.appraised or 0),
    }


async def find_month(
    readers: Connections, commune: str, month: str, access: Access, today: str
) -> dict[str, Any] | None:
    """Tell whether a commune's books of a month are closed, also to whoever has but an area of it."""
    async with readers.acquire() as connection:
        world = World(today)
        heirs = await ledger.look(connection, world, lambda: with_heirs(commune, world))
        seen = await ledger.look(connection, world, lambda: _is_within(heirs, world, access, "path/unit"))
        if not (seen or await ledger.look(connection, world, lambda: within(access.areas, world, heirs))):
            return None
        await load_months(connection, world, [(commune, month)])
        found = world.months[commune, month]
        decisions = await _decisions(connection, [found])
    return {"unit": commune, "month": month, "closed": decisions.get(found.closed or 0)}


async def has(connection: Connection, world: World, unit: str, access: Access, asked: str) -> bool:
    """Say whether a caller has business in a unit; raises NotFound for one that is not on the books."""
    return await ledger.look(connection, world, lambda: _is_within((unit,), world, access, asked))


def _is_within(places: Sequence[str], world: World, access: Access, asked: str) -> bool:
    """Say whether a caller has business in one of some places; raises NotFound where there is none such as the first,
    named at the place `asked` of the question, which only those learn who would have business there.
    """
    if not within(places, world, access.areas):
        return False
    row = world.row(places[0])
    if row is None or row.state is None:
        raise NotFound(errors=[worded(asked, "unknown-unit")])
    return True


async def _decisions(connection: Connection, months: list[Month]) -> dict[int, dict[str, Any]]:
    """Tell by whom, for which day and when each decision was recorded."""
    positions = {at for month in months for at in (month.drawn_up, month.appraised, month.closed) if at is not None}
    found: dict[int, dict[str, Any]] = {}
    for position, recorded_at, body in await connection.fetch(_DECISIONS, sorted(positions)):
        fact = decode_fact(body)
        found[position] = {
            "position": position,
            "on": fact.on,
            "recorded_at": instant_text(ledger.microseconds(recorded_at)),
            "by": fact.cause.authid,
            "source": fact.cause.source,
            "device": fact.cause.device,
            "lines": decision.lines if isinstance(decision := decision_in(fact), SheetDrawnUp) else None,
        }
    return found
