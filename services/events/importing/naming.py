"""Which unit of the books does a form mean that names it in words: `xã Nam Đồng, TP Hải Dương`?"""

import re
from collections.abc import Iterable, Iterator

from contracts.unit import UnitState
from services.events.importing.words import labels, plain

# A dash stands between a place and what it lies in, or within a name: `Phường Xuân Hương - Đà Lạt`.
_BETWEEN = re.compile(r"[,;]"), re.compile(r"[,;]|\s[-\u2013]\s")
_SHORT = {
    "tinh": "t",
    "thanh_pho": "tp",
    "quan": "q",
    "huyen": "h",
    "thi_xa": "tx",
    "phuong": "p",
    "xa": "x",
    "thi_tran": "tt",
}


class Names:
    """The units of the books by their names."""

    def __init__(self, units: Iterable[UnitState]) -> None:
        self._units = {unit.id: unit for unit in units}
        self._named: dict[str, list[UnitState]] = {}
        for unit in self._units.values():
            for name in _names(unit):
                self._named.setdefault(name, []).append(unit)

    def find(self, words: str, on: str) -> list[str]:
        """List the units of a day that bear the name told first and lie in all that is named behind it."""
        for between in _BETWEEN:
            told, *around = [name for part in between.split(words) if (name := plain(part))] or [""]
            if found := self._find(told, around, on):
                return found
        return []

    def _find(self, told: str, around: list[str], on: str) -> list[str]:
        return [
            unit.id
            for unit in self._named.get(told, ())
            if unit.valid_from <= on and (unit.valid_to is None or on < unit.valid_to)
            if all(any(one in _names(above) for above in self._above(unit)) for one in around)
        ]

    def _above(self, unit: UnitState) -> Iterator[UnitState]:
        above = self._units.get(unit.parent or "")
        if above is not None:
            yield above
            yield from self._above(above)


def _names(unit: UnitState) -> set[str]:
    """Give a name with the word for the type of unit, with its abbreviation, and without it."""
    whole = plain(unit.names.get("vi") or "")
    word = plain(labels("unit_type")[unit.type][1]) if unit.type is not None else ""
    bare = whole.removeprefix(word)
    return {whole, bare, word + bare, _SHORT.get(unit.type or "", "") + bare} - {""}
