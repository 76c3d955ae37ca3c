"""How are the reports of one transaction decided, each in the world that those before it have left?"""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from contracts.calendar import today
from contracts.fact import Fact
from contracts.kinds.correction import FactVoided
from kit import metrics
from kit.beside import Beside
from kit.database import Connection
from kit.problems import IdempotencyKeyReused, Internal, PurposeNotPermitted
from services.events import ledger
from services.events.absorb import absorb, identifiers
from services.events.answer import Answer
from services.events.decide import Decision, Refused, Twice, Waits, decide
from services.events.effects import fact_entry, refused_entry, waiting_entry
from services.events.keys import standing
from services.events.line import Line
from services.events.needs import Pending, Waiter, keys_of, sequence_key
from services.events.places import permitted
from services.events.reasons import detail_of, problem_of, refusal
from services.events.world import Outcome, Unloaded, World

FEW_LOADS, MOST_LOADS = 4, 60
TOO_MUCH = Refused("contradicts-record", (("too-much-at-once", ()),))
OUTSIDE = Refused("purpose-not-permitted", (("outside-the-areas", ()),))
T = TypeVar("T")
_log = logging.getLogger("socai.events.group")


async def _write(connection: Connection, rows: list[ledger.LedgerRow], changes: ledger.Unsaved) -> None:
    await ledger.append(connection, rows)
    await ledger.save(connection, changes)


