"""Which true lines do the tests of errors begin with?"""

from datetime import date

from twin import generate

START = date(2025, 1, 1)


def true_lines(households: int, seed: int = 1, months: int = 14, scale: float = 6.0) -> list[bytes]:
    """Give what a small population tells, much happening in it."""
    return list(generate(seed, households, START, months, scale))
