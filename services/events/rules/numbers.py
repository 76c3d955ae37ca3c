"""Does a 12-digit personal number agree with the sex and the birth date on record? Doubts are notes, never refusals.

It is AAA B CC DDDDDD: the province (or country) where the birth was registered, which stays for life whatever becomes
of the province; century and sex (0 male and 1 female of the 1900s, 2 and 3 of the 2000s, and so on); the last two
digits of the birth year; and six digits without meaning. There is no check digit.
"""

from contracts.person import PersonState
from services.events.state.absorb import identifiers

# The 63 provinces before 1 July 2025, read in secondary copies of the list; those of foreign countries could not be.
PROVINCES = frozenset(f"{code:03d}" for code in (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45,
    46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91,
    92, 93, 94, 95, 96,
))  # fmt: skip
SEXES = ("male", "female")
# What the digit behind the province says: sex, and the first two digits of the birth year.
SEX_AND_CENTURY = {str(digit): (SEXES[digit % 2], str(19 + digit // 2)) for digit in range(10)}


def doubts(person: PersonState) -> tuple[str, ...]:
    """Note where the personal number of somebody does not fit what else is on record of her."""
    notes: list[str] = []
    for one in identifiers(person.personal):
        if one.startswith("pid:"):
            notes += against(one[4:], person.sex, person.birth)
    return tuple(dict.fromkeys(notes)) if notes else ()


def against(number: str, sex: str, birth: str | None) -> list[str]:
    """Note what speaks against somebody's having a personal number."""
    notes = [] if number[:3] in PROVINCES else ["number-of-no-province"]
    numbered, century = SEX_AND_CENTURY[number[3]]
    if sex != numbered and sex in SEXES:
        notes.append("number-against-sex")
    if birth is not None and birth[:4] != century + number[4:6]:
        notes.append("number-against-birth")
    return notes
