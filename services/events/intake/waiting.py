"""When is a report that waits decided again?

The transaction that records what was needed decides its waiters under the same lock, in device order, a bounded
number at a time.
"""

from collections.abc import Sequence

import msgspec

from kit.http.problems import IdempotencyKeyReused
from kit.process.database import Connection
from services.events.deciding import halves
from services.events.deciding.needs import READY, Pending, keys_offered
from services.events.deciding.office import approval_of
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.intake.pulling import NEEDED, SEPARATOR
from services.events.report.line import Line
from services.events.state.world import WAITING, World
from services.events.store.device_rows import save_devices, save_told_again
from services.events.store.effects import ended_entry
from services.events.store.outcome_rows import save_outcomes, unsaved
from services.events.store.waiting_rows import save_waiting, take_back_verdicts

_WAITED_FOR = f"select distinct need from waiting where {NEEDED}"  # noqa: S608 - a condition of ours


def offered(lines: Sequence[Line], world: World) -> set[str]:
    """Name what these lines may provide, and what an earlier group left over."""
    return {READY, *keys_offered(lines, world)}


async def nobody_waits(connection: Connection, needs: set[str]) -> set[str]:
    """Give those of some needs for which nothing waits."""
    found = await connection.fetch(_WAITED_FOR, SEPARATOR.join(needs))
    return needs - {need for (need,) in found}


async def expect(group: Group, lines: Sequence[Line]) -> None:
    """Read at once what waits for anything that these lines may provide, and what an earlier group left over."""
    if not group.head.waiting:
        return
    await group.pull(offered(lines, group.world))
    if READY in group.waiters.pending:
        group.waiters.fresh.append(READY)


async def decide(group: Group, index: int, line: Line, trace: str, answers: dict[int, Answer]) -> None:
    """Decide the next report of a group, and what waited for it."""
    first = group.waiters.held.get(line.report.id)
    answer = answers[index] = await group.one(line, trace) if first is None else await _again(group, first, line)
    _take_up(group, answers)
    if answer.fate in WAITING and not answer.duplicate:
        one = Pending(line, trace, answer.need or "", index)
        _wait(group, one, one.need)
        group.waiters.held.setdefault(line.report.id, one)
    if group.waiters.fresh:
        await settle(group, answers)


def _wait(group: Group, one: Pending, need: str) -> None:
    """Let a report wait for something until it comes or the group is over."""
    # What waited for the office and was not decided about goes to the desk of another one.
    handed_on = one.index is None and need == approval_of(one.line.report.id)
    one.moved = one.moved or need != one.need or handed_on
    one.need, one.between = need, halves.ends(one.line.event.find("household"), need, group.world)
    group.waiters.add(one)


async def _again(group: Group, first: Pending, line: Line) -> Answer:
    """Let a report that waits within its group and is sent once more wait for the same: it has one fate."""
    if first.line.digest != line.digest:
        return Answer(line.report.id, problem=IdempotencyKeyReused())
    await group.have_turn(line)
    return Answer(line.report.id, "waiting", need=first.need)


async def settle(group: Group, answers: dict[int, Answer]) -> None:
    """Decide again, in order, what waited for anything that was just recorded, until nothing more moves."""
    while group.waiters.fresh:
        if group.head.waiting:
            await group.pull(set(group.waiters.fresh))
        key = group.waiters.fresh.popleft()
        for one in group.waiters.pending.pop(key, ()):
            answer = await group.one(one.line, one.trace, again=one.index is None)
            _take_up(group, answers)
            _go_on(group, one, answer, answers)


def _take_up(group: Group, answers: dict[int, Answer]) -> None:
    """Take up what became of those that were decided together with another report."""
    joined, group.waiters.joined = group.waiters.joined, []
    for one, answer in joined:
        _go_on(group, one, answer, answers)


def _go_on(group: Group, one: Pending, answer: Answer, answers: dict[int, Answer]) -> None:
    """Let a report that waited and was decided again wait on, or be over."""
    if one.index is None and answer.fate is not None and answer.need != one.need:
        # What moves on is not in the queue as it was written down: nobody decides about it in this group.
        group.world.queue[one.line.report.id] = None
    if answer.fate in WAITING and not answer.duplicate:
        _wait(group, one, answer.need or "")
    elif one.index is not None:
        answers[one.index] = answer
        group.waiters.held.pop(one.line.report.id, None)
    elif answer.fate is None:
        # It could not be decided, through no fault of its own: it goes on waiting.
        group.waiters.add(one)
        group.waiters.undecided.append(one.line.report.id)
    else:
        group.waiters.released.append(one.line.report.id)
        # Whoever learned of another id has an entry that says so.
        if answer.fate != "recorded" and answer.instead is None:
            group.entries.append(ended_entry(one.line, answer.fate or "refused", one.trace))


def leave(group: Group, answers: dict[int, Answer]) -> None:
    """Write down what still waits when the group is over."""
    for one in (one for waiters in group.waiters.pending.values() for one in waiters):
        known = group.waiters.written.get(one.line.report.id)
        report = one.line.report.id
        approved, position = group.world.verdicts.get(report, (False, 0))
        if approved:
            one.line = msgspec.structs.replace(one.line, approved=position)
        if one.index is None:
            if one.moved:
                group.wait(one.line, one.trace, one.need, one.between)
        elif known is None:
            answers[one.index] = group.outdated(one.line) or group.wait(one.line, one.trace, one.need, one.between)
        else:
            group.repeat(one.line)
            answers[one.index] = Answer(known.report, known.fate, known.position, need=known.need, duplicate=True)


async def save(group: Group) -> None:
    """Write down outcomes, what waits now and what does no longer."""
    connection = await group.transaction.writer()
    if group.waiters.left_over:
        await connection.execute(
            "update waiting set need = $1 where need = any($2::text[]) and not report = any($3::text[])",
            READY,
            list(group.waiters.provided),
            list(group.waiters.pulled),
        )
    if group.waiters.released:
        await connection.execute("delete from waiting where report = any($1::text[])", group.waiters.released)
    if group.waiters.written:
        rows = [
            (one.report, one.need, one.position, one.places, one.areas, one.device)
            for one in group.waiters.written.values()
        ]
        await save_waiting(connection, rows)
    await take_back_verdicts(connection, group.waiters.undecided)
    await halves.save(connection, group.halves, group.waiters.released)
    await save_outcomes(connection, unsaved(group.outcomes, group.world))
    await _amend_outcomes(group)
    await save_devices(connection, group.world.new_passed, group.repeating)
    await save_told_again(connection, group.world.told_again)


async def _amend_outcomes(group: Group) -> None:
    connection = await group.transaction.writer()
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
