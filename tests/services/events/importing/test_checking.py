"""Is what only the check of a report finds wrong told by its cell, and what belongs to that report held back?"""

from pathlib import Path

from services.events.importing.checking import Checking
from services.events.importing.choices import Choices
from services.events.importing.drafting import Drafting
from services.events.importing.drafts import Places, Unfit
from services.events.importing.prepared import Prepared
from services.events.importing.verdicts import Fault
from tests.services.events.telling import ANYBODY, AREA

HEADINGS = "Hộ số,Phiếu số,Họ và tên,Giới tính,Ngày sinh,Con thứ\n"
CHOICES = Choices(ANYBODY, "2026-01-01", area=AREA, on="2025-01-01", key=b"k")


def read(path: Path, body: str) -> tuple[Checking, list[Prepared | Unfit]]:
    path.write_text(HEADINGS + body)
    checking = Checking(Drafting(path, CHOICES, form="a0"))
    return checking, list(checking.read())


def test_the_cell_is_that_of_the_member_who_is_wrong(tmp_path: Path) -> None:
    checking, found = read(
        tmp_path / "book.csv",
        "12,,Đỗ Thị Bưởi,nữ,1959,\n12,2,Lê Văn Tám,nam,1970,99\n13,,Lê Văn Năm,nam,1980,1\n13,2,Đỗ Thị Na,nữ,1990,\n",
    )
    wrong, household, sheet = found
    assert wrong == Unfit("", (2, 3), (Fault(3, "not-acceptable", "F3", "Con thứ"),))
    assert isinstance(household, Prepared)
    assert (household.rows, household.follows) == ((4, 5), False)
    # The second sheet of the household that is wrong is not opened; the other's is.
    assert isinstance(sheet, Prepared)
    assert (sheet.rows, sheet.follows) == ((5,), True)
    assert checking.totals.by_area() == {AREA: {"households": 1, "persons": 2, "male": 1, "female": 1}}
    assert checking.left_out == 1


def test_a_place_without_a_column_is_told_by_its_code() -> None:
    places = Places({"number": ("A", "Hộ số"), "new": ("", "Mới")})
    assert places.fault((7, 7, 8), "#/data/members/1/occupation", "too-long") == Fault(8, "too-long")
    assert places.fault((7, 7, 8), "#/data/number", "too-long") == Fault(7, "not-acceptable", "A7", "Hộ số")
    assert places.fault((7,), "#/data/members/0/new/value", "missing") == Fault(7, "not-acceptable", "", "Mới")
