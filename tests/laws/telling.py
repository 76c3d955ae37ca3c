"""Does the real write side give reports the fates that the oracle gives them, however they are sent?

Answers and ledger entries are followed in the order in which they were made; the oracle judges each at its moment.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from contracts.calendar import today
from contracts.event import Report
from contracts.fact import STREAM_FACTS, ReportEntry, decode_report_entry
from kit.http.problems import Problem
from kit.process.database import Connections
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.report.parse import check
from tests.laws.office_oracle import OUTSIDE, OfficeOracle
from tests.laws.oracle import WAITING, Verdict, device_of
from tests.laws.senders import APPROVAL, comes_at, sender_of

START = 1_748_736_000.0  # 2025-06-01T00:00:00Z, which is 7 o'clock in Viet Nam
FIVE_MINUTES = 300
YEARS = 3 * 365 * 86_400.0
TABLES = "ledger, state, tie, amendment, outcome, waiting, identifier, device, device_key, half, month, told_again"


class Broken(Exception):
    """A law does not hold: which, and what was seen."""

    def __init__(self, law: str, **seen: Any) -> None:
        super().__init__(f"{law}: " + ", ".join(f"{name}={value}" for name, value in seen.items()))
        self.law = law


class Row(NamedTuple):
    """One entry of the ledger."""

    position: int
    stream: str
    report: str
    recorded_at: Any
    kind: str
    partition_key: str
    traceparent: str
    hash: bytes
    body: bytes


class Teller:
    """Tells a history to a real intake and follows it with the oracle."""

    def __init__(self, connections: Connections, now: float = START) -> None:
        self.now = now
        self.connections = connections
        self.intake = self.new_intake()
        self.oracle = OfficeOracle(today(now))
        self.rows: list[Row] = []
        self.told: dict[str, Report] = {}
        self.waiting: dict[str, str] = {}
        self.deliveries: Counter[str] = Counter()

    def new_intake(self, connections: Any = None) -> Intake:
        return Intake(connections or self.connections, clock=lambda: self.now, approval=APPROVAL)

    async def tell(self, reports: Sequence[Report]) -> list[Answer]:
        """Submit reports together, when they come, and hold what comes of it against the oracle."""
        self.now = max(self.now, *(comes_at(one) for one in reports))
        self.oracle.today, self.oracle.begun = today(self.now), today(self.now + FIVE_MINUTES)
        try:
            answers = await self.submit(reports)
        except Problem as problem:
            raise Broken("every report is answered", problem=problem.code) from problem
        self.now += 1
        async with self.connections.acquire() as connection:
            found = await connection.fetch("select * from ledger where position > $1 order by position", len(self.rows))
        entries = [Row(*row) for row in found]
        self.rows += entries
        for report, answer in zip(reports, answers, strict=True):
            self.deliveries[report.id] += answer.fate is not None
        _Following(self, list(zip(reports, answers, strict=True)), entries).run()
        return answers

    async def submit(self, reports: Sequence[Report]) -> list[Answer]:
        return await self.intake.submit([(check(one, sender_of(one)), "") for one in reports])


class _Following:
    """One submission, followed step by step."""

    def __init__(self, teller: Teller, lines: list[tuple[Report, Answer]], entries: list[Row]) -> None:
        self.teller = teller
        self.oracle = teller.oracle
        self.lines = lines
        self.entries = entries
        self.pending: dict[str, list[Verdict]] = {}
        # What waited before and waits for something else by the end was decided somewhere on the way.
        moved = [entry.report for entry in entries if entry.kind.removeprefix("report.") in WAITING]
        self.moving: dict[str, list[Verdict]] = {one: [] for one in moved if one in teller.waiting}
        self.late: list[tuple[Report, Answer]] = []
        self.oracle.awaiting = self._awaiting

    def run(self) -> None:
        for line in self.lines:
            if self._direct(*line):
                self.late.append(line)
            self._arrive(*(self.teller.told[report] for report in (*self.teller.waiting, *self.pending)))
            self._settle()
        while self.entries:
            if not self._is_next(self.entries[0]):
                self._end_silently()
            self._settled(self.entries.pop(0))
        for report, answer in self.late:
            self._pending(report, answer)
        for waiting, need in self.teller.waiting.items():
            if need == f"approved:{waiting}":
                self._undecided(waiting)
                continue
            verdict = self.oracle.judge(self.teller.told[waiting])
            # What the record contradicts is refused, or none of its sender's business, whenever it is looked at.
            wrong = verdict.fates == {"refused"} or (verdict.against and verdict.fates <= {"refused", OUTSIDE})
            if "waiting" not in verdict.fates and not wrong:
                raise Broken("what waits is decided when it could be", report=waiting, need=need, verdict=verdict)

    def _awaiting(self) -> list[Report]:
        """What waits by now for anything but an office."""
        known = [one for one, need in self.teller.waiting.items() if need != f"approved:{one}"]
        return [self.teller.told[one] for one in (*known, *self.pending)]

    def _undecided(self, waiting: str) -> None:
        """Hold that no office has decided what still waits for one."""
        desk = self.oracle.desk
        if waiting not in desk.queue:
            raise Broken("what an office has decided waits for it no more", report=waiting, desk=desk)

    def _direct(self, report: Report, answer: Answer) -> bool:
        """Follow a line that is decided at once; say whether it is decided behind all others instead."""
        known = self.teller.told.get(report.id)
        if known is not None:
            return self._again(report, known, answer)
        verdict = self.oracle.judge(report)
        self.teller.told[report.id] = report
        self._arrive(report)
        if verdict.fates <= WAITING or (verdict.fates & WAITING and answer.fate != "refused"):
            self.pending[report.id] = [verdict]
            return True
        fate = told_by(answer)
        self._hold(report, fate, verdict, answer)
        for one in verdict.handed_on:
            self.moving.get(one, []).append(self.oracle.hand_on(one))
        if fate == OUTSIDE:
            del self.teller.told[report.id], self.oracle.came[report.id]
            return False
        if answer.fate == "recorded":
            if self.entries and self.entries[0].report in verdict.joined:
                self._join(self.entries.pop(0))
            self._record(self.entries.pop(0) if self.entries else None, report, answer.position)
        elif fate == "duplicate" and verdict.instead is not None:
            self._again_under(report, self.entries.pop(0) if self.entries else None, [verdict])
        else:
            self.oracle.reports[report.id] = (answer.fate or "", None)
            self._judge_again()
        return False

    def _again_under(self, report: Report, entry: Row | None, verdicts: list[Verdict]) -> None:
        """Follow what says of a newborn told again who it is; what is told of the child by that id reaches it now."""
        told = None if entry is None or entry.kind != "report.duplicate" else decode_report_entry(entry.body)
        if entry is None or entry.report != report.id or told is None or told.instead is None:
            raise Broken("a newborn that is told again has an entry that says who it is", report=report.id, entry=entry)
        if all(told.instead != one.instead for one in verdicts):
            raise Broken("a newborn that is told again is the first", report=report.id, entry=told, verdict=verdicts)
        self.oracle.reports[report.id] = ("duplicate", None)
        self.oracle.learn(report, told.instead)
        self._judge_again()

    def _again(self, report: Report, known: Report, answer: Answer) -> bool:
        if (msgspec.json.decode(known.data), known.type) != (msgspec.json.decode(report.data), report.type):
            if answer.problem is None or answer.problem.code != "idempotency-key-reused":
                raise Broken("one id has one content", report=report.id, answer=answer)
            return False
        fate, _ = self.oracle.reports.get(report.id, ("waiting", None))
        if fate in WAITING:
            return True
        if not answer.duplicate or answer.fate != fate:
            raise Broken("the same again gets the first outcome", report=report.id, answer=answer, fate=fate)
        return False

    def _hold(self, report: Report, fate: str | None, verdict: Verdict, seen: Any) -> None:
        if fate not in verdict.fates:
            reasons = [one.code for one in seen.problem.reasons] if isinstance(seen, Answer) and seen.problem else ()
            raise Broken("fates are the oracle's", report=report.id, reasons=reasons, verdict=verdict, seen=seen)

    def _arrive(self, *reports: Report) -> None:
        """A device's report has arrived when all before it have; what waited for its turn may be decided now."""
        arrived = len(self.oracle.devices)
        for report in sorted(reports, key=lambda one: one.devicesequence or 0):
            number, device = report.devicesequence or 0, device_of(report)
            if report.device is not None and (number == 1 or (device, number - 1) in self.oracle.devices):
                self.oracle.devices.add((device, number))
        if len(self.oracle.devices) > arrived:
            self._judge_again()

    def _record(self, entry: Row | None, report: Report, position: int | None) -> None:
        if entry is None or entry.report != report.id or entry.position != position:
            raise Broken("what is answered as recorded is in the ledger", report=report.id, entry=entry)
        self.oracle.record(report, entry.position)
        if (right := self.oracle.follows(report)) is not None:
            self._put_right(right)
        self._judge_again()

    def _put_right(self, right: Report) -> None:
        """What an office approves with a correction is recorded next, and right behind it what puts it right."""
        behind = [(entry.stream, entry.report) for entry in self.entries[:2]]
        wanted = [msgspec.json.decode(right.data)["fact"], right.id]
        if behind != [(STREAM_FACTS, one) for one in wanted]:
            raise Broken("a report and what puts it right are recorded together", wanted=wanted, found=behind)
        self.teller.told[right.id] = right
        self.pending[right.id] = []

    def _judge_again(self) -> None:
        for waiting, verdicts in (self.pending | self.moving).items():
            verdicts.append(self.oracle.judge(self.teller.told[waiting]))

    def _settle(self) -> None:
        """Follow what a line has made of those that waited, before the next line is decided."""
        while self.entries:
            entry = self.entries[0]
            waited = entry.report in self.pending or entry.report in self.teller.waiting
            if not waited or entry.kind.removeprefix("report.") in WAITING:
                break
            if self._is_next(entry):
                self._settled(self.entries.pop(0))
            elif not self._end_silently():
                break

    def _is_next(self, entry: Row) -> bool:
        return self._due(entry) or self._joins()

    def _end_silently(self) -> bool:
        """Take up which of these lines are over by now: what waited for another line only has no entry of its own."""
        told = {entry.report for entry in self.entries}
        found = [
            line
            for line in self.late
            if line[0].id not in told
            and line[1].fate in {"refused", "duplicate"}
            and {line[1].fate} == self.oracle.judge(line[0]).fates
        ]
        for line in found:
            self._pending(*line)
            self.late.remove(line)
            self.pending.pop(line[0].id, None)
        self._judge_again()
        return bool(found)

    def _due(self, entry: Row) -> bool:
        """Whether what waited can have been decided by now; otherwise a later line has brought that about."""
        if entry.stream != STREAM_FACTS:
            fates = {"refused", OUTSIDE} if entry.kind == "report.refused" else {entry.kind.removeprefix("report.")}
        else:
            fates = {"recorded"}
        return bool(fates & self.oracle.judge(self.teller.told[entry.report]).fates)

    def _settled(self, entry: Row) -> None:
        """Follow an entry that the settling of what waited has made."""
        told = self.teller.told.get(entry.report)
        if told is None or (entry.report not in self.pending and entry.report not in self.teller.waiting):
            raise Broken("every entry has its report", entry=entry)
        verdict = self.oracle.judge(told)
        if entry.stream == STREAM_FACTS:
            if not self._joins(entry):
                self._hold(told, "recorded", verdict, entry)
            self._join(entry)
            return
        found = decode_report_entry(entry.body)
        self._reported(told, verdict, found)
        if found.instead is not None:
            self._again_under(told, entry, [verdict])

    def _joins(self, *taken: Row) -> bool:
        """Whether the next two entries are an arrival and the departure with which alone it could be recorded."""
        came, *behind = (*taken, *self.entries)
        left = behind[0] if behind else None
        told = None if left is None else self.teller.told.get(left.report)
        if left is None or told is None or {came.stream, left.stream} != {STREAM_FACTS}:
            return False
        waits = left.report in self.pending or left.report in self.teller.waiting
        return waits and came.report in self.oracle.judge(told).joined

    def _join(self, entry: Row) -> None:
        """Follow a report that waited and is recorded."""
        self._record(entry, self.teller.told[entry.report], entry.position)
        self.teller.waiting.pop(entry.report, None)
        self.oracle.desk.leaves(entry.report)

    def _reported(self, told: Report, verdict: Verdict, entry: ReportEntry) -> None:
        """Follow an entry of the stream of reports; what still waits need not have been looked at since."""
        verdicts = [verdict, *(self.pending | self.moving).get(told.id, ())]
        # What it waits for was seen when it was last looked at; by now it may even contradict what came since.
        outdated = entry.fate in WAITING and verdict.fates <= {"refused", OUTSIDE}
        fates = {"refused", OUTSIDE} if entry.fate == "refused" else {entry.fate}
        if not outdated and not any(fates & one.fates for one in verdicts):
            raise Broken("fates are the oracle's", report=told.id, verdict=verdict, seen=entry)
        if entry.fate not in WAITING:
            self.teller.waiting.pop(told.id, None)
            self.oracle.desk.leaves(told.id)
            self.oracle.reports[told.id] = (entry.fate, None)
            self._judge_again()
            return
        if not outdated and all(entry.need not in one.needs for one in verdicts):
            raise Broken("a report waits for what it needs", report=told.id, entry=entry, verdict=verdicts)
        self._queue(told, entry, verdicts)
        self.teller.waiting[told.id] = entry.need or ""
        self.oracle.reports[told.id] = (entry.fate, None)

    def _queue(self, told: Report, entry: ReportEntry, verdicts: list[Verdict]) -> None:
        """Lay what waits for an office on the desk of those places that it would touch."""
        places = frozenset(entry.places)
        if entry.need != f"approved:{told.id}":
            if places:
                raise Broken("only what waits for an office lies on a desk", report=told.id, entry=entry)
            self.oracle.desk.waits[told.id] = (entry.need or "", frozenset(sender_of(told).areas))
            return
        if all(places != one.places for one in verdicts):
            raise Broken("a report lies on the desk of the places that it touches", report=told.id, entry=entry)
        self.oracle.desk.leaves(told.id)
        self.oracle.desk.queue[told.id] = places

    def _pending(self, report: Report, answer: Answer) -> None:
        """Hold the last word on a line that was decided behind the others."""
        fate, _ = self.oracle.reports.get(report.id, (None, None))
        if fate is None:
            verdicts = self.pending[report.id]
            told = told_by(answer)
            if not any(told in verdict.fates for verdict in verdicts) or told in WAITING:
                raise Broken("fates are the oracle's", report=report.id, verdict=verdicts, seen=answer)
            if told == OUTSIDE:
                self.teller.told.pop(report.id, None)
                self.oracle.came.pop(report.id, None)
            else:
                self.oracle.reports[report.id] = (told or "", None)
        elif answer.fate != fate and not (answer.duplicate and answer.fate in WAITING):
            raise Broken("the answer is the fate", report=report.id, answer=answer, fate=fate)


def told_by(answer: Answer) -> str | None:
    """Say which fate an answer tells of; who has no business there is told of none."""
    outside = answer.fate is None and answer.problem is not None and answer.problem.code == "purpose-not-permitted"
    return OUTSIDE if outside else answer.fate
