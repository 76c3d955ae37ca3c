"""What does a report wait for, and when is it decided again?

A need is a key: the id of a person, household or unit, `report:<id>`, `departed:<person>` or `sequence:<device>:<n>`.
The transaction that records what was needed decides its waiters under the same lock, in device order, a bounded
number at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.event import CATALOGUE, Report
from contracts.fact import Fact, decode_report_entry
from services.events.answer import Answer
from services.events.decide import Line, digest
from services.events.prefetch import prefetch
from services.events.rules.residence import departed
from services.events.timeline import transitions

if TYPE_CHECKING:
    from services.events.intake import Group

MOST_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Waiter:
    """A report that waits: for what, and at which position the ledger says so."""

    report: str
    need: str
    position: int


def sequence_key(device: str, number: int) -> str:
    """Name the arrival of a device's report by its own count."""
    return f"sequence:{device}:{number}"


def keys_of(fact: Fact) -> Iterator[str]:
    """Name everything that a recorded fact provides to those who wait."""
    yield f"report:{fact.cause.report}"
    for step in transitions(fact.asserts):
        if step.before is None:
            yield step.entity
    for person in fact.asserts.persons:
        if person.after is not None and person.after.status in {"in_transit", "outside"}:
            yield departed(person.entity)


@dataclass(slots=True)
class Pending:
    """A report of this group, or one that waited before it (`index` None), that is not decided yet."""

    line: Line
    trace: str
    need: str
    index: int | None = None
    asked: str = ""


async def settle(group: "Group", pending: list[Pending]) -> list[tuple[int, Answer]]:
    """Decide again what waited for anything that this group records, until nothing more moves.

    Gives the answers of the group's own reports; those that still wait are written down as waiting.
    """
    answers: list[tuple[int, Answer]] = []
    asked: set[str] = set()
    pulled = 0
    while True:
        if group.head.waiting and pulled < MOST_AT_ONCE and (fresh := group.satisfied - asked):
            asked |= fresh
            found = await _pull(group, fresh)
            pulled += len(found)
            pending += found
        ready = [one for one in pending if one.need in group.satisfied and one.asked != one.need]
        if not ready:
            break
        for one in ready:
            one.asked = one.need
            answer = await group.one(one.line, one.trace, again=one.index is None)
            if answer.fate == "waiting" and not answer.duplicate:
                one.need = answer.need or ""
                continue
            pending.remove(one)
            _done(group, one, answer, answers)
    for one in pending:
        _wait(group, one, answers)
    return answers


def _done(group: "Group", one: Pending, answer: Answer, answers: list[tuple[int, Answer]]) -> None:
    if one.index is not None:
        answers.append((one.index, answer))
        return
    group.released.append(one.line.report.id)
    if answer.fate != "recorded":
        group.close(one.line, one.trace, answer)


def _wait(group: "Group", one: Pending, answers: list[tuple[int, Answer]]) -> None:
    known = group.waiters.get(one.line.report.id)
    if one.index is None:
        if one.asked != one.need:
            group.wait(one.line, one.trace, one.need)
    elif known is None:
        answers.append((one.index, group.wait(one.line, one.trace, one.need)))
    else:
        group.repeated.append(known.report)
        answers.append((one.index, Answer(known.report, "waiting", known.position, need=known.need, duplicate=True)))


async def _pull(group: "Group", needs: set[str]) -> list[Pending]:
    rows = await group.connection.fetch(
        "select l.body, l.traceparent, w.need from waiting w join ledger l using (position) "
        "where w.need = any($1::text[]) order by w.report limit $2",
        list(needs),
        MOST_AT_ONCE,
    )
    found = [Pending(_line(body), trace, need) for body, trace, need in rows]
    found.sort(key=lambda one: (one.line.report.device or "", one.line.report.devicesequence or 0))
    await prefetch(group.connection, group.world, [one.line for one in found])
    return found


def _line(body: bytes) -> Line:
    entry = decode_report_entry(body)
    cause = entry.cause
    report = Report(
        id=cause.report,
        source=cause.source,
        type=cause.type,
        data=cause.data,
        time=cause.time,
        device=cause.device,
        devicesequence=cause.devicesequence,
        correlationid=cause.correlationid,
        causationid=cause.causationid,
    )
    event = CATALOGUE[cause.type].parse(cause.data)
    return Line(report, event, digest(report), cause.authid or "", entry.areas)


async def save(group: "Group") -> None:
    """Write down outcomes, what waits now and what does no longer."""
    connection = group.connection
    if group.released:
        await connection.execute("delete from waiting where report = any($1::text[])", group.released)
    if group.waiters:
        await connection.executemany(
            "insert into waiting (report, need, position) values ($1, $2, $3) "
            "on conflict (report) do update set need = excluded.need, position = excluded.position",
            [(waiter.report, waiter.need, waiter.position) for waiter in group.waiters.values()],
        )
    rows = [
        (report, line.sender, line.digest, outcome.fate, outcome.position, 0, outcome.detail)
        for report, (line, outcome) in group.outcomes.items()
    ]
    new = [row for row in rows if row[0] not in group.world.stored_reports]
    if new:
        await connection.copy_records_to_table("outcome", records=new)
    changed = [row for row in rows if row[0] in group.world.stored_reports]
    if changed:
        await connection.executemany(
            "update outcome set fate = $2, position = $3, detail = $4 where report = $1",
            [(row[0], row[3], row[4], row[6]) for row in changed],
        )
    if group.world.voided:
        await connection.execute(
            "update outcome set fate = 'voided' where report = any($1::text[])", group.world.voided
        )
    if group.repeated:
        await connection.execute(
            "update outcome o set duplicates = duplicates + r.n "
            "from (select report, count(*)::integer as n from unnest($1::text[]) as t (report) group by report) r "
            "where o.report = r.report",
            group.repeated,
        )
    if group.world.new_sequences:
        await connection.copy_records_to_table("device", records=group.world.new_sequences)
