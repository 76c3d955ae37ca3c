"""What does one transaction write down of each report that was decided, and what do those behind it see of that?"""

from collections import Counter
from dataclasses import replace

import msgspec

from contracts.calendar import today
from contracts.kinds.correction import FactVoided
from contracts.kinds.office import Office, ReportAdvanced, ReportAmended, SheetDrawnUp, due_day
from kit.http.problems import PurposeNotPermitted
from kit.process import metrics
from services.events.deciding.amended import correction_of
from services.events.deciding.decide import Ended, Refused, Twice
from services.events.deciding.halves import Half, arrival
from services.events.deciding.needs import Pending, Waiter, keys_of, report_key
from services.events.deciding.office import OfReports, approval_of, decision_of, keep, take_from_queue, turn_awaited
from services.events.deciding.reasons import detail_of, problem_of
from services.events.intake.answer import Answer
from services.events.intake.approval import OUTSIDE_FATE, Filed
from services.events.intake.counted import Counted
from services.events.intake.turn import Left, Transaction
from services.events.intake.waiters import Waiters
from services.events.report.line import Line, device_name
from services.events.state.absorb import absorb
from services.events.state.aliases import take
from services.events.state.world import Outcome, World
from services.events.store import ledger
from services.events.store.device_rows import pass_over
from services.events.store.effects import ended_entry, fact_entry, waiting_entry
from services.events.store.outcome_rows import unsaved
from services.events.store.waiting_rows import save_verdicts

TOO_MUCH = Refused("contradicts-record", (("too-much-at-once", ()),))
CONTRADICTED_THERE = Refused("purpose-not-permitted", (("contradicted-elsewhere", ()),))
OUTSIDE = Refused("purpose-not-permitted", (("outside-the-areas", ()),))


