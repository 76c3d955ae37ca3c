"""Do the households and people that were read add up to what the sheet says of itself?"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from services.events.importing.cells import Cell, said
from services.events.importing.faults import Wrong
from services.events.importing.words import plain

MEASURES = ("households", "persons", "male", "female", "unknown")
LABELS = {
    plain(label): measure
    for measure, labels in {
        "households": ("Tổng số hộ", "Số hộ", "Tổng số hộ dân cư", "Số hộ dân cư", "Households"),
        "persons": (
            "Tổng số nhân khẩu",
            "Số nhân khẩu",
            "Nhân khẩu",
            "Tổng số người",
            "Số người",
            "Tổng dân số",
            "Persons",
            "People",
        ),
        "male": ("Nam", "Số nam", "Trong đó nam", "Tổng số nam", "Male", "Males"),
        "female": ("Nữ", "Số nữ", "Trong đó nữ", "Tổng số nữ", "Female", "Females"),
        "unknown": ("Không rõ giới tính", "Unknown sex"),
    }.items()
    for label in labels
}
BEGINNINGS = frozenset(
    map(plain, ("Tổng", "Tổng số", "Tổng cộng", "Cộng", "Cộng chung", "Trong đó", "Total", "Totals", "Sum"))
)
# `1.234`, `1,234` and `1 234` are one number; an office may write of what it counts.
_COUNT = re.compile(
    r"(\d{1,8}|\d{1,3}(?:[., ]\d{3}){1,2})\s*(?:hộ|người|khẩu|nhân khẩu|households|persons|people)?", re.ASCII
)


class Difference(msgspec.Struct, frozen=True):
    """A total that the sheet states otherwise; `area` is empty for a whole table, both are for the whole file."""

    table: str
    area: str
    measure: str
    stated: int
    counted: int


@dataclass
class Totals:
    """What was counted by table and area, and what the sheets state.

    Of lists whoever was `named` is kept by her id, so that she counts once however many rows tell of her.
    """

    counted: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    named: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    stated: list[tuple[str, str, str, int]] = field(default_factory=list)

    def count(
        self,
        table: str,
        area: str,
        sexes: Iterable[str] = (),
        *,
        households: int = 0,
        named: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Count people and a household, or those whom a row of a list names: persons with their sex, and households."""
        counts = self.counted.setdefault((table, area), Counter())
        self.named.setdefault((table, area), {}).update(named)
        counts["households"] += households
        for sex in sexes:
            counts["persons"] += 1
            counts[sex] += 1

    def state(self, table: str, area: str, told: Iterable[tuple[str, int]]) -> None:
        """Take what a sheet states of itself."""
        self.stated += [(table, area, measure, number) for measure, number in told]

    def by_area(self) -> dict[str, Counter[str]]:
        """Add up what was counted over all tables."""
        return {area: self._counted(area=area) for area in sorted({area for _, area in self.counted})}

    def differences(self) -> list[Difference]:
        """Compare; a total that names no area is one of its whole table, and without a table one of the whole file."""
        found = []
        for table, area, measure, stated in self.stated:
            counted = (self._counted(area=area) if area else self._counted(table=table or None))[measure]
            if counted != stated:
                found.append(Difference(table, area, measure, stated, counted))
        return found

    def _counted(self, *, table: str | None = None, area: str | None = None) -> Counter[str]:
        """Count over an area, a table or the whole file."""
        counts: Counter[str] = Counter()
        named: dict[str, str] = {}
        for one, place in self.counted:
            if area in {None, place} and table in {None, one}:
                counts.update(self.counted[one, place])
                named |= self.named[one, place]
        counts.update(named.values())
        counts["persons"] += sum(what != "households" for what in named.values())
        return counts


def counted(text: str) -> int | None:
    """Read a number as people write it who sum up: `1234`, `1.234`, `45 người`; None for any other text."""
    found = _COUNT.fullmatch(text.strip())
    return None if found is None else int(re.sub(r"\D", "", found[1]))


def total(value: Cell) -> int | None:
    """Read the cell of a worksheet of totals."""
    text = said(value)
    number = counted(text)
    if text and number is None:
        raise Wrong("number-format")
    return number


def sums_all(text: str | None) -> bool:
    """Say whether a row of a worksheet of totals speaks of all areas."""
    return text is not None and plain(text) in BEGINNINGS


def totals_of(row: Iterable[Cell], *, within: bool, numbered: bool) -> list[tuple[str, int]] | None:
    """Read a row that sums up: labels with numbers behind them; None for any other row.

    `within` says that the row above summed up, so that `Nam 210` goes on; `numbered` that something stands where a
    household has its number: then only what begins as a sum and states a total is one. A total that is a formula says
    nothing that was not counted here, and is left out.
    """
    told: list[tuple[str, int]] = []
    within = within and not numbered
    label, begun = "", within
    for value in row:
        try:
            text = said(value)
        except Wrong:
            label = ""
            continue
        if not text:
            continue
        head, _, tail = text.partition(":")
        measure = LABELS.get(plain(head), "")
        number = counted(text)
        if begun and number is not None:
            told += [(label, number)] if label else []
            label = ""
        elif measure and (begun or measure in MEASURES[:2]):
            label, begun = measure, True
            if tail.strip():
                number = counted(tail)
                if number is None:
                    return None
                told.append((label, number))
                label = ""
        elif plain(head) in BEGINNINGS:
            label, begun = "", True
        else:
            return None
    return told if begun and (told or not (within or numbered)) else None
