"""How are rows printed so that a person can read them in a terminal?"""

import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from socai.dates import Language
from socai.labels import column, label
from socai.wording import say


def width(text: str) -> int:
    """Count the places that a text takes: combining marks take none."""
    return sum(not unicodedata.combining(letter) for letter in text)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], language: Language) -> list[str]:
    """Lay rows out in columns, numbers to the right; a value that is not there stays empty."""
    cells = [[label(language, name, _text(row.get(name))) for name in columns] for row in rows]
    numeric = [bool(cells) and all(_is_number(line[n]) for line in cells) for n in range(len(columns))]
    lines = [[column(language, name) for name in columns], *cells]
    widths = [max(width(line[n]) for line in lines) for n in range(len(columns))]
    return ["  ".join(_fit(*cell) for cell in zip(line, widths, numeric, strict=True)).rstrip() for line in lines]


def show(rows: Collection[Mapping[str, Any]], columns: Sequence[str], language: Language, nothing: str) -> None:
    """Print rows as a table; where there are none, the words of the code `nothing`."""
    lines = table(rows, columns, language) if rows else [say(language, nothing)]
    sys.stdout.write("\n".join(lines) + "\n")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _is_number(text: str) -> bool:
    return text == "" or text.lstrip("-").isdecimal()


def _fit(text: str, places: int, numeric: bool) -> str:  # noqa: FBT001 - one cell of a table
    space = " " * (places - width(text))
    return space + text if numeric else text + space
