"""With which true lines do the tests of errors begin, and which errors alone do they make?"""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from twin import generate
from twin.errors import Rates

START = date(2025, 1, 1)


def true_lines(households: int, seed: int = 1, months: int = 14, scale: float = 6.0) -> list[bytes]:
    """Give what a small population tells, much happening in it."""
    return list(generate(households, seed, START, months, scale))


def only(rates: Rates, *names: str) -> Rates:
    """Keep some shares and set all others to none."""
    none: dict[str, Any] = {
        name: 0.0 for name, share in asdict(rates).items() if isinstance(share, float) and name not in names
    }
    return replace(rates, **none)
