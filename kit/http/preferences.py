"""What does a caller like best, by the weights of `Accept` or `Accept-Language` (RFC 9110, 12.5)?"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_WEIGHT: Final = re.compile(r"0(\.[0-9]*)?|1(\.0*)?")


def weighed(header: str) -> Iterator[tuple[str, float]]:
    """Give what a header names, in lower case, with its weight; one that is none from 0 to 1 weighs nothing."""
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        yield name, _weight(parameters)


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0
