"""How much speaks for it that somebody on the books is the person asked for, and what exactly?

Points are added up as in the linkage of records by Fellegi and Sunter: what two people seldom share by chance weighs
much, what contradicts is subtracted. The weights are our own; a human decides, so each point has its reason.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from rapidfuzz.distance import JaroWinkler

from kit.diacritics import fold, marked
from kit.http.problems import Text
from services.registry.names import words

# A number alone is likely, and so are a whole name typed without its marks and a birth date.
LIKELY, POSSIBLE = 8, 4
# Word by word: whole names begin alike too often, as with Nguyễn Thị.
_SIMILAR: Final = 0.85
_MONTH, _DAY = len("YYYY-MM"), len("YYYY-MM-DD")
_MOST_RELATIVES: Final = 3

REASONS: Final[dict[str, tuple[int, Text]]] = {
    "same-identifier": (8, Text("bears the same number", "mang cùng số định danh")),
    "other-identifier": (-3, Text("bears another number of that type", "mang số khác cùng loại")),
    "same-name": (4, Text("has the same name", "trùng họ tên")),
    "same-name-unmarked": (3, Text("has the same name but for its marks", "trùng họ tên nếu bỏ dấu")),
    "similar-name": (2, Text("has a similar name", "họ tên gần giống")),
    "part-of-name": (1, Text("has a part of the name", "trùng một phần họ tên")),
    "other-name": (-3, Text("has another name", "họ tên khác")),
    "same-birth": (5, Text("was born on the same day", "trùng ngày sinh")),
    "day-and-month-swapped": (4, Text("was born on that day with day and month swapped", "ngày và tháng sinh bị đảo")),
    "same-birth-month": (2, Text("was born in the same month", "trùng tháng sinh")),
    "same-day-another-year": (2, Text("was born on that day a year earlier or later", "trùng ngày sinh, lệch một năm")),
    "same-birth-year": (1, Text("was born in the same year", "trùng năm sinh")),
    "other-birth": (-4, Text("was born at another time", "ngày sinh khác")),
    "other-sex": (-4, Text("is of the other sex", "giới tính khác")),
    "left-from-there": (2, Text("lives or last lived there", "đang hoặc đã từng ở nơi đó")),
    "in-transit": (2, Text("left and has not arrived anywhere", "đã chuyển đi, chưa đến nơi nào")),
    "same-relative": (2, Text("lives or last lived with somebody of that name", "cùng hộ với người trùng họ tên")),
}
"""What speaks for or against it: points, and in both languages."""


class Likeness(NamedTuple):
    """What is told of somebody, or known of her; `relatives` are names of those whom she lives or lived with."""

    name: str | None = None
    birth: str | None = None
    sex: str = "unknown"
    identifiers: frozenset[tuple[str, str]] = frozenset()
    relatives: tuple[str, ...] = ()


def points(reasons: Iterable[str]) -> int:
    """Add up what speaks for it and against it."""
    return sum(REASONS[code][0] for code in reasons)


def compare(told: Likeness, known: Likeness) -> list[str]:
    """Name what speaks for it that the two are one, and what against it; what is not known does neither."""
    return [*_numbers(told, known), *_names(told.name, known.name), *_births(told, known), *_relatives(told, known)]


def _numbers(told: Likeness, known: Likeness) -> Iterator[str]:
    shared = told.identifiers & known.identifiers
    if shared:
        yield "same-identifier"
    # A personal number is for life; cards are replaced.
    elif _pids(told) and _pids(known):
        yield "other-identifier"


def _pids(one: Likeness) -> set[str]:
    return {value for type_, value in one.identifiers if type_ == "pid"}


def _names(told: str | None, known: str | None) -> Iterator[str]:
    if told is None or not known:
        return
    one, other = words(told), words(known)
    bare, bare_other = [fold(word) for word in one], [fold(word) for word in other]
    if [marked(word) for word in one] == [marked(word) for word in other]:
        yield "same-name"
    elif bare == bare_other:
        yield "same-name-unmarked"
    elif sorted(bare) == sorted(bare_other) or _misspelt(bare, bare_other):
        yield "similar-name"
    elif set(bare) <= set(bare_other) or set(bare_other) <= set(bare):
        yield "part-of-name"
    else:
        yield "other-name"


def _misspelt(one: list[str], other: list[str]) -> bool:
    return len(one) == len(other) and all(map(_close, one, other))


def _close(one: str, other: str) -> bool:
    return JaroWinkler.similarity(one, other) >= _SIMILAR


def _births(told: Likeness, known: Likeness) -> Iterator[str]:
    if {told.sex, known.sex} == {"male", "female"}:
        yield "other-sex"
    if told.birth is None or known.birth is None:
        return
    one, other = told.birth, known.birth
    least = min(len(one), len(other))
    if one[:least] == other[:least]:
        yield {_DAY: "same-birth", _MONTH: "same-birth-month"}.get(least, "same-birth-year")
    elif least < _DAY:
        yield "same-birth-year" if one[:4] == other[:4] else "other-birth"
    elif (one[:4], one[5:7], one[8:]) == (other[:4], other[8:], other[5:7]):
        yield "day-and-month-swapped"
    elif one[4:] == other[4:] and abs(int(one[:4]) - int(other[:4])) == 1:
        yield "same-day-another-year"
    elif one[:_MONTH] == other[:_MONTH]:
        yield "same-birth-month"
    else:
        yield "same-birth-year" if one[:4] == other[:4] else "other-birth"


def _relatives(told: Likeness, known: Likeness) -> Iterator[str]:
    names = {_bare(name) for name in known.relatives}
    found = [name for name in told.relatives if _bare(name) in names]
    yield from ["same-relative"] * min(len(found), _MOST_RELATIVES)


def _bare(name: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in words(name))
