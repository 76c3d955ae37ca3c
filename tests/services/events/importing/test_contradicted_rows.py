"""Does a row that the record contradicts name the cell that tells it?"""

import pytest

from services.events.deciding.reasons import REASONS
from services.events.importing.contradicted import COLUMNS_OF
from tests.services.events.importing.conftest import Importer
from tests.services.events.importing.listing import AT, BOOK, book
from tests.services.events.telling import Teller

DEATHS = "Hộ số,Họ và tên,Ngày chết\n"
MARRIAGES = "Hộ số,Họ và tên,Họ và tên vợ/chồng,Ngày sinh của vợ/chồng,Ngày kết hôn\n"
BIRTHS = "Hộ số,Họ và tên,Giới tính,Ngày sinh,Họ tên mẹ\n"


@pytest.mark.parametrize(
    ("which", "rows", "wrong"),
    [
        ("deaths", DEATHS + "12,Đỗ Thị Bưởi,01/12/2024\n", (2, "C2", "Ngày chết", "before-person-known")),
        ("deaths", DEATHS + "13,Trần Thị Chín,06/04/2025\n", (2, "B2", "Họ và tên", "already-dead")),
        (
            "marriages",
            MARRIAGES + "12,Đỗ Thị Bưởi,Phạm Văn Bình,17/04/1988,06/04/2025\n",
            (2, "C2", "Họ và tên vợ/chồng", "already-married"),
        ),
        ("births", BIRTHS + "12,Phạm Gia Hân,nữ,06/04/2025,Phạm Văn Bình\n", (2, "E2", "Họ tên mẹ", "mother-male")),
    ],
)
async def test_what_the_record_contradicts_stands_in_the_cell_that_tells_it(
    teller: Teller, importing: Importer, which: str, rows: str, wrong: tuple[int, str, str, str]
) -> None:
    await book(teller, importing)
    assert (await importing(DEATHS + "13,Trần Thị Chín,05/04/2025\n", *AT, "--list", "deaths")).code == 0
    for dry in ((), ("--dry-run",)):
        came = await importing(rows, *AT, "--list", which, *dry)
        assert came.wrong() == [wrong], came


async def test_a_household_of_a_day_that_no_column_tells_is_contradicted_in_its_first_row(
    teller: Teller, importing: Importer
) -> None:
    await teller.places()
    came = await importing(BOOK, *AT, "--on", "2018-01-01")
    assert came.wrong() == [(2, "", "", "before-unit-known"), (5, "", "", "before-unit-known")]


def test_every_reason_that_has_a_cell_is_one_of_the_rules() -> None:
    assert COLUMNS_OF.keys() <= REASONS.keys()
