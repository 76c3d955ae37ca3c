"""How would somebody write the twin's households into an A0 book?"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from contracts.codes import CODE_LISTS

HEADINGS = (
    "Địa bàn",
    "Hộ số",
    "Địa chỉ hộ",
    "TT",
    "Mã đối tượng (số thẻ BHYT)",
    "Số định danh cá nhân",
    "Số CMND",
    "Họ và tên",
    "Quan hệ với chủ hộ",
    "Giới tính",
    "Ngày sinh",
    "Dân tộc",
    "Trình độ học vấn",
    "Tình trạng hôn nhân",
    "Tình trạng cư trú",
    "Nghề nghiệp",
    "Con thứ",
)
LABELS = {known.name: {code: labels[1] for code, labels in known.values.items()} for known in CODE_LISTS}


def rows_of(sheet: dict[str, Any]) -> Iterable[Sequence[str]]:
    """Write a sheet as rows: the household's columns on each, words in Vietnamese, dates day first."""
    for line, member in enumerate(sheet["members"], 1):
        personal = member.get("personal", {})
        numbers = {one["type"]: one["value"] for one in personal.get("identifiers", ())}
        yield (
            sheet["area"],
            sheet["number"],
            sheet.get("personal", {}).get("address", ""),
            str(line),
            numbers.get("bhyt", ""),
            numbers.get("pid", ""),
            numbers.get("cmnd", ""),
            personal.get("name", ""),
            LABELS["relation"].get(member.get("relation", ""), ""),
            LABELS["sex"][member["sex"]].capitalize(),
            "/".join(reversed(member.get("birth", "").split("-"))),
            LABELS["ethnicity"].get(member.get("ethnicity", ""), ""),
            LABELS["education"].get(member.get("education", ""), ""),
            LABELS["marital"].get(member.get("marital", ""), ""),
            LABELS["residence"].get(member.get("residence", ""), ""),
            member.get("occupation", ""),
            str(member.get("birth_order", "")),
        )


def write_csv(path: Path, sheets: Iterable[dict[str, Any]]) -> None:
    """Write a whole book as CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for sheet in sheets:
            writer.writerows(rows_of(sheet))
