"""What became of a report, what does a fact say, and where does the ledger stand?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec

from contracts.fact import Fact, decode_fact, decode_report_entry
from contracts.kinds.office import ReportAdvanced, ReportAmended, ReportsApproved, ReportsReturned
from contracts.topics import instant_text
from kit.auth.access import Access
from kit.process.database import Connection, Connections
from services.events.deciding.office import decision_in
from services.events.deciding.reasons import reasons_of, refusal
from services.events.deciding.reasons import told as reason
from services.events.places import in_sight
from services.events.queries.desk import find_decided, find_own, find_waiting
from services.events.sensitive import hidden, is_withheld, without_sensitive
from services.events.state.world import WAITING
from services.events.store import ledger
from services.events.store.effects import decode

_BODIES = "select position, stream, body from ledger where position = any($1::bigint[])"
_WHERE = "select report, position from outcome where report = any($1::text[]) and position is not null"
RELEASING = (ReportsApproved, ReportAmended, ReportAdvanced)
"""Decisions by which reports are decided that may be refused then."""
_RELEASED = "select body from ledger where position = $1 and kind = any($2::text[])"
_FATE = "select report, sender, fate, position, duplicates, detail from outcome "
_AMENDED = (
    "select a.position, l.body from amendment a join ledger l on l.position = a.position "
    "where a.original = $1 order by a.position"
)


async def find_fate(readers: Connections, report: str, access: Access, today: str) -> dict[str, Any] | None:
    """Tell the fate of a report of the caller's own, of one that lies on her desk, or lay there until it was refused or
    returned, or of one about a place that the caller may see; with what it says, where that is not recorded as a fact.

    Of a decision of her own also what became of the reports that it had decided.
    """
    async with readers.acquire() as connection:
        row = await connection.fetchrow(_FATE + "where report = $1", report)
        if row is None:
            return None
        waits, own = row["fate"] in WAITING, row["sender"] == access.client_id
        on_desk = await find_waiting(connection, report, access, today) if waits else None
        unrecorded = waits or row["position"] is None
        lay = None
        if on_desk is None and unrecorded:
            lay = await find_decided(connection, report, access, today)
        desk = on_desk or lay
        if not own and desk is None and not await _may_see(connection, row["position"], access, today):
            return None
        shown = await find_own(connection, report, access) if own and desk is None and unrecorded else desk
        told = (shown or {}) | _told(row, office=lay is not None)
        if row["fate"] == "returned" and row["detail"] is not None:
            (position,) = refusal(row["detail"]).reasons[0][1]
            told["reason"] = await _reason(connection, position)
        if own and row["fate"] == "recorded":
            told |= await _released(connection, access, row["position"])
        if on_desk is None and waits:
            body = await connection.fetchval("select body from ledger where position = $1", row["position"])
            told["reasons"] = [reason(code) for code in decode_report_entry(body).reasons]
        # What a report needs names whom it speaks of.
        if waits and (own or desk is None or desk["data"] is not None):
            told["need"] = await connection.fetchval("select need from waiting where report = $1", report)
        return (await _plain(connection, access, [told]))[0]


async def withheld_among(readers: Connections, access: Access, positions: Collection[int]) -> frozenset[int]:
    """Give the positions of those facts that are as if they were not there for a caller."""
    if not (positions and hidden(access)):
        return frozenset()
    async with readers.acquire() as connection:
        return await _withheld(connection, access, positions)


async def decided_by(
    readers: Connections, access: Access, decisions: Mapping[str, Sequence[str]]
) -> dict[str, tuple[dict[str, Any], ...]]:
    """Tell what became of the reports that a sender's own decisions had decided, in the order in which they name them.

    Nobody who repeats the decision of another learns it.
    """
    reports = {*decisions, *chain.from_iterable(decisions.values())}
    async with readers.acquire() as connection:
        found = await _rows_of(connection, reports)
        own = {one for one in decisions if one in found and found[one]["sender"] == access.client_id}
        return {one: tuple(await _told_in_order(connection, access, found, decisions[one])) for one in own}


async def _rows_of(connection: Connection, reports: Iterable[str]) -> dict[str, Any]:
    rows = await connection.fetch(_FATE + "where report = any($1::text[])", list(reports))
    return {row["report"]: row for row in rows}


async def _told_in_order(
    connection: Connection, access: Access, found: Mapping[str, Any], reports: Sequence[str]
) -> list[dict[str, Any]]:
    return await _plain(
        connection, access, [_told(found[report], office=True) for report in reports if report in found]
    )


async def _released(connection: Connection, access: Access, position: int) -> dict[str, Any]:
    """Tell what became of the reports that the decision at a position had decided; nothing of what is no such one."""
    body = await connection.fetchval(_RELEASED, position, [kind.kind for kind in RELEASING])
    if body is None:
        return {}
    decision = decision_in(decode_fact(body))
    assert isinstance(decision, RELEASING)
    reports = decision.reports
    return {"reports": await _told_in_order(connection, access, await _rows_of(connection, reports), reports)}


async def list_fates(
    readers: Connections, access: Access, fate: str | None, after: str, limit: int
) -> list[dict[str, Any]]:
    """List the caller's own reports behind an id, in order of id."""
    async with readers.acquire() as connection:
        rows = await connection.fetch(
            _FATE + "where sender = $1 and report > $2 and ($3::text is null or fate = $3) order by report limit $4",
            access.client_id,
            after,
            fate,
            limit,
        )
        return await _plain(connection, access, [_told(row) for row in rows])


