"""What did the benches find: one figure beside its limit, printed and written?"""

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """A line of the table; `limit` and `ratio` (value over limit) are None where there is nothing to stand beside.

    `costs`: microseconds of processor time an item, by part.
    """

    name: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    note: str
    costs: dict[str, float] = {}


# As the product's first targets say for two cores; of the last two groups the ratio or the value itself.
TARGETS = {
    "intake_bulk": "9,000/s",
    "intake_households": "15,000/s",
    "report_single_p95": "<= 2.5 x",
    "projection_registry": "20,000/s",
    "projection_reporting": "28,000/s",
    "projection_exchange": "25,000/s",
    "end_to_end": "5,000/s",
    "rebuild": ">= 0.6 x",
    "lookup": ">= 0.5 x",
    "freshness_p95": "300 ms",
    "import_a0": "8,000/s",
    "late_report": "<= 1.0 x",
    "intake_kinds": ">= 1.0 x",
    "province_load": "300 s",
    "province_month": "30 s",
    "province_disk": "6,000 B",
    "lookup_at_province": "<= 1.3 x",
    "province_rebuild": "180 s",
}
HEAD = ("name", "value", "unit", "limit", "ratio", "target")


def figure(
    name: str,
    unit: str,
    values: Sequence[float],
    limits: Sequence[float] = (),
    *notes: str,
    costs: Mapping[str, float] = MappingProxyType({}),
) -> Figure:
    """Make a figure of the medians of its rounds; the spread of the rounds goes into the note."""
    value = statistics.median(values)
    limit = statistics.median(limits) if limits else None
    ratio = round(value / limit, 3) if limit else None
    spread = f"{len(values)} rounds {_spread(values)}" + (f", limit {_spread(limits)}" if limits else "")
    note = "; ".join(part for part in (spread, *notes) if part)
    rounded = {part: round(cost, 2) for part, cost in costs.items()}
    return Figure(name, round(value, 1), unit, None if limit is None else round(limit, 1), ratio, note, rounded)


def _spread(values: Sequence[float]) -> str:
    return f"{_number(min(values))}-{_number(max(values))}"


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def render(figures: Sequence[Figure]) -> str:
    """Lay out the table, and below it the notes."""
    rows = [HEAD, *(_cells(one) for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, "", *(f"{one.name}: {one.note}" for one in figures), ""])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([name.strip().ljust(widths[0]), *rest])


def _cells(one: Figure) -> tuple[str, ...]:
    limit = "-" if one.limit is None else _number(one.limit)
    ratio = "-" if one.ratio is None else f"{one.ratio:.2f}"
    return one.name, _number(one.value), one.unit, limit, ratio, TARGETS.get(one.name, "-")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON; those of earlier runs that were not measured now stay."""
    kept = {one["name"]: one for one in read(path)}
    kept |= {one.name: msgspec.to_builtins(one) for one in figures}
    ordered = sorted(kept.values(), key=lambda one: _place(str(one["name"])))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ordered, ensure_ascii=False, indent=2) + "\n")


def read(path: Path) -> list[dict[str, object]]:
    """Read what was measured before; nothing where there is no such file."""
    try:
        found: list[dict[str, object]] = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    return found


def _place(name: str) -> int:
    return list(TARGETS).index(name) if name in TARGETS else len(TARGETS)
