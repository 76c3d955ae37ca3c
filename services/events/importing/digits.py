"""Which numbers does a cell hold by which people are known: of persons, old cards and insurances?"""

import re

from services.events.importing.cells import Cell, said, text
from services.events.importing.faults import Wrong

_DIGITS = re.compile(r"[0-9]+")
# Within the country every number begins with a zero, and those of mobiles have ten digits.
_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{8}")
# How spreadsheets show, and write into a CSV, long numbers in a narrow column.
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)


def _bare(value: Cell) -> str:
    """Give what stands there without blanks, and without the mark by which spreadsheets keep digits as text."""
    # Most numbers are as they should be.
    if type(value) is str and value.isalnum() and value.isascii():
        return value
    return said(value).replace(" ", "").lstrip("'")


def personal_number(value: Cell) -> str | None:
    """Read a personal identification number of 12 digits."""
    return _digits(value, 12, 9)


def old_card(value: Cell) -> str | None:
    """Read the number of an old identity card, 9 digits."""
    return _digits(value, 9, 7)


def insurance_number(value: Cell) -> str | None:
    """Read a social insurance number of 10 digits."""
    return _digits(value, 10, 8)


def _digits(value: Cell, length: int, shortest: int) -> str | None:
    found = _bare(value)
    if not found:
        return None
    if _DIGITS.fullmatch(found):
        if len(found) == length:
            return found
        if shortest <= len(found) < length:
            raise Wrong("number-lost-zeros")
    raise Wrong("number-rounded" if _ROUNDED.fullmatch(found) else "identifier-format")


_CARD, _PERSONAL = re.compile(r"[A-Z]{2}[0-9]{13}|[0-9]{10}"), re.compile(r"[0-9]{12}")
_SHORT = re.compile(r"[0-9]{8,9}|[0-9]{11}")


def health_card(value: Cell) -> str | None:
    """Read a health insurance card: 15 characters, or the 10 digits that new cards print."""
    return _card(_bare(value))


def _card(bare: str) -> str | None:
    if _CARD.fullmatch(bare):
        return bare
    found = bare.replace("-", "").lstrip("'").upper()
    if not found:
        return None
    if _CARD.fullmatch(found):
        return found
    if _ROUNDED.fullmatch(found):
        raise Wrong("number-rounded")
    raise Wrong("number-lost-zeros" if _SHORT.fullmatch(found) else "identifier-format")


def person_key(value: Cell) -> tuple[str, str] | None:
    """Read the column that a book knows people by, whatever number stands there by its shape: (type, value)."""
    found = _bare(value)
    if not found:
        return None
    if _PERSONAL.fullmatch(found):
        return "pid", found
    card = _card(found)
    # Many personal numbers begin with two zeros, without which they look like a card.
    if card is not None and not isinstance(value, str) and card.isdecimal():
        raise Wrong("number-unclear")
    return None if card is None else ("bhyt", card)


def phone(value: Cell) -> str | None:
    """Read a telephone number, in whatever way it is written."""
    found = text(value)
    if found is not None and _WITHOUT_ZERO.fullmatch(re.sub(r"[ .\-]", "", found)):
        raise Wrong("number-lost-zeros")
    if found is not None and _ROUNDED.fullmatch(found):
        raise Wrong("number-rounded")
    return found
