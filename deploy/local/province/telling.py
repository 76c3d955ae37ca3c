"""Which reports go in one request, and where must all before be answered first?"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from deploy.local.province.sending import Batch
from socai import batches as cutting
from socai.batches import many


def batches(file: BinaryIO, count: int, most_lines: Callable[[], int] = many) -> Iterator[Batch | None]:
    """Cut the next `count` lines into batches; None says: all before must be answered first.

    People wait for their area, which costs more than telling the units and areas first.
    """
    end, before = file.tell(), ""
    for who, lines in cutting.batches(islice(file, count), routed=True, most_lines=most_lines):
        if before not in {"", who}:
            yield None
        before = who
        end += sum(map(len, lines))
        yield Batch(lines, end)
    yield None
