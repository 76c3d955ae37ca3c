"""Is a number read however it is written, and one that lost digits never taken for another?"""

import pytest

from services.events.importing import digits
from services.events.importing.cells import Reader
from services.events.importing.faults import Wrong

PERSONAL, CARD, NEW_CARD = "030190123456", "DN4300120860538", "1191012345"


@pytest.mark.parametrize(
    ("read", "cell", "told"),
    [
        (digits.personal_number, PERSONAL, PERSONAL),
        (digits.personal_number, "'030 190 123 456", PERSONAL),
        (digits.personal_number, " - ", None),
        (digits.old_card, "012345678", "012345678"),
        (digits.insurance_number, "0123456789", "0123456789"),
        (digits.health_card, CARD, CARD),
        (digits.health_card, "dn-4-30-0120860538", CARD),
        (digits.health_card, f"'{NEW_CARD}", NEW_CARD),
        (digits.health_card, "-", None),
        (digits.person_key, PERSONAL, ("pid", PERSONAL)),
        (digits.person_key, CARD, ("bhyt", CARD)),
        (digits.person_key, NEW_CARD, ("bhyt", NEW_CARD)),
        (digits.person_key, None, None),
        (digits.phone, "0912 345 678", "0912 345 678"),
        (digits.phone, "02203.861.234", "02203.861.234"),
        (digits.phone, None, None),
    ],
)
def test_a_number_is_read_however_it_is_written(read: Reader, cell: object, told: object) -> None:
    assert read(cell) == told


@pytest.mark.parametrize(
    ("read", "cell", "code"),
    [
        (digits.personal_number, PERSONAL[1:], "number-lost-zeros"),
        (digits.personal_number, int(PERSONAL), "number-lost-zeros"),
        (digits.personal_number, PERSONAL[3:], "number-lost-zeros"),
        (digits.personal_number, PERSONAL[4:], "identifier-format"),
        (digits.personal_number, f"{PERSONAL}1", "identifier-format"),
        (digits.old_card, "1234567", "number-lost-zeros"),
        (digits.old_card, "123456", "identifier-format"),
        (digits.insurance_number, "12345678", "number-lost-zeros"),
        (digits.insurance_number, "1234567", "identifier-format"),
        (digits.health_card, "12345678", "number-lost-zeros"),
        (digits.health_card, "12345678901", "number-lost-zeros"),
        (digits.health_card, "1234567", "identifier-format"),
        (digits.health_card, CARD[:-1], "identifier-format"),
        (digits.person_key, int(NEW_CARD), "number-unclear"),
        (digits.phone, 912345678, "number-lost-zeros"),
        (digits.phone, "912.345-678", "number-lost-zeros"),
    ],
)
def test_a_number_that_lost_digits_is_wrong(read: Reader, cell: object, code: str) -> None:
    with pytest.raises(Wrong, match=f"^{code}$"):
        read(cell)
