"""Do the totals of P0 lists count the people that rows tell of, each once and with her sex?"""

from pathlib import Path

import pytest

from tests.services.events.importing.conftest import Importer
from tests.services.events.importing.listing import AT, DEATH, book, workbook
from tests.services.events.telling import AREA, Teller

CHANGES = (
    "Hộ số,Họ và tên,Ngày thay đổi,Nội dung thay đổi,Thông tin mới\n"
    "12,Đỗ Thị Bưởi,20/03/2025,Điện thoại,0912345678\n"
    "13,Trần Thị Chín,20/03/2025,Trình độ học vấn,Đại học\n"
)
COUPLES = "Hộ số,Họ và tên,Ngày khám,Họ và tên bạn đời,Ngày sinh của bạn đời\n"


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        # Both of a couple are told of in one row, with their sexes on the books; one of them may be on no books.
        (
            "premarital_checks",
            COUPLES + "12,Đỗ Thị Bưởi,20/03/2025,Lê Văn Tám,1995\nTổng số người,2,Nam,1,Nữ,1\n",
        ),
        ("premarital_checks", COUPLES + "12,Đỗ Thị Bưởi,20/03/2025,Ai Đó Khác,1970\nTổng số người,2,Nữ,1\n"),
        ("premarital_checks", COUPLES + "12,Đỗ Thị Bưởi,20/03/2025,,\nTổng số người,1\n"),
        # Who is told of twice is one person, and her household one household.
        (
            "changes",
            CHANGES + "12,Đỗ Thị Bưởi,20/03/2025,Nghề nghiệp,Thợ may\nTổng số hộ,2\nTổng số người,2\n",
        ),
        # A mother is no child.
        (
            "births",
            "Hộ số,Họ tên trẻ,Nam,Nữ,Họ tên mẹ\n12,Phạm Gia Hân,,14/03/2025,Nguyễn Thị Hoa\nTổng số người,1,Nữ,1,\n",
        ),
    ],
)
async def test_a_list_counts_the_people_that_its_rows_tell_of(
    teller: Teller, importing: Importer, which: str, rows: str
) -> None:
    await book(teller, importing)
    came = await importing(rows, *AT, "--list", which, "--dry-run")
    assert (came.code, came.wrong()) == (0, []), came
    assert "!" not in came.out
    wrong = await importing(rows.replace("Tổng số người,", "Tổng số người,4"), *AT, "--list", which, "--dry-run")
    assert wrong.out.splitlines()[1].startswith("! ")


async def test_who_stands_in_several_lists_is_counted_once(teller: Teller, importing: Importer, tmp_path: Path) -> None:
    await book(teller, importing)
    path = workbook(
        tmp_path / "p0.xlsx",
        ("Kết hôn", [["Hộ số", "Họ và tên", "Ngày kết hôn"], ["12", "Đỗ Thị Bưởi", "20/03/2025"]]),
        ("Chết", [DEATH, ["12", "Đỗ Thị Bưởi", "", "21/03/2025"], ["12", "Phạm Văn Bình", "", "21/03/2025"]]),
    )
    came = await importing(path, *AT, "--dry-run")
    assert came.out.splitlines()[0] == f"{AREA}: households 1, persons 2, male 1, female 1"


async def test_a_newborn_is_a_girl_in_the_next_list_too(teller: Teller, importing: Importer, tmp_path: Path) -> None:
    await book(teller, importing)
    born = ["12", "Phạm Gia Hân", "nữ", "14/03/2025"]
    path = workbook(
        tmp_path / "p0.xlsx",
        ("Trẻ sinh ra", [["Hộ số", "Họ tên trẻ", "Giới tính", "Ngày sinh"], born]),
        ("Chết", [DEATH, ["12", "Phạm Gia Hân", "14/03/2025", "15/03/2025"], ["Tổng số người", "1", "Nữ", "1"]]),
    )
    came = await importing(path, *AT, "--dry-run")
    assert came.out.splitlines()[0] == f"{AREA}: households 1, persons 1, male 0, female 1"
    assert "!" not in came.out
