"""What do the published tables beside this file say? Sources and licences stand in reference/README.md."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from twin.draws import Ints

HERE = Path(__file__).parent / "reference"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read a table."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def column(name: str, heading: str) -> Ints:
    """Read a column of whole numbers."""
    return np.array([int(row[heading]) for row in rows(name)], dtype=np.int64)