class Group:
    """One transaction's worth of reports, being decided."""

    def __init__(self, connection: Connection, head: ledger.Head, recorded_at: int, day: str) -> None:
        self._connection = connection
        self.head = head
        self.tail = head
        self.writing = Beside()
        self.recorded_at = recorded_at
        self.day = day
        self.world = World()
        self.entries: list[ledger.Entry] = []
        self.outcomes: dict[str, tuple[Line, Outcome]] = {}
        self.repeated: list[str] = []
        self.fresh: deque[str] = deque()
        self.provided: set[str] = set()
        self.asked: set[str] = set()
        self.pending: dict[str, list[Pending]] = {}
        self.waiters: dict[str, Waiter] = {}
        self.pulled: list[str] = []
        self.released: list[str] = []
        self.left_over = False

    @property
    def position(self) -> int:
        """The position that the next entry takes."""
        return self.head.position + len(self.entries) + 1

    @property
    def signing_day(self) -> str:
        """The day in Viet Nam by which a key's validity is judged: the one that whoever verifies later will see."""
        return today(self.recorded_at // 1_000_000)

    async def connection(self) -> Connection:
        """Give the transaction's connection once nothing is being written through it."""
        await self.writing.done()
        return self._connection

    async def write(self) -> None:
        """Begin to write what was decided since the last time; the deciding goes on meanwhile."""
        connection = await self.connection()
        entries = self.entries[self.tail.position - self.head.position :]
        self.tail, rows = ledger.link(self.tail, self.recorded_at, entries)
        self.writing.begin(_write(connection, rows, ledger.unsaved(self.world)))

    @property
    def unwritten(self) -> int:
        """How many entries are decided and not yet on their way."""
        return len(self.entries) - (self.tail.position - self.head.position)

    def provide(self, keys: Iterable[str]) -> None:
        """Note that what others may wait for is here now."""
        if self.pending or self.head.waiting:
            self.fresh.extend(keys)
            self.provided.update(self.fresh)

    async def one(self, line: Line, trace: str, *, again: bool = False) -> Answer:
        """Decide one report and take its effect into the world; `again` for one that is known to wait."""
        report = line.report.id
        known = None if again else self.world.reports.get(report)
        answer = self._repeat(line, known) if known is not None else self.outdated(line)
        if answer is not None:
            return answer
        try:
            decision = await self._decided(line)
        except Exception:  # noqa: BLE001 - one report must not sink the others of its group
            _log.exception("a report could not be decided", extra={"kind": type(line.event).kind})
            return Answer(report, problem=Internal())
        if isinstance(decision, Waits):
            return Answer(report, "waiting", need=decision.need)
        if isinstance(decision, Refused):
            return self._refuse(line, decision)
        if isinstance(decision, Twice):
            self._settle(line, Outcome("duplicate", decision.position, line.digest))
            return Answer(report, "duplicate", decision.position)
        return await self._record(line, trace, decision)

    def outdated(self, line: Line) -> Answer | None:
        """Refuse what comes in signed with a key that does not count (any more)."""
        if line.key is None:
            return None
        why = standing(self.world.key(line.key), self.position, self.signing_day)
        return None if why is None else Answer(line.report.id, problem=why())

    async def _decided(self, line: Line) -> Decision:
        found = await self._seen(lambda: self._gate(line) or decide(line, self.world, self.position, self.day))
        return TOO_MUCH if found is None else found

    async def _seen(self, look: Callable[[], T]) -> T | None:
        """Look at the world, reading what of it is missing; None where that finds no end."""
        for loads in range(MOST_LOADS):
            try:
                return look()
            except Unloaded as missing:
                load = ledger.load if loads < FEW_LOADS else ledger.load_around
                await load(await self.connection(), self.world, missing)
        return None

    def _gate(self, line: Line) -> Waits | None:
        """A device's reports are decided in its own order: the one before must have arrived."""
        if line.count is None:
            return None
        device, number = line.count
        if number > 1 and not self.world.sequences.get((device, number - 1), False):
            return Waits(sequence_key(device, number - 1))
        if not self.world.sequences.get((device, number), False):
            self.world.sequences[device, number] = True
            self.world.new_sequences.append((device, number))
            self.provide([sequence_key(device, number)])
        return None

    def _repeat(self, line: Line, known: Outcome) -> Answer:
        report = line.report.id
        if known.digest != line.digest:
            return Answer(report, problem=IdempotencyKeyReused())
        self.repeated.append(report)
        metrics.REPORTS_DUPLICATE.inc()
        problem = None
        if known.fate == "refused" and known.detail is not None:
            problem = problem_of(refusal(known.detail))
        return Answer(report, known.fate, known.position, duplicate=True, problem=problem)

    async def _record(self, line: Line, trace: str, fact: Fact) -> Answer:
        report = line.report.id
        if not await self._seen(lambda: permitted(self.world, fact, line.areas)):
            known = self.world.reports.get(report)
            # Who has waited so far learns of the refusal later, by its fate; who asks now may ask again otherwise.
            return Answer(report, problem=PurposeNotPermitted()) if known is None else self._refuse(line, OUTSIDE)
        told = await self._seen(lambda: with_clashes(fact, self.world)) or fact
        try:
            entry = fact_entry(told, trace)
        except ValueError:
            return self._refuse(line, TOO_MUCH)
        position = self.position
        absorb(self.world, position, told)
        self.entries.append(entry)
        self.provide(keys_of(told))
        if told.kind == FactVoided.kind and told.amends is not None:
            self._void(told.amends.report)
        self._settle(line, Outcome("recorded", position, line.digest))
        metrics.REPORTS_ACCEPTED.labels(told.kind).inc()
        return Answer(report, "recorded", position, told.cause.notes)

    def _void(self, report: str) -> None:
        self.world.voided.append(report)
        known = self.world.reports.get(report)
        if known is not None:
            self.world.reports[report] = msgspec.structs.replace(known, fate="voided")

    def _refuse(self, line: Line, refused: Refused) -> Answer:
        self._settle(line, Outcome("refused", None, line.digest, detail_of(refused)))
        reason = refused.reasons[0][0] if refused.reasons else refused.code
        metrics.REPORTS_REFUSED.labels(reason).inc()
        return Answer(line.report.id, "refused", problem=problem_of(refused))

    def wait(self, line: Line, trace: str, need: str) -> Answer:
        """Write down that a report waits."""
        position = self.position
        self.entries.append(waiting_entry(line, need, trace))
        self.waiters[line.report.id] = Waiter(line.report.id, need, position)
        self._settle(line, Outcome("waiting", position, line.digest))
        return Answer(line.report.id, "waiting", position, need=need)

    def close(self, line: Line, trace: str, answer: Answer) -> None:
        """Write down that a report which waited became no fact after all."""
        self.entries.append(refused_entry(line, answer.fate or "refused", trace))

    def _settle(self, line: Line, outcome: Outcome) -> None:
        self.world.reports[line.report.id] = outcome
        self.outcomes[line.report.id] = (line, outcome)


def with_clashes(fact: Fact, world: World) -> Fact:
    """Note where somebody gets a number that another has: real books repeat numbers, so it is no refusal."""
    held: dict[str, set[str]] = {}
    for step in fact.asserts.persons:
        if step.after is None or (step.before is not None and step.before.personal == step.after.personal):
            continue
        had = () if step.before is None else identifiers(step.before.personal)
        for identifier in (one for one in identifiers(step.after.personal) if one not in had):
            held.setdefault(identifier, set()).add(step.entity)
    if any(len(known | people) > 1 for known, people in zip(world.holders_of(held), held.values(), strict=True)):
        notes = (*fact.cause.notes, "identifier-clash")
        return msgspec.structs.replace(fact, cause=msgspec.structs.replace(fact.cause, notes=notes))
    return fact
