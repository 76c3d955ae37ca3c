"""Are reports cut into requests that the door takes, in the order of the file?"""

import json
from io import BytesIO
from itertools import pairwise

from deploy.local.province.telling import batches
from socai.batches import MOST_BYTES, MOST_LINES


def line(kind: str, n: int, size: int = 0) -> bytes:
    return json.dumps({"type": f"vn.socai.{kind}.v1", "n": n, "pad": "x" * size}).encode() + b"\n"


def test_units_are_answered_before_those_who_live_in_them_and_nothing_is_left_out() -> None:
    lines = [line("area.established", n) for n in range(3)] + [line("household.registered", n) for n in range(2_500)]
    found = list(batches(BytesIO(b"".join(lines)), len(lines)))
    sizes = [None if batch is None else len(batch.lines) for batch in found]
    assert sizes == [3, None, MOST_LINES, MOST_LINES, 500, None]
    assert [told for batch in found if batch for told in batch.lines] == lines


def test_every_batch_says_where_the_next_one_begins() -> None:
    lines = [line("household.registered", n) for n in range(2_500)]
    file = BytesIO(b"".join(lines))
    first = next(batch for batch in batches(file, 2_500) if batch)
    file.seek(first.end)
    assert [told for batch in batches(file, 1_500) if batch for told in batch.lines] == lines[MOST_LINES:]


def test_only_the_lines_that_were_asked_for_are_told() -> None:
    lines = [line("household.registered", n) for n in range(10)]
    assert [len(batch.lines) for batch in batches(BytesIO(b"".join(lines)), 4) if batch] == [4]


def test_no_request_is_larger_than_the_door_allows() -> None:
    lines = [line("household.registered", n, size=400_000) for n in range(60)]
    found = [batch for batch in batches(BytesIO(b"".join(lines)), 60) if batch]
    assert max(sum(map(len, batch.lines)) for batch in found) <= MOST_BYTES
    assert all(one.end < other.end for one, other in pairwise(found))