class Recording:
    """What one transaction has decided so far: its entries, and each report's fate."""

    def __init__(self, transaction: Transaction, head: ledger.Head, now: float, world: World | None = None) -> None:
        self.transaction = transaction
        self.head = head
        self.tail = head
        self.recorded_at = max(int(now * 1_000_000), head.recorded_at)
        self.day = today(now)
        self.world = world or World()
        self.world.today = self.day
        self.entries: list[ledger.Entry] = []
        self.outcomes: dict[str, tuple[Line, Outcome]] = {}
        self.repeated: list[str] = []
        self.repeating: Counter[str] = Counter()
        self.counted = Counted()
        self.waiters = Waiters(self.world, before=head.waiting)
        self.queued: dict[str, Filed] = {}
        self.halves: dict[str, Half | None] = {}

    @property
    def position(self) -> int:
        """The position that the next entry takes."""
        return self.head.position + len(self.entries) + 1

    @property
    def closed(self) -> str:
        """The latest month whose books are closed anywhere, this group's own decisions included."""
        return max([self.head.closed, *(month for _, month in self.world.new_months)])

    def left(self) -> Left:
        """Give what the next group goes on from; all is decided and on its way."""
        needs = {waiter.need for waiter in self.waiters.written.values()}
        tail = self.tail._replace(waiting=self.head.waiting or bool(needs), closed=self.closed)
        return Left(tail, self.world, needs)

    def write(self) -> None:
        """Have what was decided since the last time written; the deciding goes on meanwhile."""
        entries = self.entries[self.tail.position - self.head.position :]
        self.tail, rows = ledger.link(self.tail, self.recorded_at, entries)
        changes, outcomes = ledger.unsaved(self.world), unsaved(self.outcomes, self.world)
        self.transaction.begin(lambda connection: ledger.write(connection, rows, changes, outcomes))

    @property
    def unwritten(self) -> int:
        """How many entries are decided and not yet on their way."""
        return len(self.entries) - (self.tail.position - self.head.position)

    async def file(self, line: Line, trace: str, filed: Filed) -> Answer:
        """Record a fact, or have it wait on the desk that it is for."""
        report, fact = line.report.id, filed.fact
        if filed.way == OUTSIDE_FATE:
            return self.refuse_outside(line)
        if filed.way != "recorded":
            self.queued[report] = filed
            if (known := self.world.queue.get(report)) is not None:
                self.world.queue[report] = replace(known, places=filed.places)
            return Answer(report, filed.way, need=approval_of(report), reasons=filed.reasons)
        try:
            entry = fact_entry(fact, trace)
        except ValueError:
            return self.refuse(line, TOO_MUCH)
        position = self.position
        absorb(self.world, position, fact)
        self.entries.append(entry)
        self.waiters.provide(keys_of(fact))
        if fact.kind == FactVoided.kind and fact.amends is not None:
            self._void(fact.amends.report)
        if (taken := decision_of(line.event)) is not None:
            await self._keep(line, taken, trace, position)
        self._settle(line, Outcome("recorded", position, line.digest))
        self.counted.add(metrics.REPORTS_ACCEPTED, fact.kind)
        return Answer(report, "recorded", position, fact.cause.notes)

    def refuse(self, line: Line, refused: Refused, fate: str = "refused") -> Answer:
        """Refuse a report for good, or have it returned."""
        self._settle(line, Outcome(fate, None, line.digest, detail_of(refused)))
        reason = refused.reasons[0][0] if refused.reasons else refused.code
        self.counted.add(metrics.REPORTS_REFUSED, reason)
        # What would put it right, or take it back, learns that there is nothing to amend.
        self.waiters.provide([report_key(line.report.id)])
        return Answer(line.report.id, fate, problem=problem_of(refused))

    def refuse_outside(self, line: Line, decision: Ended | None = None) -> Answer:
        """Refuse whoever may not speak of this: who waited so far, or gave a number that had its turn, learns it by the
        fate; who asks now may ask again. An office that approved it learns the reason.
        """
        if line.approved is not None and isinstance(decision, Refused):
            return self.refuse(line, msgspec.structs.replace(CONTRADICTED_THERE, office=decision))
        known = self.world.reports.get(line.report.id)
        if known is None and line.count is None:
            return Answer(line.report.id, problem=PurposeNotPermitted())
        return self.refuse(line, OUTSIDE)

    def wait(self, line: Line, trace: str, need: str, between: tuple[str | None, str | None]) -> Answer:
        """Write down that a report waits, an arrival `between` two areas."""
        report, position = line.report.id, self.position
        for_office = need == approval_of(report)
        filed = self.queued.get(report) if for_office else None
        fate, places, reasons = ("waiting", (), ()) if filed is None else (filed.way, filed.places, filed.reasons)
        if line.received is None:
            line = msgspec.structs.replace(line, received=self.day)
        self.halves[report] = arrival(report, line.event.find("on"), need, *between)
        self.entries.append(waiting_entry(line, need, trace, fate, places, between, reasons))
        desk = places if for_office else None
        self.waiters.written[report] = Waiter(report, need, position, fate, desk, line.areas, line.event.find("device"))
        self._settle(line, Outcome(fate, position, line.digest))
        return Answer(report, fate, position, need=need, reasons=reasons)

    def take_twice(self, line: Line, trace: str, twice: Twice) -> Answer:
        """Take what is on the books already, told under another id; of a person who came under it the id is kept."""
        report, person, instead = line.report.id, line.event.find("person"), twice.instead
        if instead is not None:
            take(self.world, person, instead)
            self.entries.append(ended_entry(line, "duplicate", trace, instead))
            self.waiters.provide([person])
        detail = None if instead is None else instead.encode()
        self.waiters.provide([report_key(report)])
        self._settle(line, Outcome("duplicate", twice.position, line.digest, detail))
        return Answer(report, "duplicate", twice.position, instead=instead)

    def repeat(self, line: Line) -> None:
        """Count what was told again, for the report and for the device that tells it."""
        self.repeated.append(line.report.id)
        if line.report.device is not None:
            self.repeating[device_name(line.sender, line.report.device)] += 1

    async def _keep(self, line: Line, event: Office, trace: str, position: int) -> None:
        """Bring up to date what the office decides, and decide again what waited for it."""
        keep(self.world, position, event)
        if isinstance(event, SheetDrawnUp):
            self.counted.add(metrics.SHEETS_DRAWN_UP, "yes" if event.on > due_day(event.month) else "no")
        if isinstance(event, ReportAmended):
            need = report_key(event.report)
            correction = correction_of(line, event, position)
            self.waiters.add_first(Pending(correction, trace, need, moved=True))
        if isinstance(event, OfReports):
            verdicts = ((report, *self.world.verdicts[report]) for report in event.reports)
            await save_verdicts(await self.transaction.writer(), verdicts)
            needs, read = take_from_queue(event.reports, self.world, self.waiters.pending)
            self.waiters.asked |= read
            self.waiters.provide(needs)
        if isinstance(event, ReportAdvanced):
            need = turn_awaited(event, self.world)
            self.waiters.provide(
                await pass_over(await self.transaction.reader(), self.world, need, self.waiters.pending)
            )

    def _void(self, report: str) -> None:
        self.world.voided.append(report)
        if (known := self.world.reports.get(report)) is not None:
            self.world.reports[report] = msgspec.structs.replace(known, fate="voided")

    def _settle(self, line: Line, outcome: Outcome) -> None:
        self.world.reports[line.report.id] = outcome
        self.outcomes[line.report.id] = (line, outcome)
