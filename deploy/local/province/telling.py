"""Which reports go in one request, and where must all before be answered first?"""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final

from deploy.local.province.sending import Batch
from socai.batches import speaker

MOST_LINES: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024


def batches(file: BinaryIO, count: int, most_lines: int = MOST_LINES) -> Iterator[Batch | None]:
    """Cut the next `count` lines into batches; None says: all before must be answered first.

    People wait for their area, which costs more than telling the units and areas first.
    """
    lines: list[bytes] = []
    size, who = 0, ""
    end = file.tell()
    for line in islice(file, count):
        speaks = speaker(line)
        if lines and (speaks != who or len(lines) == most_lines or size + len(line) > MOST_BYTES):
            yield Batch(lines, end)
            if speaks != who:
                yield None
            lines, size = [], 0
        who = speaks
        lines.append(line)
        size += len(line)
        end += len(line)
    if lines:
        yield Batch(lines, end)
    yield None
