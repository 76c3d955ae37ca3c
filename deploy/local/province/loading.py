"""How does a place live through the front door: the stock, then month after month, each until it can be read?"""

import time
from collections import Counter as Fates
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import msgspec

from deploy.local.province.comparing import Line, month_lines, stock_lines
from deploy.local.province.counting import Counted, Counter
from deploy.local.province.progress import PROGRESS, Kept, fingerprint
from deploy.local.province.sending import Answer, Batch, Window
from deploy.local.province.telling import batches
from deploy.local.province.totals import STOCK, Phase, Totals, read_totals
from deploy.local.province.watching import Watch
from kit.process.progress import Progress, Say
from socai.batches import many
from socai.client import Run

AT_ONCE: Final = 3
# What happens to a household must be told in order: who has left it cannot merge it afterwards.
IN_ORDER: Final = 1
READABLE: Final = " readable"


class Pace(Protocol):
    """When the months' reports may be told; the stock comes as fast as it can."""

    def most_lines(self) -> int:
        """Give how many may go in one request by now."""

    def __call__(self, lines: int) -> None:
        """Return when so many more may be told."""


class Refused(RuntimeError):
    """Something was told that contradicts the record: what the twin tells must all be recorded."""


class Load:
    """One place; made again after whatever ended it, `live` goes on where it stopped."""

    def __init__(
        self, run: Run, registry_dsn: str, reports: Path, totals: Path, say: Say, pace: Pace | None = None
    ) -> None:
        self._run, self._say, self._reports, self._pace = run, say, reports, pace
        self._totals: Totals = read_totals(totals)
        self._kept = Kept(reports.with_name(PROGRESS), fingerprint(totals, reports))
        self._fates: Fates[str] = Fates(self._kept.progress.fates)
        self._counter = Counter(run, registry_dsn, self._totals)
        self._watch = Watch(run)
        self._progress = Progress(say)
        self._began = time.monotonic()
        self._began_at = self._kept.progress.line
        self.lines: list[Line] = []

    @property
    def seconds(self) -> dict[str, float]:
        """Give how long each phase took, and under its name with ` readable` until it could be read."""
        return self._kept.progress.seconds

    @property
    def line(self) -> int:
        """Count the reports whose answers stand."""
        return self._kept.progress.line

    @property
    def position(self) -> int:
        """Give the highest position at which one of them stands."""
        return self._kept.progress.position

    @property
    def fates(self) -> dict[str, int]:
        """Count what became of them."""
        return self._kept.progress.fates

    def live(self) -> bool:
        """Tell all that was not told yet; gives whether all control totals are equal."""
        self.register()
        self._phases(self._totals.phases()[1:])
        self.lines = [*self._kept.progress.stock, *self._compared(month_lines)]
        return bool(self.lines) and all(line.equal for line in self.lines)

    def register(self) -> None:
        """Tell the first day, unless that was done."""
        progress = self._kept.progress
        if progress.before is None:
            progress.before = msgspec.to_builtins(self._counter.count(0))
            self._kept.save()
        if not self._watch.recorded(progress.position):
            self._begin_anew()
        self._phases(self._totals.phases()[:1])

    def _begin_anew(self) -> None:
        """Tell all again: what the ledger still holds gets its first answer. The first day stays as it was counted."""
        self._say("the ledger lacks the last that was told, as behind a backup that was put back: all is told again")
        self._fates.clear()
        self._kept.progress = msgspec.structs.replace(self._kept.progress, line=0, end=0, position=0, fates={})
        self._kept.save()

    def close(self) -> None:
        """Close the connections; what was reached is kept."""
        self._counter.close()
        self._watch.close()

    def _phases(self, phases: Sequence[Phase]) -> None:
        try:
            for phase in phases:
                progress = self._kept.progress
                if progress.line < phase.last or phase.name + READABLE not in progress.seconds:
                    self._phase(phase)
        finally:
            self._kept.save()

    def _phase(self, phase: Phase) -> None:
        spent, began = self.seconds.get(phase.name, 0.0), time.monotonic()
        self._began, self._began_at = began, self.line
        try:
            self._send(phase)
        finally:
            self.seconds[phase.name] = spent + time.monotonic() - began
        self._watch.wait(self.position, self._progress.may_say)
        took = spent + time.monotonic() - began
        if phase.name == STOCK and not self._kept.progress.stock:
            self._kept.progress.stock = self._compared(stock_lines)
        self.seconds[phase.name + READABLE] = took
        self._say(f"{phase.name}: {phase.last - phase.first:,} reports, readable everywhere after {took:.1f} s")
        self._kept.save()

    def _send(self, phase: Phase) -> None:
        progress = self._kept.progress
        most = AT_ONCE if phase.name == STOCK else IN_ORDER
        take, unanswered = partial(self._take, phase), partial(self._unanswered, phase)
        with self._reports.open("rb") as file, Window(self._run, most, take, unanswered) as window:
            file.seek(progress.end)
            pace = None if phase.name == STOCK else self._pace
            for batch in batches(file, phase.last - progress.line, pace.most_lines if pace else many):
                if batch is None:
                    window.drain()
                    continue
                if pace is not None:
                    pace(len(batch.lines))
                window.send(batch)

    def _take(self, phase: Phase, batch: Batch, answers: list[Answer]) -> None:
        progress, fates = self._kept.progress, list[str]()
        for line, one in zip(batch.lines, answers, strict=True):
            known = one.known(line)
            if one.problem is not None and not known:
                raise Refused(f"report {one.id}: {msgspec.json.encode(one.problem).decode()[:500]}")
            fates.append("known" if known else one.fate or "")
        self._fates.update(fates)
        # At once: what stops it may come between any two steps, and lines without their bytes are never told.
        self._kept.progress = msgspec.structs.replace(
            progress,
            line=progress.line + len(batch.lines),
            end=batch.end,
            position=max([progress.position, *(one.position or 0 for one in answers)]),
            fates=dict(self._fates),
        )
        self._kept.may_save()
        self._progress.may_say(partial(self._how_far, phase))

    def _unanswered(self, phase: Phase, seconds: float) -> None:
        self._say(f"{phase.name}: no answer for {seconds:.0f} s; what has none is told again until it has")

    def _how_far(self, phase: Phase) -> str:
        progress = self._kept.progress
        rate = (progress.line - self._began_at) / max(0.001, time.monotonic() - self._began)
        left = int((phase.last - progress.line) / max(0.001, rate))
        return (
            f"{phase.name}: {progress.line - phase.first:,} of {phase.last - phase.first:,} reports, {rate:,.0f}/s,"
            f" {left // 60}:{left % 60:02d} left; behind: {self._watch.behind(progress.position)}"
        )

    def _compared(self, lines: Callable[[Totals, Counted, Counted], Iterator[Line]]) -> list[Line]:
        before = msgspec.convert(self._kept.progress.before, type=Counted)
        found = self._counter.count(self._kept.progress.position)
        return list(lines(self._totals, before, found))
