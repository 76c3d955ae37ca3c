"""Where do true reports wait until they are read? In a file, since those of a province do not fit into memory."""

from array import array
from os import SEEK_END
from typing import BinaryIO


class Causes:
    """Lines by their places: 0 for the first that was kept, and so on."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begins = array("q", [0])
        self._at_end = True

    def __len__(self) -> int:
        return len(self._begins) - 1

    def keep(self, line: bytes) -> int:
        """Keep a line behind the last one; gives its place."""
        if not self._at_end:
            self._file.seek(0, SEEK_END)
            self._at_end = True
        self._file.write(line)
        self._begins.append(self._begins[-1] + len(line))
        return len(self) - 1

    def line(self, place: int) -> bytes:
        """Give the line of a place."""
        begin = self._begins[place]
        self._at_end = False
        self._file.seek(begin)
        return self._file.read(self._begins[place + 1] - begin)
