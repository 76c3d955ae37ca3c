"""Do the households and people that were read add up to what the sheet says of itself?"""

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
_NUMERALS = 9


class Difference(msgspec.Struct, frozen=True):
    """A total that the sheet states otherwise; `area` is empty for a whole table."""

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
        """Compare; a total that names no area is one of its whole table."""
        found = []
        for table, area, measure, stated in self.stated:
            counted = (self._counted(area=area) if area else self._counted(table=table))[measure]
            if counted != stated:
                found.append(Difference(table, area, measure, stated, counted))
        return found

    def _counted(self, *, table: str | None = None, area: str | None = None) -> Counter[str]:
        """Count over an area or a table."""
        counts: Counter[str] = Counter()
        named: dict[str, str] = {}
        for one, place in self.counted:
            if place == area if table is None else one == table:
                counts.update(self.counted[one, place])
                named |= self.named[one, place]
        counts.update(named.values())
        counts["persons"] += sum(what != "households" for what in named.values())
        return counts


def totals_of(row: Iterable[Cell], *, within: bool = False) -> list[tuple[str, int]] | None:
    """Read a row that sums up: labels with numbers behind them; None for any other row.

    `within` says that the row above summed up, so that `Nam 210` goes on. A total that is a formula says nothing that
    was not counted here, and is left out.
    """
    told: list[tuple[str, int]] = []
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
        if begun and text.isdecimal() and len(text) < _NUMERALS:
            told += [(label, int(text))] if label else []
            label = ""
        elif measure and (begun or measure in MEASURES[:2]):
            label, begun = measure, True
            if tail.strip().isdecimal():
                told.append((label, int(tail)))
                label = ""
        elif plain(head) in BEGINNINGS:
            label, begun = "", True
        else:
            return None
    return told if begun and (told or not within) else None
