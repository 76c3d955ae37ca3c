"""Is what is wrong of a report found in the cell that told it?"""

from contracts.malformed import MALFORMED
from services.events.importing.drafts import Places
from services.events.importing.verdicts import Fault

CODE = next(iter(MALFORMED))
PLACES = Places(
    {
        "number": ("A", "Hộ số"),
        "relation": ("C", "Quan hệ"),
        "sex": ("D", "Giới tính"),
        "new": ("G", "Thông tin mới"),
    }
)


def test_a_fault_stands_in_the_row_of_its_member_and_the_column_of_its_field() -> None:
    rows = (2, 2, 3)
    assert PLACES.fault(rows, "#/number", CODE) == Fault(2, CODE, "A2", "Hộ số")
    assert PLACES.fault(rows, "#/members/1/sex", CODE) == Fault(3, CODE, "D3", "Giới tính")
    assert PLACES.fault(rows, "#/members/0/sex", "of-somebody-else") == Fault(2, "not-acceptable", "D2", "Giới tính")
    assert PLACES.fault(rows, "#/members/1/mother", CODE) == Fault(3, CODE)


def test_a_change_is_blamed_in_the_column_of_its_value() -> None:
    assert PLACES.fault((5,), "#/new/relation", CODE) == Fault(5, CODE, "G5", "Thông tin mới")
