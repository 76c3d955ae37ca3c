"""How do the tables that decisions read follow from the ledger alone?

A restore fills them so, and verify builds them once more beside those that are there.
"""

from collections.abc import Iterable, Mapping, Sequence

from contracts.fact import Fact, ReportEntry
from contracts.kinds.correction import FactVoided
from contracts.kinds.office import ReportAdvanced
from kit.process.database import Connection
from services.events.deciding import halves
from services.events.deciding.decide import returned
from services.events.deciding.halves import Half, arrival_of
from services.events.deciding.needs import SEQUENCE
from services.events.deciding.office import approval_of, decision_in, keep, month_of
from services.events.deciding.reasons import detail_of
from services.events.report.line import counted, digest, report_of
from services.events.signing.key_rows import load_keys
from services.events.state.absorb import absorb
from services.events.state.aliases import take, told_in
from services.events.state.keys import KEY_KINDS, key_named
from services.events.state.timeline import transitions
from services.events.state.world import WAITING, World
from services.events.store import ledger
from services.events.store.device_rows import save_devices
from services.events.store.month_rows import load_months, save_months
from services.events.store.waiting_rows import save_verdicts, save_waiting

# What became no fact and waits for nothing is at no position; where a duplicate's event stands its entry does not say.
NOWHERE = frozenset({"refused", "returned", "duplicate"})
_NUMBERED = "select sender, device, sequence from outcome where report = any($1::text[])"
_RETURNED = "select report, decided from waiting where report = any($1::text[]) and not approved"
_OUTCOME = (
    "insert into outcome (report, sender, digest, fate, position, device, sequence, detail) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8) "
    "on conflict (report) do update set fate = excluded.fate, position = excluded.position, detail = excluded.detail"
)


async def fold(connection: Connection, bodies: Mapping[int, Fact | ReportEntry]) -> None:
    """Bring the tables up to date with the next entries of the ledger, by position ascending."""
    world = World()
    facts = {position: body for position, body in bodies.items() if isinstance(body, Fact)}
    entries = {position: body for position, body in bodies.items() if isinstance(body, ReportEntry)}
    again = [(told_in(entry.cause).find("person"), entry.instead) for entry in entries.values() if entry.instead]
    await ledger.load_rows(connection, world, [*_entities(facts.values()), *(told for told, _ in again)])
    await load_keys(connection, world, (key_named(fact) for fact in facts.values() if fact.kind in KEY_KINDS))
    for position, fact in facts.items():
        absorb(world, position, fact)
    for told, instead in again:
        take(world, told, instead)
    await ledger.save(connection, ledger.unsaved(world))
    await _outcomes(connection, list(bodies), facts, entries)


def _entities(facts: Iterable[Fact]) -> Iterable[str]:
    for fact in facts:
        yield from fact.names
        for side in (fact.retracts, fact.asserts):
            for step in transitions(side):
                yield step.entity


async def _outcomes(
    connection: Connection, positions: Sequence[int], facts: dict[int, Fact], entries: dict[int, ReportEntry]
) -> None:
    world = World()
    decisions = {at: event for at, fact in facts.items() if (event := decision_in(fact)) is not None}
    await load_months(connection, world, [key for one in decisions.values() if (key := month_of(one)) is not None])
    outcomes, waits, done, voided = [], {}, [], []
    # Between its decision and its end a report may wait, for a group that has room for it.
    ended = [entry.cause.report for entry in entries.values() if entry.fate == "returned"]
    rows = await connection.fetch(_RETURNED, ended) if ended else ()
    decided: dict[str, int] = {row["report"]: row["decided"] for row in rows}
    devices: dict[str, int] = {}
    open_halves: dict[str, Half | None] = {}
    for position in positions:
        fact, instead = facts.get(position), None
        if fact is not None:
            cause, fate = fact.cause, "recorded"
            if position in decisions:
                keep(world, position, decisions[position])
            if fact.kind == FactVoided.kind and fact.amends is not None:
                voided.append(fact.amends.report)
        else:
            entry = entries[position]
            cause, fate, instead = entry.cause, entry.fate, entry.instead
            if fate in WAITING:
                open_halves[cause.report] = arrival_of(entry)
                places = entry.places if entry.need == approval_of(cause.report) else None
                device = told_in(cause).find("device")
                waits[cause.report] = (cause.report, entry.need, position, places, entry.areas, device)
        if fate not in WAITING:
            waits.pop(cause.report, None)
            open_halves.pop(cause.report, None)
            done.append(cause.report)
        count = counted(cause.authid or "", cause.device, cause.devicesequence)
        # What still waits for its turn has not had it; where one had its turn, so had all before it.
        if count is not None and not (fate == "waiting" and (entry.need or "").startswith(SEQUENCE)):
            devices[count[0]] = max(count[1], devices.get(count[0], 0))
        told = digest(report_of(cause))
        detail = None if instead is None else instead.encode()
        if fate == "returned":
            _, by = world.verdicts.get(cause.report) or (False, decided[cause.report])
            detail = detail_of(returned(by))
        sent = cause.report, cause.authid or "", told
        at = None if fate in NOWHERE else position
        outcomes.append((*sent, fate, at, cause.device, cause.devicesequence, detail))
    await connection.executemany(_OUTCOME, outcomes)
    advanced = [event.report for event in decisions.values() if isinstance(event, ReportAdvanced)]
    for sender, device, sequence in await connection.fetch(_NUMBERED, advanced):
        name, number = counted(sender, device, sequence) or ("", 0)
        devices[name] = max(number - 1, devices.get(name, 0))
    await connection.execute("update outcome set fate = 'voided' where report = any($1::text[])", voided)
    await connection.execute("delete from waiting where report = any($1::text[])", done)
    await save_waiting(connection, list(waits.values()))
    await save_verdicts(connection, [(report, *verdict) for report, verdict in world.verdicts.items()])
    await save_months(connection, world)
    await halves.save(connection, open_halves, done)
    await save_devices(connection, devices, {})
