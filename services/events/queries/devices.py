"""What does the server have of one device: counted by fate, up to which number, and which are missing?

With it a device may ask what changed in its area: all of it stands at one position of the ledger.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from contracts.fact import decode_report_entry
from contracts.kinds.device import DeviceEnrolled
from kit.auth.access import Access
from kit.http.faults import worded
from kit.http.problems import InvalidRequest
from kit.process.database import Connection, Connections
from services.events.places import within
from services.events.queries.following import Changed, Place, changed_since
from services.events.report.line import device_name
from services.events.sensitive import hidden
from services.events.state.world import World
from services.events.store import ledger

FATES = ("recorded", "waiting", "returned", "refused", "duplicate", "handed_over")
MOST_GAPS = 1_000
_COUNTS = "select fate, count(*) as reports from outcome where sender = $1 and device = $2 group by fate"
# Numbers have their turn one by one, so all up to the last have arrived or were given up; what came beyond waits.
_DEVICE = "select coalesce(max(passed), 0), coalesce(max(repeated), 0) from device where device = $1"
_HIGHEST = "select max(sequence) from outcome where sender = $1 and device = $2"
_GAPS = """
select before + 1 as first, sequence - 1 as last
from (
    select sequence, lag(sequence, 1, $3::integer) over (order by sequence) as before
    from outcome where sender = $1 and device = $2 and sequence > $3::integer
) as beyond
where sequence > before + 1 order by sequence limit $4
"""
_KEYS = (
    "select key, since, until, revoked is not null as revoked from device_key "
    "where sender = $1 and device = $2 order by enrolled"
)
_KEYS_OF_ANYBODY = (
    "select key, sender, place, since, until, revoked is not null as revoked from device_key "
    "where device = $1 order by enrolled"
)
_WAITING_KEYS = """
select w.report, w.need, l.body from waiting w join ledger l using (position) where w.device = $1 order by w.position
"""


async def counters(readers: Connections, sender: str, device: str) -> dict[str, Any]:
    """Count what one of a sender's devices sent: its own counters, if nothing is lost on the way, are the same.

    `sent` is the sum of `counts`: every report once by its fate, and every further delivery of it as a duplicate; what
    another device told before is a duplicate of this one.
    `position` is where the ledger stood.
    """
    async with readers.snapshot() as connection:
        head = await ledger.head(connection)
        return await _counted(connection, sender, device, head.position)


async def synced(
    readers: Connections, access: Access, today: str, device: str, area: str, since: Place, limit: int
) -> tuple[dict[str, Any], Changed, Place] | None:
    """Count what one of the caller's devices sent, and give what changed in an area since it knew it, and where it
    stands then: what is counted as recorded is in it, once there is no more. None where the area is none of the
    caller's; raises InvalidRequest where the ledger is no longer the one that was told of.
    """
    async with readers.snapshot() as connection:
        world = World(today)
        if not await ledger.look(connection, world, lambda: within((area,), world, access.areas)):
            return None
        if not await since.stands(connection):
            raise InvalidRequest(errors=[worded("#/cursor", "outdated")])
        head = await ledger.head(connection)
        told = await _counted(connection, access.client_id, device, head.position)
        changed = await changed_since(connection, area, hidden(access), since.round, limit, head.position)
    return told, changed, Place.at(changed.reached, head)


async def enrolled_keys(readers: Connections, device: str, access: Access, today: str) -> list[dict[str, Any]]:
    """List the keys of devices of a name, whoever's they are, that were enrolled for places within the caller's."""
    async with readers.acquire() as connection:
        world = World(today)
        rows = await connection.fetch(_KEYS_OF_ANYBODY, device)
        return [
            dict(row)
            for row in rows
            if await ledger.look(connection, world, partial(within, (row["place"],), world, access.areas))
        ]


async def waiting_keys(readers: Connections, device: str, access: Access, today: str) -> list[dict[str, Any]]:
    """List the enrolments of devices of a name that wait, by the caller or for the office that looks after her."""
    async with readers.acquire() as connection:
        world, found = World(today), []
        for report, need, body in await connection.fetch(_WAITING_KEYS, device):
            entry = decode_report_entry(body)
            told = DeviceEnrolled.parse(entry.cause.data)
            own = entry.cause.authid == access.client_id
            if own or await ledger.look(connection, world, partial(within, entry.areas, world, access.areas)):
                about = {"sender": told.sender, "place": told.place, "since": told.on, "until": told.until}
                found.append({"key": told.key.thumbprint} | about | {"need": need, "report": report})
        return found


async def _counted(connection: Connection, sender: str, device: str, position: int) -> dict[str, Any]:
    fates = await connection.fetch(_COUNTS, sender, device)
    passed, repeated = await connection.fetchrow(_DEVICE, device_name(sender, device)) or (0, 0)
    highest = await connection.fetchval(_HIGHEST, sender, device)
    gaps = await connection.fetch(_GAPS, sender, device, passed, MOST_GAPS + 1)
    keys = await connection.fetch(_KEYS, sender, device)
    by_fate = {row["fate"]: row["reports"] for row in fates}
    counts = _visible(by_fate)
    counts["duplicate"] += repeated
    return {
        "device": device,
        "position": position,
        "sent": sum(counts.values()),
        "counts": counts,
        "voided": by_fate.get("voided", 0),
        "highest": max(passed, highest or 0),
        "missing": [{"first": row["first"], "last": row["last"]} for row in gaps[:MOST_GAPS]],
        "more_missing": len(gaps) > MOST_GAPS,
        "keys": [dict(row) for row in keys],
    }


def _visible(by_fate: Mapping[str, int]) -> dict[str, int]:
    counts = dict.fromkeys(FATES, 0)
    for fate, reports in by_fate.items():
        # Voided reports stay counted as recorded.
        counts["recorded" if fate == "voided" else fate] += reports
    return counts
