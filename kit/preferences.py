"""What does a caller like best, by the weights of `Accept` or `Accept-Language` (RFC 9110, 12.5)?"""

from collections.abc import Iterable, Iterator


def weighed(header: str) -> Iterator[tuple[str, float]]:
    """Give what a header names, in lower case, with its weight; one that is no number weighs nothing."""
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        yield name, _weight(parameters)


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
