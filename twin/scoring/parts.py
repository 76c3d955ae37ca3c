"""How are more people compared than fit into memory? Whatever is about one of them stands in one part of files."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import BinaryIO
from zlib import crc32

import msgspec

from twin.errors import truth
from twin.errors.truth import Household, Person
from twin.scoring.beliefs import Beliefs, Believed, Home, read
from twin.scoring.truths import Truths, collect

PARTS = 32
_encode = msgspec.json.Encoder().encode


class Parts:
    """True people and those believed, dealt out by who they truly are, and households by their ids.

    The files go when the stack is closed.
    """

    def __init__(self, files: ExitStack) -> None:
        self._true, self._believed = _opened(files), _opened(files)

    def true(self, record: Person | Household) -> None:
        """Put what is true of somebody or of a household into its part."""
        truth.write(_part(self._true, record.person if isinstance(record, Person) else record.household), record)

    def believed(self, whose: str, record: Believed | Home) -> None:
        """Put a record into the part of whoever or whatever it truly is of."""
        _part(self._believed, whose).write(_encode(record) + b"\n")

    def __iter__(self) -> Iterator[tuple[Truths, Beliefs]]:
        """Give the people and households of one part after the other."""
        for true, believed in zip(self._true, self._believed, strict=True):
            true.seek(0)
            believed.seek(0)
            yield collect(truth.read(true)), read(believed)


def _opened(files: ExitStack) -> list[BinaryIO]:
    return [files.enter_context(TemporaryFile()) for _ in range(PARTS)]


def _part(files: list[BinaryIO], whose: str) -> BinaryIO:
    return files[crc32(whose.encode()) % PARTS]
