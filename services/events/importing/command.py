"""How does whoever operates the system import a file: check all of it, then send it, and go on where it stopped?"""

import argparse
import asyncio
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg

from contracts.calendar import today
from contracts.ids import AREA, EVERYWHERE, UNIT
from contracts.kinds.device import SENDER
from contracts.kinds.office import MONTH
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.cli import DATABASE_AWAY, INTERRUPTED
from kit.http.problems import Language, Unavailable
from kit.process import collector, database
from kit.process.apart import BrokenOff
from kit.process.database import Connections
from services.events.importing.cells import whole_date
from services.events.importing.checking import Checking
from services.events.importing.choices import Choices
from services.events.importing.drafting import Drafting, list_named
from services.events.importing.faults import FileFault, Wrong
from services.events.importing.lists import LISTS
from services.events.importing.prepared import Prepared
from services.events.importing.progress import Kept, alone, beside, fingerprint
from services.events.importing.sending import NOT_SENT, Sender, fate_of, rehearser, submitter, verdicts_of
from services.events.importing.spool import Spool
from services.events.importing.telling import said, told_about
from services.events.importing.verdicts import Fault, Verdict, Verdicts
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake, connections_for
from services.events.settings import EventsSettings

PAUSE = 500
TOLD_EVERY = 2.0
FAILED = 1
# How what is asked for is written.
EXAMPLES = {
    "area": "10525-20200101-001",
    "commune": "10525-20250701",
    "month": "2026-10",
    "on": "2025-01-01",
    "sender": "tram-y-te",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `import`."""
    add = parser.add_argument
    add("file", type=Path, help="CSV, XLSX or NDJSON; Vietnamese or English headings")
    add("--kind", choices=("a0", "p0"), default="", help="A0 book or P0 lists; told from the file where it is left out")
    add("--list", dest="which", default="", help="which list of P0 the file holds, such as births or 'Trẻ sinh ra'")
    add("--area", default="", help="id of the area that rows without one belong to; rows of others are wrong")
    add("--commune", default="", help="id of the commune whose areas rows name by number")
    add("--on", default="", help="date of registration for rows of a book that state none")
    add("--month", default="", help="YYYY-MM that all dates of P0 lists must lie in")
    add("--sender", default="", help="in whose name reports are sent: a client, or a name without blanks and marks")
    add("--officer", action="store_true", help="the sender is the office: what is imported waits for no approval")
    add(
        "--dry-run",
        action="store_true",
        help="check everything, and against the ledger where there is one; send nothing",
    )
    add("--partial", action="store_true", help="send what is right although something else is wrong")
    add("--resume", action="store_true", help="go on where an interrupted import stopped")
    add("--verdicts", type=Path, default=None, help="write a verdict for each row to this file (.csv, else NDJSON)")
    add("--language", choices=("vi", "en"), default="vi", help="language of what is shown")


async def run(given: argparse.Namespace) -> int:
    """Import an A0 book or P0 lists: check the whole file, then send it through the intake."""
    settings = EventsSettings.load()
    try:
        choices = chosen(given, settings, time.time())
        return await Import(given, choices, settings).run()
    except FileFault as fault:
        sys.stderr.write(f"{fault}\n")
    except Unavailable as problem:
        sys.stderr.write(f"{problem.title.en}; go on with --resume / {problem.title.vi}; chạy tiếp với --resume\n")
    except BrokenOff as broken:
        told = f"reading the file was broken off ({broken}): start again / việc đọc tệp bị ngắt: hãy chạy lại"
        sys.stderr.write(f"{told}\n")
    except OSError as error:
        # Where a disk is full the system does not say of which file.
        why = ": ".join(str(one) for one in (error.filename, error.strerror or type(error).__name__) if one)
        sys.stderr.write(f"{why}: a file cannot be read or written / không đọc hoặc ghi được tệp\n")
    except (psycopg.Error, database.Unavailable):
        sys.stderr.write(f"{DATABASE_AWAY}\n")
    return FAILED


def chosen(given: argparse.Namespace, settings: EventsSettings, now: float) -> Choices:
    """Check what was asked for; ends the process with one line where it does not fit."""
    if not given.dry_run and not given.sender:
        raise SystemExit("--sender: in whose name are the reports sent? / báo cáo được gửi nhân danh ai?")
    if not given.dry_run and not settings.import_key:
        raise SystemExit(
            "SOCAI_EVENTS_IMPORT_KEY is not set: ids of imported reports are made with it / "
            "chưa đặt SOCAI_EVENTS_IMPORT_KEY, khóa dùng để tạo mã báo cáo nhập vào"
        )
    places = (given.area,) if given.area else (given.commune,) if given.commune else (EVERYWHERE,)
    sender = given.sender or "dry-run"
    scopes = {Scope.EVENTS_REPORT_WRITE} | ({Scope.EVENTS_REPORT_APPROVE} if given.officer else set())
    access = Access(sender, sender, frozenset(scopes), "import", areas=places)
    try:
        on = whole_date(given.on) or "" if given.on else ""
    except Wrong as wrong:
        raise _unfit("on", wrong.code) from None
    for name, shape, code in (
        ("area", AREA, "area-format"),
        ("commune", UNIT, "area-format"),
        ("month", MONTH, "date-format"),
        ("sender", SENDER, "text-format"),
    ):
        if getattr(given, name) and not re.fullmatch(shape, getattr(given, name)):
            raise _unfit(name, code)
    if given.which and list_named(given.which) is None:
        # Each by the name that stands on its worksheet of the template.
        raise FileFault("list-unknown", "--list: " + ", ".join(one.titles[1] for one in LISTS))
    key = settings.import_key.encode()
    return Choices(access, today(now), given.area, given.commune, on, given.month, given.which, key)


def _unfit(option: str, code: str) -> SystemExit:
    return SystemExit(str(FileFault("option-wrong", f"--{option}: {code}; --{option} {EXAMPLES[option]}")))


class Import:
    """One run of the command."""

    def __init__(self, given: argparse.Namespace, choices: Choices, settings: EventsSettings) -> None:
        self._given, self._choices, self._settings = given, choices, settings
        self._language: Language = given.language
        self._stopping = asyncio.Event()
        self._sent: Counter[str] = Counter()
        self._told = time.monotonic()

    async def run(self) -> int:
        """Check, and send unless something is wrong; 0 where everything is as it should be."""
        given, settings = self._given, self._settings
        async with AsyncExitStack() as stack:
            loop = asyncio.get_running_loop()
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(name, self._stopping.set)
                stack.callback(loop.remove_signal_handler, name)
            stack.enter_context(alone(given.file))
            # Where nothing was left behind every row is told of now, also those of which the file tells already.
            going_on = given.resume and beside(given.file).exists()
            checking = Checking(Drafting(given.file, self._choices, settings.reader_dsn, given.kind))
            verdicts = stack.enter_context(Verdicts(given.verdicts, append=going_on))
            laid_down = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it is one
            spool = Spool(laid_down, self._choices.access)
            began = time.monotonic()
            with collector.filling():
                await self._check(checking, spool, verdicts)
            differences = checking.totals.differences()
            wrong = verdicts.wrong + len(differences)
            self._say("checked", reports=spool.count, seconds=time.monotonic() - began)
            if self._stopping.is_set():
                return self._interrupted()
            if given.dry_run:
                await self._rehearse(stack, checking, spool, verdicts)
            elif wrong and not given.partial:
                hold_back(spool, verdicts)
            else:
                await self._send(stack, checking, spool, verdicts)
            sys.stdout.write(told_about(checking, differences, verdicts, self._sent, self._language, given.dry_run))
            if given.dry_run and wrong and not given.partial:
                self._say("held-back")
            if given.dry_run and not given.sender:
                self._say("sender-needed")
            if self._stopping.is_set():
                return self._interrupted()
            return FAILED if verdicts.wrong or differences else 0

    def _interrupted(self) -> int:
        if not self._given.dry_run and beside(self._given.file).exists():
            self._say("interrupted")
        return INTERRUPTED

    def _say(self, name: str, **values: object) -> None:
        sys.stderr.write(said(self._language, name, **values) + "\n")
        sys.stderr.flush()
        self._told = time.monotonic()

    def _may_say(self, name: str, **values: object) -> None:
        if time.monotonic() - self._told > TOLD_EVERY:
            self._say(name, **values)

    async def _check(self, checking: Checking, spool: Spool, verdicts: Verdicts) -> None:
        rows = 0
        for number, one in enumerate(checking.read()):
            rows += len(one.rows)
            if isinstance(one, Prepared):
                spool.add(one)
            else:
                for verdict in unfit(one.table, one.rows, one.faults):
                    verdicts.add(verdict)
            if number % PAUSE == 0:
                await asyncio.sleep(0)
                self._may_say("checking", rows=rows, wrong=verdicts.wrong)
            if self._stopping.is_set():
                return

    async def _rehearse(self, stack: AsyncExitStack, checking: Checking, spool: Spool, verdicts: Verdicts) -> None:
        if not self._settings.reader_dsn:
            for one in spool.read():
                for verdict in verdicts_of(one, Answer(None, "recorded"), checking.places[one.table], rehearsed=True):
                    verdicts.add(verdict)
            return
        readers = Connections(self._settings.reader_dsn, size=1, name="socai-events-import")
        stack.push_async_callback(readers.close)

        def take(batch: list[Prepared], answers: list[Answer]) -> None:
            for one, answer in zip(batch, answers, strict=True):
                for verdict in verdicts_of(one, answer, checking.places[one.table], rehearsed=True):
                    verdicts.add(verdict)
            self._may_say("rehearsed", rows=sum(verdicts.fates.values()))

        await self._all(Sender(rehearser(readers, self._settings.approval), take, rehearsed=True), spool, 0)

    async def _send(self, stack: AsyncExitStack, checking: Checking, spool: Spool, verdicts: Verdicts) -> None:
        given = self._given
        mark = fingerprint(checking.digest, self._choices, checking.form, partial=given.partial)
        kept = Kept(given.file, mark, resume=given.resume)
        writers = connections_for(self._settings.writer_dsn, name="socai-events-import")
        stack.push_async_callback(writers.close)
        told = spool.told(kept.progress.done)
        other = kept.progress.done and kept.progress.told != told.hexdigest()
        if other or not await holds(writers, kept.progress.last):
            self._say("read-otherwise" if other else "lost-since")
            kept.begin_anew()
            told = spool.told(0)
        kept.save()
        done = kept.progress.done
        self._sent.update(kept.progress.fates)
        intake = Intake(writers, approval=self._settings.approval)
        await intake.start()
        stack.push_async_callback(intake.stop)
        began = time.monotonic()

        def take(batch: list[Prepared], answers: list[Answer]) -> None:
            for one, answer in zip(batch, answers, strict=True):
                for verdict in verdicts_of(one, answer, checking.places[one.table]):
                    verdicts.add(verdict)
                told.update(one.line.report.id.encode())
                self._sent[fate_of(answer)] += 1
                if answer.problem is None and answer.fate != NOT_SENT:
                    kept.progress.last = one.line.report.id
            kept.progress.done += len(batch)
            kept.progress.told = told.hexdigest()
            kept.progress.fates = dict(self._sent)
            verdicts.flush()
            kept.save()
            rate = (kept.progress.done - done) / max(0.001, time.monotonic() - began)
            self._may_say("sending", done=kept.progress.done, reports=spool.count, rate=rate)

        await self._all(Sender(submitter(intake, self._stopping), take), spool, done)
        if kept.progress.done >= spool.count:
            kept.forget()
        self._say("sent", done=kept.progress.done, reports=spool.count, seconds=time.monotonic() - began)

    async def _all(self, sender: Sender, spool: Spool, done: int) -> None:
        for one in spool.read(done):
            if self._stopping.is_set():
                break
            await sender.add(one)
        await sender.finish()


async def holds(ledger: Connections, report: str) -> bool:
    """Say whether the ledger knows the fate of a report, of which it is known to have told: a backup that was restored
    may be older than that.
    """
    if not report:
        return True
    async with ledger.acquire() as connection:
        return await connection.fetchval("select 1 from outcome where report = $1", report) is not None


def unfit(table: str, rows: tuple[int, ...], faults: tuple[Fault, ...]) -> Iterator[Verdict]:
    """Say of each row what is wrong with it; those of one household are held back together."""
    wrong: dict[int, list[Fault]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(fault)
    for row in rows:
        own = tuple(wrong.get(row, ()))
        yield Verdict(table, row, "wrong" if own else "held-back", own)


def hold_back(spool: Spool, verdicts: Verdicts) -> None:
    """Say of rows that are right that they were not sent."""
    for one in spool.read():
        if one.follows:
            continue
        for row in one.rows:
            verdicts.add(Verdict(one.table, row, "held-back"))
