"""How is what became of each report read and written?"""

from collections.abc import Iterable
from typing import NamedTuple

from kit.process.database import Connection
from services.events.report.line import Line
from services.events.state.world import Outcome, World


class Outcomes(NamedTuple):
    """Rows of `outcome` that are new, and (report, fate, position, detail) of those that the table has already."""

    new: list[tuple[object, ...]]
    changed: list[tuple[object, ...]]


async def load_outcomes(connection: Connection, world: World, reports: Iterable[str]) -> None:
    """Load what became of earlier reports."""
    wanted = [report for report in dict.fromkeys(reports) if report not in world.reports]
    if not wanted:
        return
    found = await connection.fetch(
        "select report, fate, position, digest, detail from outcome where report = any(string_to_array($1, ','))",
        ",".join(wanted),
    )
    world.reports.update(dict.fromkeys(wanted))
    for report, fate, position, digest, detail in found:
        world.reports[report] = Outcome(fate, position, digest, detail)
        world.stored_reports.add(report)


def unsaved(settled: dict[str, tuple[Line, Outcome]], world: World) -> Outcomes:
    """Take the outcomes out of `settled`; the world knows them as stored from now on."""
    found = Outcomes([], [])
    stored = world.stored_reports
    for report, (line, outcome) in settled.items():
        fate, position, detail = outcome.fate, outcome.position, outcome.detail
        if report in stored:
            found.changed.append((report, fate, position, detail))
            continue
        told = line.report
        row = report, line.sender, line.digest, fate, position, 0, detail, told.device, told.devicesequence
        found.new.append(row)
    stored.update(settled)
    settled.clear()
    return found


async def save_outcomes(connection: Connection, outcomes: Outcomes) -> None:
    """Save what `unsaved` gave."""
    if outcomes.new:
        await connection.copy_records_to_table("outcome", records=outcomes.new)
    if outcomes.changed:
        await connection.executemany(
            "update outcome set fate = $2, position = $3, detail = $4 where report = $1", outcomes.changed
        )