async def count_fates(readers: Connections, sender: str) -> dict[str, int]:
    """Count a sender's reports by fate; `duplicate_deliveries` counts what was sent again under the same id."""
    async with readers.acquire() as connection:
        rows = await connection.fetch(
            "select fate, count(*) as n, sum(duplicates) as again from outcome where sender = $1 group by fate", sender
        )
    counts = {row["fate"]: row["n"] for row in rows}
    return counts | {"duplicate_deliveries": sum(row["again"] for row in rows)}


async def find_fact(readers: Connections, position: int, access: Access, today: str) -> dict[str, Any] | None:
    """Give a fact with its place in the chain and the positions of what amends it.

    Without the scopes for it nothing sensitive is given: a report about that alone is as if it were not there.
    """
    names = hidden(access)
    async with readers.acquire() as connection:
        row = await connection.fetchrow(
            "select report, recorded_at, hash, body from ledger where position = $1 and stream = 'facts'", position
        )
        if row is None or not await _may_see(connection, position, access, today):
            return None
        if names and await _withheld(connection, access, [position]):
            return None
        amended = await connection.fetch(_AMENDED, position)
    fact = without_sensitive(decode_fact(row["body"]), names) if names else msgspec.Raw(row["body"])
    if fact is None:
        return None
    return {
        "position": position,
        "recorded_at": instant_text(ledger.microseconds(row["recorded_at"])),
        "hash": row["hash"].hex(),
        "amended_by": [at for at, body in amended if not names or without_sensitive(decode_fact(body), names)],
        "fact": fact,
    }


async def status(readers: Connections) -> dict[str, Any]:
    """Say where the ledger stands."""
    async with readers.acquire() as connection:
        head = await ledger.head(connection)
        waiting = await connection.fetchval("select count(*) from waiting")
    recorded_at = instant_text(head.recorded_at) if head.position else None
    return {
        "service": "events",
        "position": head.position,
        "recorded_at": recorded_at,
        "hash": head.hash.hex(),
        "waiting": waiting,
    }


async def _reason(connection: Connection, position: int) -> str | None:
    """Give the office's own words."""
    body = await connection.fetchval("select body from ledger where position = $1", position)
    return None if body is None else ReportsReturned.parse(decode_fact(body).cause.data).reason


async def _may_see(connection: Connection, position: int | None, access: Access, today: str) -> bool:
    body = await connection.fetchval("select body from ledger where position = $1 and stream = 'facts'", position)
    if body is None:
        return False
    fact = decode_fact(body)
    # A decision touches nobody: it says what its sender told, and no more.
    told = fact.cause.authid == access.client_id and decision_in(fact) is not None
    return told or await in_sight(connection, fact, access.areas, today)


async def _withheld(connection: Connection, access: Access, positions: Collection[int]) -> frozenset[int]:
    """Name those of some positions at which, or at what is amended there, only what is withheld was told."""
    found = set[int]()
    # By the positions at which a round looks, those that lead there.
    leads = {at: {at} for at in positions}
    while leads:
        about: dict[int, int] = {}
        decided: dict[int, str] = {}
        for at, stream, body in await connection.fetch(_BODIES, list(leads)):
            told = decode(stream, body)
            if is_withheld(told.cause, access):
                found |= leads[at]
            elif isinstance(told, Fact) and told.amends is not None:
                about[at] = told.amends.position
            elif isinstance(told, Fact) and isinstance(decision := decision_in(told), ReportAmended):
                decided[at] = decision.report
        if decided:
            rows = await connection.fetch(_WHERE, list(decided.values()))
            known = {row["report"]: row["position"] for row in rows}
            about |= {at: known[report] for at, report in decided.items() if report in known}
        further: dict[int, set[int]] = {}
        for at, target in about.items():
            further.setdefault(target, set()).update(leads[at])
        leads = further
    return frozenset(found)


async def _plain(connection: Connection, access: Access, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out of the reasons of refusals where something withheld was told."""
    reasons = [reason for one in told for reason in one.get("reasons", ()) if reason.get("facts")]
    if reasons and hidden(access):
        withheld = await _withheld(connection, access, {at for reason in reasons for at in reason["facts"]})
        for reason in reasons:
            reason["facts"] = [at for at in reason["facts"] if at not in withheld]
    return told


def _told(row: Any, *, office: bool = False) -> dict[str, Any]:
    """Tell a fate; the `office` that approved a report learns why it was refused, also where its sender may not."""
    told: dict[str, Any] = {
        "id": row["report"],
        "fate": row["fate"],
        "position": row["position"],
        "duplicates": row["duplicates"],
    }
    if row["fate"] in {"refused", "returned"} and row["detail"] is not None:
        told["reasons"] = reasons_of(row["detail"], office=office)
    if row["fate"] == "duplicate" and row["detail"] is not None:
        told["instead"] = row["detail"].decode()
    return told
