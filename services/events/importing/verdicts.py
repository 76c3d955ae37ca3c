"""What became of each row, and which cell is wrong? Codes, texts and places; never what stands in a cell."""

import csv
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from contracts.notes import NOTES
from kit.http.problems import Language, Problem, find_problem
from services.events.deciding.reasons import REASONS
from services.events.importing.faults import TEXTS

FIELDS = ("table", "row", "cell", "column", "fate", "code", "en", "vi")
MOST_SHOWN = 50
FATES: dict[str, tuple[str, str]] = {
    "ready": ("would be recorded", "sẽ được ghi nhận"),
    "recorded": ("recorded", "đã ghi nhận"),
    "waiting": ("waiting", "đang chờ"),
    "handed_over": ("handed over to the office there", "đã bàn giao cho cán bộ xã ở đó"),
    "returned": ("returned by the office", "bị trả lại"),
    "duplicate": ("recorded before", "đã ghi trước đó"),
    "refused": ("refused", "bị từ chối"),
    "wrong": ("wrong", "sai"),
    "held-back": ("held back", "chưa gửi"),
}


class Fault(msgspec.Struct, frozen=True, gc=False):
    """What is wrong in one row, or to be known of it: `cell` as a spreadsheet names it and the heading above; empty for
    the whole row.
    """

    row: int
    code: str
    cell: str = ""
    column: str = ""


class Verdict(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What became of one row: one of `FATES`."""

    table: str
    row: int
    fate: str
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


def words(code: str) -> tuple[str, str]:
    """Give the texts of a code of ours, of the rules or of a note; a code without any speaks for itself."""
    found: Any = TEXTS.get(code) or REASONS.get(code) or NOTES.get(code)
    if found is None and (problem := find_problem(code)) is not None:
        found = problem.title
    return (code, code) if found is None else (found[0], found[1])


def codes_of(problem: Problem) -> list[str]:
    """Name why a report was not recorded."""
    return [one.code for one in problem.reasons] or [one.code for one in problem.errors] or [problem.code]


def line(verdict: Verdict) -> Iterable[dict[str, Any]]:
    """Write a verdict out: one line for each fault and note, or one that says how it went."""
    place = {"table": harmless(verdict.table), "row": verdict.row, "cell": "", "column": "", "fate": verdict.fate}
    told = (*verdict.faults, *verdict.notes)
    if not told:
        english, vietnamese = FATES.get(verdict.fate, ("", ""))
        yield place | {"code": "", "en": english, "vi": vietnamese}
    for one in told:
        english, vietnamese = words(one.code)
        yield place | {
            "row": one.row,
            "cell": one.cell,
            "column": harmless(one.column),
            "code": one.code,
            "en": english,
            "vi": vietnamese,
        }


class Verdicts(AbstractContextManager["Verdicts"]):
    """Counts verdicts, keeps the first faults to show them, and writes all to a file where one is wanted.

    With `append` what stands in the file stays there, and no line is written to it once more.
    """

    def __init__(self, path: Path | None, *, append: bool) -> None:
        self.fates: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.first: list[dict[str, Any]] = []
        self._file: IO[str] | None = None
        self._rows: Any = None
        self._before = frozenset[int]()
        if path is not None:
            self._open(path, append=append)

    def _open(self, path: Path, *, append: bool) -> None:
        self._before = _whole_lines(path) if append and path.is_file() else frozenset()
        table = path.suffix.lower() == ".csv"
        # A spreadsheet knows by the mark that the text is UTF-8.
        encoding = "utf-8-sig" if table and not self._before else "utf-8"
        self._file = path.open("a" if self._before else "w", encoding=encoding, newline="")
        if table:
            self._rows = csv.DictWriter(self, FIELDS)
            if not self._before:
                self._rows.writeheader()

    def write(self, text: str) -> None:
        """Write one line, unless it stands there already."""
        if self._file is not None and hash(text.encode()) not in self._before:
            self._file.write(text)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    @property
    def wrong(self) -> int:
        """How many rows are not as they should be."""
        return self.fates["wrong"] + self.fates["refused"]

    def add(self, verdict: Verdict) -> None:
        """Take a verdict."""
        self.fates[verdict.fate] += 1
        if self._file is None and not verdict.faults and not verdict.notes:
            return
        self.codes.update(one.code for one in (*verdict.faults, *verdict.notes))
        seen = bool(verdict.faults or verdict.notes) and len(self.first) < MOST_SHOWN
        if self._file is None and not seen:
            return
        lines = list(line(verdict))
        if seen:
            self.first += lines
        if self._rows is not None:
            self._rows.writerows(lines)
        else:
            for one in lines:
                self.write(msgspec.json.encode(one).decode() + "\n")

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._file is not None:
            self._file.flush()


def _whole_lines(path: Path) -> frozenset[int]:
    """Know every line of a file again, and cut off what was not written to its end."""
    known, end = set[int](), 0
    with path.open("r+b") as file:
        for told in file:
            if told.endswith(b"\n"):
                known.add(hash(told))
                end += len(told)
        file.truncate(end)
    return frozenset(known)


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking words of a file for a formula, and a terminal from taking them for an order."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return f"'{kept}" if kept[:1] in set("=+-@") else kept


def shown(one: dict[str, Any], language: Language) -> str:
    """Write one line for a person."""
    row = f"{'dòng' if language == 'vi' else 'row'} {one['row']}"
    place = " ".join(part for part in (one["table"], row, one["cell"], one["column"]) if part)
    return f"  {place}: {one['code']}: {one['vi' if language == 'vi' else 'en']}"
