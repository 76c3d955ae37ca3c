"""How are more people compared than fit into memory? Whatever is about one of them stands in one part of files."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import BinaryIO
from zlib import crc32

import msgspec

from twin.errors import truth
from twin.errors.truth import Person
from twin.scoring.beliefs import Believed

PARTS = 32
_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Believed).decode


class Parts:
    """True people and those believed, dealt out by who they truly are; the files go when the stack is closed."""

    def __init__(self, files: ExitStack) -> None:
        self._true, self._believed = _opened(files), _opened(files)

    def true(self, person: Person) -> None:
        """Put a true person into her part."""
        truth.write(_part(self._true, person.person), person)

    def believed(self, who: str, record: Believed) -> None:
        """Put a record into the part of whoever it truly is of."""
        _part(self._believed, who).write(_encode(record) + b"\n")

    def __iter__(self) -> Iterator[tuple[dict[str, Person], list[Believed]]]:
        """Give the people of one part after the other."""
        for true, believed in zip(self._true, self._believed, strict=True):
            true.seek(0)
            believed.seek(0)
            people = {one.person: one for one in truth.read(true) if isinstance(one, Person)}
            yield people, [_decode(line) for line in believed]


def _opened(files: ExitStack) -> list[BinaryIO]:
    return [files.enter_context(TemporaryFile()) for _ in range(PARTS)]


def _part(files: list[BinaryIO], who: str) -> BinaryIO:
    return files[crc32(who.encode()) % PARTS]
