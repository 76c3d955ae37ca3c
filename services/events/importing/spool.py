"""Where does what is ready stand until the whole file is checked?

The first reports stay in memory as they were checked; the rest of a large file is laid down in a file without a name,
which vanishes with the process, and checked again when its turn comes.
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import IO

import msgspec

from contracts.event import Report
from kit.auth.access import Access
from services.events.importing.prepared import Prepared, checked
from services.events.importing.verdicts import Fault

# A household of four takes 16 kB of memory as it was checked, and 3 kB of disk as it will be sent.
MOST_IN_MEMORY = 15_000
_LENGTH = 4


class _LaidDown(msgspec.Struct, frozen=True, gc=False):
    report: Report
    table: str
    rows: tuple[int, ...]
    warnings: tuple[Fault, ...]
    follows: bool


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_LaidDown).decode


class Spool:
    """Reports in the order of the file, each given back once; `file` takes those for which memory has no room."""

    def __init__(self, file: IO[bytes], access: Access, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._file, self._access, self._most = file, access, most_in_memory
        self._first: deque[Prepared] = deque()
        self.count = 0

    def add(self, one: Prepared) -> None:
        """Take one more."""
        if self.count < self._most:
            self._first.append(one)
        else:
            body = _encode(_LaidDown(one.line.report, one.table, one.rows, one.warnings, one.follows))
            self._file.write(len(body).to_bytes(_LENGTH, "big") + body)
        self.count += 1

    def told(self, count: int) -> "hashlib._Hash":
        """Digest the ids of the first reports, none of which may have been given back yet; more may be added to it."""
        found = hashlib.sha256()
        for report in islice(self._ids(), count):
            found.update(report.encode())
        return found

    def _ids(self) -> Iterator[str]:
        yield from (one.line.report.id for one in self._first)
        yield from (told.report.id for told in self._laid_down())

    def _laid_down(self) -> Iterator[_LaidDown]:
        self._file.seek(0)
        while head := self._file.read(_LENGTH):
            yield _decode(self._file.read(int.from_bytes(head, "big")))

    def read(self, done: int = 0) -> Iterator[Prepared]:
        """Give back all behind the first `done`, which are not checked again."""
        while self._first:
            one = self._first.popleft()
            done -= 1
            if done < 0:
                yield one
        for told in self._laid_down():
            done -= 1
            if done >= 0:
                continue
            line = checked(told.report, self._access)
            yield Prepared(line, told.table, told.rows, told.warnings, told.follows)
