"""How is what waits read and written: for which need, for the office of which places, and what that decided?"""

from collections.abc import Iterable, Sequence

from contracts.fact import decode_report_entry
from kit.process.database import Connection
from services.events.deciding.office import APPROVAL
from services.events.state.world import Queued, World

_WAITS = """
select w.report, w.need, w.places, l.body from waiting w join ledger l using (position)
where w.report = any($1::text[]) and (w.decided is null or (w.approved and w.need <> $2 || w.report))
"""
WaitingRow = tuple[str, str | None, int, Sequence[str] | None, Sequence[str], str | None]
"""Report, need, position of the entry that says so, the places of the office that it waits for, if it does, those of
its sender, and the device that it enrols, if it does.
"""


async def load_queue(connection: Connection, world: World, reports: Iterable[str]) -> None:
    """Load what waits, but for what the office has decided; what it approved may wait for another report since."""
    wanted = [report for report in dict.fromkeys(reports) if report not in world.queue]
    if not wanted:
        return
    world.queue.update(dict.fromkeys(wanted))
    for report, need, places, body in await connection.fetch(_WAITS, wanted, APPROVAL):
        whose = decode_report_entry(body).areas if places is None else tuple(places)
        world.queue[report] = Queued(whose, body, need)


async def save_waiting(connection: Connection, rows: Sequence[WaitingRow]) -> None:
    """Write down what waits by now; what the office decided of it before stays."""
    await connection.executemany(
        "insert into waiting (report, need, position, places, areas, device) values ($1, $2, $3, $4, $5, $6) "
        "on conflict (report) "
        "do update set need = excluded.need, position = excluded.position, places = excluded.places, "
        "areas = excluded.areas, device = excluded.device",
        rows,
    )


async def save_verdicts(connection: Connection, verdicts: Iterable[tuple[str, bool, int]]) -> None:
    """Note what the office has decided about reports that wait: approved or not, and at which position.

    What it returns waits for nothing else any more, whatever it waited for.
    """
    await connection.executemany(
        "update waiting set approved = $2, decided = $3, need = case when $2 then need else $4 || report end "
        "where report = $1",
        [(*verdict, APPROVAL) for verdict in verdicts],
    )


async def take_back_verdicts(connection: Connection, reports: Sequence[str]) -> None:
    """Let the office decide anew about what could not be decided again behind its decision: else nobody ever would."""
    if reports:
        await connection.execute(
            "update waiting set approved = null, decided = null where report = any($1::text[]) and need = $2 || report",
            reports,
            APPROVAL,
        )
