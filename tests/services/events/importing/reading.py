"""What does the importer make of a file: its reports, the cells that are wrong, or why it cannot be read?"""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kit.auth.access import Access
from services.events.importing.checking import Checking
from services.events.importing.choices import Choices
from services.events.importing.drafting import Drafting
from services.events.importing.drafts import Unfit
from services.events.importing.faults import FileFault
from services.events.importing.prepared import Prepared
from tests.services.events.telling import ANYBODY, AREA

HEADINGS = ("Hộ số", "Họ và tên", "Giới tính", "Ngày sinh")
ROW = ("12", "Đỗ Thị Bưởi", "nữ", "1959")
CSV = ",".join(HEADINGS) + "\n" + ",".join(ROW) + "\n"


def read(path: Path, access: Access = ANYBODY) -> tuple[Checking, list[Prepared | Unfit]]:
    choices = Choices(access, "2026-01-01", area=AREA, on="2025-01-01", key=b"k")
    checking = Checking(Drafting(path, choices))
    return checking, list(checking.read())


def codes(path: Path) -> list[tuple[str, str]]:
    _, found = read(path)
    return [(fault.cell, fault.code) for one in found if isinstance(one, Unfit) for fault in one.faults]


def fault(path: Path) -> tuple[str, str]:
    with pytest.raises(FileFault) as raised:
        read(path)
    assert " / " in str(raised.value)
    return raised.value.code, raised.value.where


def workbook(path: Path, *rows: tuple[Any, ...], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for box in merged:
        sheet.merge_cells(box)
    book.save(path)
    return path
