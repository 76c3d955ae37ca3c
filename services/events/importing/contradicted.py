"""In which cell does a row tell what contradicts the record? The first column that is there, by the reason's code."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

_DAY, _WHO, _HOME = ("on",), ("name",), ("household_number", "name")
_MOTHER, _COUPLE = ("mother_name", "name"), ("spouse_name", "partner_name", "name")
_COLUMNS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    _DAY: (
        "before-birth",
        "before-household-known",
        "before-person-known",
        "before-unit-known",
        "in-the-future",
        "month-closed",
        "told-that-day",
    ),
    ("birth", "on"): ("born-after-event",),
    _WHO: (
        "already-dead",
        "already-known",
        "departure-missing",
        "merged-into-another",
        "not-a-member",
        "not-a-person",
        "not-in-transit",
        "not-married",
        "not-resident",
        "not-separated",
        "recorded-as-male",
        "told-differently",
    ),
    ("relation", "name"): ("relation-is-head",),
    _HOME: ("already-there", "household-ended", "not-a-household"),
    _MOTHER: ("mother-dead", "mother-male", "own-mother"),
    _COUPLE: ("already-married", "own-spouse", "spouse-on-record"),
    ("area", "household_number"): ("unit-ended",),
}
COLUMNS_OF: Final = dict(chain.from_iterable(((code, told) for code in codes) for told, codes in _COLUMNS.items()))
"""The columns that may tell it, the likeliest first; what is not here concerns the row as a whole."""
