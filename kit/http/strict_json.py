"""Which JSON do we take, and how is the rest refused before anything deep or ambiguous reaches our code?

Stricter than the decoders at hand: every one of them lets something pass that PostgreSQL, a signature or a
recursive walk would stumble over later.
"""

import json
import math
import re
from typing import Any, NoReturn

import msgspec

from kit.http.faults import worded
from kit.http.problems import InvalidJson

DEEPEST = 64
_SPACE = b" \t\r\n"

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class _RefusedError(ValueError):
    """Raised inside the decoder's hooks; the argument is the code of the fault."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RefusedError("duplicate-name")
    return members


def _not_a_number(_: str) -> NoReturn:
    raise _RefusedError("not-finite")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _RefusedError("not-finite")
    return number


_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_not_a_number, parse_float=_finite)


def parse_json(raw: bytes) -> Any:
    """The value of a strict JSON text, or `InvalidJson` that says what is wrong with it."""
    value = _written_back(raw)
    return _scanned(raw) if value is None else value


def _written_back(raw: bytes) -> Any:
    """The value of a text that comes out byte by byte when its value is written again, which most do: it can hold no
    name twice, no number that was rounded, nothing that only looks like a character. None where it must be scanned.
    """
    if b"\\" in raw:
        return None
    try:
        value = _decode(raw)
    except (ValueError, RecursionError):
        return None
    # What stands around a text, the end of its line above all, says nothing.
    return value if _encode(value) == raw.strip(_SPACE) and not _too_deep(raw, value) else None


def _scanned(raw: bytes) -> Any:
    try:
        text = raw.decode()
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise _invalid("not-utf-8") from None
    except json.JSONDecodeError:
        raise _invalid("malformed") from None
    except _RefusedError as refused:
        raise _invalid(str(refused)) from None
    except RecursionError:
        raise _invalid("too-deep") from None
    except ValueError:  # an integer of more digits than Python converts
        raise _invalid("number-too-long") from None
    if _too_deep(raw, value):
        raise _invalid("too-deep")
    if b"\\u" in raw:
        _check_escapes(text, value)
    return value


def _too_deep(raw: bytes, value: Any) -> bool:
    # Counting is cheap, and few texts have that many brackets.
    return raw.count(b"{") + raw.count(b"[") > DEEPEST and _deeper_than(value, DEEPEST)


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return any(isinstance(node, dict | list) for node in level)


def _check_escapes(text: str, value: Any) -> None:
    if _NUL.search(text):
        raise _invalid("null-character")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _invalid("lone-surrogate") from None


def _invalid(code: str) -> InvalidJson:
    return InvalidJson(errors=[worded("#", code)])
