"""What of earlier groups waits for something that has come, or may come: read it, a bounded number at a time."""

from kit.process.database import Connection
from services.events.deciding.needs import Pending, line_of
from services.events.deciding.office import APPROVAL
from services.events.intake.prefetch import prefetch
from services.events.intake.waiters import Waiters
from services.events.state.world import World
from services.events.store.device_rows import load_numbered

MOST_AT_ONCE = 1_000
# An array of needs costs the driver three times what one text does; no need holds this character.
SEPARATOR = "\x1f"
NEEDED = "need = any(string_to_array($1, chr(31)))"
# Sorted afterwards: whoever is asked for some rows in order of a key may go through all of them by that key.
_WAITERS = f"""
with found as materialized (
  select report, position, need, approved, decided from waiting where {NEEDED} or report = any($3::text[])
), first as materialized (select * from found order by report limit $2)
select f.report, l.body, l.traceparent, f.need, f.approved, f.decided
from first f join ledger l using (position) order by f.report
"""  # noqa: S608 - a condition of ours


async def pull(waiters: Waiters, world: World, connection: Connection, needs: set[str]) -> None:
    """Read what waits for these needs, and whom it speaks of."""
    waiters.asked |= needs
    # What the office decides about may have waited for anything so far.
    decided = {need.removeprefix(APPROVAL): need for need in needs if need.startswith(APPROVAL)}
    rows = await connection.fetch(_WAITERS, SEPARATOR.join(needs), MOST_AT_ONCE + 1, list(decided))
    if len(rows) > MOST_AT_ONCE:
        waiters.left_over = True
        rows = rows[:MOST_AT_ONCE]
    # Whoever was read goes on from there: the table shows what it waited for before this group.
    rows = [row for row in rows if row["report"] not in waiters.pulled]
    waiters.pulled.update(row["report"] for row in rows)
    for row in rows:
        if row["decided"] is not None:
            # What this group has decided is newer.
            world.verdicts.setdefault(row["report"], (row["approved"], row["decided"]))
    found = [Pending(line_of(row["body"]), row["traceparent"], decided.get(row["report"], row["need"])) for row in rows]
    found.sort(key=lambda one: (one.line.report.device or "", one.line.report.devicesequence or 0))
    await prefetch(connection, world, [one.line for one in found])
    await load_numbered(connection, world, (one.line.number for one in found if one.line.number is not None))
    for one in found:
        waiters.add(one)
