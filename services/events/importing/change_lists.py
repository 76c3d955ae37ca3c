"""Which lists of the P0 form tell how basic data change (list 6), each with the value before and the one after?"""

from typing import Any

from contracts.kinds.basic import PersonChanged
from contracts.kinds.identity import PersonIdentifierIssued
from services.events.importing import cells, digits
from services.events.importing import headings as head
from services.events.importing.columns import Column
from services.events.importing.faults import Misfit, Wrong
from services.events.importing.list_shapes import FOUND, KNOWN, MonthlyList, column, on_day
from services.events.importing.words import plain

CHANGEABLE = (
    head.SEX,
    head.BIRTH,
    head.MARITAL,
    head.RELATION,
    head.ETHNICITY,
    head.EDUCATION,
    head.RESIDENCE,
    head.OCCUPATION,
    head.DISABILITY,
    head.DEGREE,
    head.NAME,
    head.PHONE,
)
_BY_WORD: dict[str, Column] = {heading: one for one in CHANGEABLE for heading in one.headings}
NEW_NUMBERS = (
    column("new_pid", "New personal number", "Số định danh mới", digits.personal_number, "CCCD mới", "Số CCCD mới"),
    column("new_bhyt", "New health insurance card", "Số thẻ BHYT mới", digits.health_card, "BHYT mới"),
    column("new_bhxh", "New social insurance number", "Số BHXH mới", digits.insurance_number, "BHXH mới"),
)


def changed(values: dict[str, Any]) -> dict[str, Any]:
    """Read which fact changes, and its values in the words of that fact."""
    what = _BY_WORD.get(plain(values.get("what") or ""))
    if what is None:
        raise Misfit("what", "code-unknown" if "what" in values else "required")
    told = {side: _read(what, side, values[side]) for side in ("old", "new") if side in values}
    if told.get("new") is None:
        raise Misfit("new", "required")
    told = {side: value for side, value in told.items() if value is not None}
    if what is head.NAME:
        names = {"old": "old_name", "new": "name"}
        return {"personal": {names[side]: value for side, value in told.items()}}
    if what is head.PHONE:
        return {"personal": {"contacts": [{"type": "phone", "value": told["new"]}]}}
    return {side: {what.name: value} for side, value in told.items()}


def _read(what: Column, side: str, value: Any) -> Any:
    try:
        return what.read(value)
    except Wrong as wrong:
        raise Misfit(side, wrong.code) from None


def issued(values: dict[str, Any]) -> dict[str, Any]:
    """Read the numbers that somebody gets."""
    numbers = [
        {"type": one.name.removeprefix("new_"), "value": values[one.name]} for one in NEW_NUMBERS if one.name in values
    ]
    if not numbers:
        raise Misfit("new_pid", "required")
    return {"personal": {"identifiers": numbers}}


CHANGE_LISTS = (
    MonthlyList(
        "changes",
        ("Changes of basic data", "Thay đổi thông tin cơ bản"),
        PersonChanged,
        KNOWN,
        (
            *FOUND,
            on_day("Date of change", "Ngày thay đổi", "Changed on"),
            Column(
                "what",
                ("What changes", "Nội dung thay đổi"),
                cells.text,
                ("Thông tin thay đổi", "Loại thông tin"),
                offers=tuple(one.titles for one in CHANGEABLE),
            ),
            column("old", "Old value", "Thông tin cũ", cells.anything, "Giá trị cũ", "Cũ", "Nội dung cũ"),
            column("new", "New value", "Thông tin mới", cells.anything, "Giá trị mới", "Mới", "Nội dung mới"),
        ),
        {"on": "on"},
        also=("Thay đổi thông tin", "Thay đổi"),
        shape=changed,
    ),
    MonthlyList(
        "identifiers",
        ("Numbers and cards issued", "Cấp số định danh, thẻ"),
        PersonIdentifierIssued,
        KNOWN,
        (*FOUND, on_day("Date of issue", "Ngày cấp", "Issued on"), *NEW_NUMBERS),
        {"on": "on"},
        also=("Cấp thẻ BHYT", "Cấp số định danh"),
        shape=issued,
    ),
)
