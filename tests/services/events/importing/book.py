"""A book of ten households that the command imports."""

from tests.services.events.telling import AREA

HEADINGS = "Hộ số,Họ và tên,Giới tính,Ngày sinh\n"
BOOK = HEADINGS + "".join(f"{number},Lê Văn Tám,nam,19{number}\n" for number in range(10, 20))
ON = ("--area", AREA, "--on", "2025-01-01")
