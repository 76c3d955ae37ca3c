"""How is a score printed so that a person can read it?"""

from collections.abc import Iterator, Sequence
from typing import Any

CUTS = ("area", "sex", "age")
MOST_ROWS = 20
Row = Sequence[object]


def lines(counts: dict[str, Any]) -> Iterator[str]:
    """Lay a score out as tables; of the areas only those that are off, the worst first."""
    moves, figures = counts["moves"], counts["figures"]
    yield "perfect" if counts["perfect"] else "not perfect"
    for whose in ("people", "households"):
        numbers = {name: value for name, value in counts[whose].items() if name != "wrong"}
        yield from table((whose, ""), list(numbers.items()))
        yield from table((f"{whose} described wrongly", ""), list(counts[whose]["wrong"].items()))
    yield from table(("moves", ""), list(moves.items()))
    yield ""
    yield f"figures: cells are off by {figures['off']} in all"
    for cut in CUTS:
        rows = [(value, n["true"], n["believed"], n["believed"] - n["true"]) for value, n in figures[cut].items()]
        if cut == "area":
            rows = sorted((row for row in rows if row[3]), key=lambda row: -abs(row[3]))[:MOST_ROWS]
        yield from table((cut, "true", "believed", "off"), rows)
    effects = sorted({name for some in counts["errors"].values() for name in some} - {"made"})
    heads = ("error", "made", *effects)
    yield from table(heads, [(error, *(n.get(name, 0) for name in heads[1:])) for error, n in counts["errors"].items()])
    told = [(error, word, n) for error, words in counts["fates"].items() for word, n in words.items()]
    yield from table(("error", "answer", ""), told)


def table(heads: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    """Lay rows out below their heads, the first column to the left and numbers to the right."""
    if not rows:
        return
    cells = [list(heads), *([str(value) for value in row] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(heads))]
    yield ""
    for line in cells:
        fitted = [
            text.rjust(width) if text.lstrip("-").isdecimal() else text.ljust(width)
            for text, width in zip(line, widths, strict=True)
        ]
        yield "  ".join(fitted).rstrip()
