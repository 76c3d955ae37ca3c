"""Whatever stands in a file: does every row get a verdict, without a crash and without a word of what stands there?"""

import string
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.process.apart import apart
from services.events.importing.book_columns import COLUMNS
from services.events.importing.checking import Checking
from services.events.importing.choices import Choices
from services.events.importing.drafting import Drafting
from services.events.importing.drafts import Found, Unfit
from services.events.importing.faults import FileFault
from services.events.importing.prepared import Prepared
from services.events.importing.verdicts import Verdict, line
from services.events.report.parse import parse
from tests.services.events.telling import ANYBODY, AREA

LIKELY = st.sampled_from([
    "", "12", "12.1", "12.2", "013", "chủ hộ", "vợ", "con", "nam", "nữ", "x", "14/03/1961", "1961", "32/13/1961",
    "00/05/1950",
    "Kinh", "THPT", "có vợ", "Đỗ Thị Bưởi", "030161000001", "DN4300120860538", "Tổng số hộ", "Nam", "Cộng", "3", "=A1",
    "#REF!", AREA, "1", "0", "-", "31/12/2024", "2025-01-02",
])  # fmt: skip
ANY = st.one_of(
    LIKELY, st.text(max_size=12), st.integers(-5, 10**13), st.floats(allow_nan=False), st.none(), st.booleans()
)
ROWS = st.lists(st.lists(ANY, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=6)
PLAIN = frozenset(string.digits + string.punctuation + string.whitespace)


def read(path: Path) -> list[Prepared | Unfit]:
    choices = Choices(ANYBODY, "2026-01-01", area=AREA, on="2025-01-01", key=b"k")
    try:
        drafting = Drafting(path, choices, "", "a0")
        assert list(apart(drafting.read, Found)) == list(drafting.read())
        return list(Checking(drafting).read())
    except FileFault as fault:
        if fault.code != "empty":
            raise
        return []


def judged(found: list[Prepared | Unfit]) -> list[int]:
    """Rows in the order of the file; a report that is ready is one that the intake takes."""
    for one in found:
        if isinstance(one, Prepared):
            assert parse(msgspec.json.encode(one.line.report), ANYBODY) == one.line
        else:
            assert all(fault.row in one.rows for fault in one.faults)
            assert one.faults
    return [row for one in found if isinstance(one, Unfit) or not one.follows for row in one.rows]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_any_rows_of_ndjson_are_judged_once_and_in_order(rows: list[list[Any]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book"
        names = [column.name for column in COLUMNS]
        lines = [msgspec.json.encode(dict(zip(names, row, strict=True))) for row in rows]
        path.write_bytes(b"\n".join(lines))
        told = judged(read(path))
        assert told == sorted(set(told))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=4, max_size=20).filter(lambda text: not set(text) <= PLAIN))
def test_a_verdict_never_holds_what_stands_in_a_cell(secret: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book"
        marked = f"Zq{secret}"
        path.write_bytes(msgspec.json.encode({column.name: marked for column in COLUMNS if column.name != "line"}))
        for one in read(path):
            faults = one.faults if isinstance(one, Unfit) else ()
            for told in line(Verdict(one.table, one.rows[0], "wrong", faults)):
                assert marked.strip() not in str(told)
