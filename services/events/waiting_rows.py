"""How is what waits read and written: for which need, for the office of which places, and what that decided?"""

from collections.abc import Iterable, Sequence

from contracts.fact import decode_report_entry
from kit.database import Connection
from services.events.world import Queued, World

WaitingRow = tuple[str, str | None, int, Sequence[str] | None]
"""Report, need, position of the entry that says so, and the places of the office that it waits for, if it does."""


async def load_queue(connection: Connection, world: World, reports: Iterable[str]) -> None:
    """Load what waits and is not decided by the office yet."""
    wanted = [report for report in dict.fromkeys(reports) if report not in world.queue]
    if not wanted:
        return
    world.queue.update(dict.fromkeys(wanted))
    for report, need, places, body in await connection.fetch(
        "select w.report, w.need, w.places, l.body from waiting w join ledger l using (position) "
        "where w.report = any($1::text[]) and w.decided is null",
        wanted,
    ):
        whose = decode_report_entry(body).areas if places is None else tuple(places)
        world.queue[report] = Queued(whose, body, need)


async def save_waiting(connection: Connection, rows: Sequence[WaitingRow]) -> None:
    """Write down what waits by now; what the office decided of it before stays."""
    await connection.executemany(
        "insert into waiting (report, need, position, places) values ($1, $2, $3, $4) on conflict (report) "
        "do update set need = excluded.need, position = excluded.position, places = excluded.places",
        rows,
    )


async def save_verdicts(connection: Connection, verdicts: Iterable[tuple[str, bool, int]]) -> None:
    """Note what the office has decided about reports that wait: approved or not, and at which position."""
    await connection.executemany("update waiting set approved = $2, decided = $3 where report = $1", list(verdicts))
