"""A small book, and the lists of a month about its people."""

from pathlib import Path

import openpyxl

from tests.services.events.importing.conftest import Importer
from tests.services.events.telling import AREA, Teller

BOOK = """Hộ số,Họ và tên,Quan hệ,Giới tính,Ngày sinh,Tình trạng hôn nhân,Số thẻ BHYT
12,Phạm Văn Bình,chủ hộ,nam,17/04/1988,có vợ,DN4300120860538
12,Nguyễn Thị Hoa,vợ,nữ,03/09/1991,có chồng,
12,Đỗ Thị Bưởi,mẹ,nữ,1959,góa,
13,Lê Văn Tám,chủ hộ,nam,1970,có vợ,
13,Lê Văn Tám,con,nam,1995,,
13,Trần Thị Chín,vợ,nữ,1972,có chồng,
"""
AT = ("--area", AREA)


def workbook(path: Path, *sheets: tuple[str, list[list[str]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append([text or None for text in row])
    made.save(path)
    return path


async def book(teller: Teller, importing: Importer) -> None:
    await teller.places()
    came = await importing(BOOK, *AT, "--on", "2025-01-01")
    assert came.code == 0, came


ARRIVED = (
    "Hộ số,Họ và tên,Giới tính,Ngày sinh,Số thẻ BHYT,Ngày chuyển đến\n"
    "12,Phạm Thị Một,nữ,01/02/2010,DN4300120860539,05/04/2025\n"
    "12,Phạm Thị Hai,nữ,01/02/2010,,05/04/2025\n"
)
DEATH = ["Hộ số", "Họ và tên", "Ngày sinh", "Ngày chết"]
