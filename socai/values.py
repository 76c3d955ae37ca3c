"""How is a value, with all that stands in it, put into lines that a person can read?"""

from collections.abc import Iterator, Mapping
from typing import Any

from socai.dates import Language
from socai.labels import field_text, label

# In English as whoever corrects it writes it.
_TRUTH = (("false", "không"), ("true", "có"))


def lines(language: Language, name: str, value: Any, indent: str = "  ") -> Iterator[str]:
    """Put a field into lines: plain values beside its name, what holds more below it, each part on its own line."""
    head = f"{indent}{field_text(language, name)}:"
    if isinstance(value, dict):
        yield from _part(language, head, value, indent + "  ")
    elif _has_parts(value):
        yield head
        for part in value:
            yield from _part(language, f"{indent}  -", part, indent + "    ")
    else:
        yield f"{head} {flat(language, name, value)}"


def _part(language: Language, head: str, part: Mapping[str, Any], indent: str) -> Iterator[str]:
    plain = {name: value for name, value in part.items() if not (isinstance(value, dict) or _has_parts(value))}
    yield f"{head} {_beside(language, plain)}".rstrip()
    for name, value in part.items():
        if name not in plain:
            yield from lines(language, name, value, indent)


def _has_parts(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(part, dict) for part in value)


def flat(language: Language, name: str, value: Any) -> str:
    """Put a value into one line, codes in words; what stands in another is in brackets."""
    if isinstance(value, dict):
        return f"({_beside(language, value)})"
    if isinstance(value, list):
        return ", ".join(flat(language, name, part) for part in value)
    if isinstance(value, bool):
        return _TRUTH[value][language == "vi"]
    return "null" if value is None else label(language, name, str(value))


def numbered(number: str | None, sheet: str | None) -> str:
    """Write a household's number and its sheet as the A0 book does: 14.2."""
    return ".".join(part for part in (number, sheet) if part)


def _beside(language: Language, part: Mapping[str, Any]) -> str:
    return ", ".join(f"{field_text(language, name)}={flat(language, name, value)}" for name, value in part.items())
