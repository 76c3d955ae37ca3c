"""Is everything that the door finds wrong with a report said in words of both languages, and not by a code alone?"""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import contracts
from contracts.event import CATALOGUE, Event
from contracts.malformed import MISSHAPEN, words_of
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.http.problems import Problem
from services.events.report.parse import parse
from services.events.report.pointers import pointers

ROOT = Path(contracts.__path__[0]).parent
# Codes that are written down where something is refused, without words beside them.
WRITTEN = re.compile(r'\b(?:worded|Fault)\(f?"?[^"()]*"?, "([a-z-]+)"\)')
EXAMPLES = sorted((Path(contracts.__path__[0]) / "examples").glob("*/*.json"))
ANYBODY = Access("tester", "tester", frozenset(Scope), "test", areas=("VN",))
WRONG: tuple[Any, ...] = (None, 10**12, 1.5, True, "", "x" * 300, "2025-13-45", [], ["a", "a"], {}, [{}], "\u0001")
TEXTS = (b"", b"{", b"[]", b'{"a":1,"a":2}', b'{"id":NaN}', b'{"data":"\\u0000"}', b"\xff", b"[" * 100 + b"]" * 100)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a JSON value, from the whole to the leaves."""
    yield path
    for key, child in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from places(child, (*path, key))


def damaged(report: dict[str, Any]) -> Iterator[bytes]:
    """The report with something wrong at each of its places: another value, a member more, or nothing there."""
    for path in filter(None, places(report)):
        *way, last = path
        for wrong in (*WRONG, ...):
            other = deepcopy(report)
            around: Any = other
            for step in way:
                around = around[step]
            if wrong is ...:
                del around[last]
            else:
                around[last] = wrong
            yield json.dumps(other).encode()
            if isinstance(around, dict):
                around["surplus"] = 1
                yield json.dumps(other).encode()


def faults(raw: bytes) -> list[tuple[str, bool]]:
    try:
        parse(raw, ANYBODY)
    except Problem as problem:
        return [(one.code, one.text is not None and one.text.en != one.text.vi) for one in problem.errors]
    return []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_whatever_is_wrong_with_a_report_is_said_in_words(path: Path) -> None:
    found = {fault for raw in damaged(json.loads(path.read_bytes())) for fault in faults(raw)}
    assert "missing" in {code for code, _ in found}
    assert {code for code, in_words in found if not in_words} == set()


@pytest.mark.parametrize("raw", TEXTS)
def test_what_is_no_report_is_said_in_words(raw: bytes) -> None:
    assert faults(raw)
    assert all(in_words for _, in_words in faults(raw))


def test_words_are_there_in_both_languages() -> None:
    assert all(english and vietnamese and english != vietnamese for english, vietnamese in MISSHAPEN.values())


def test_every_code_with_which_a_service_refuses_a_request_has_words() -> None:
    files = [path for folder in ("kit", "services", "gateway") for path in (ROOT / folder).rglob("*.py")]
    codes = {code for path in files for code in WRITTEN.findall(path.read_text())}
    assert {"invalid", "two-levels", "cursor"} <= codes
    assert {code for code in codes if words_of(code) is None} == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_payload_that_is_read_already_is_checked_like_its_json(example: Path) -> None:
    whole = json.loads(example.read_bytes())
    kind = CATALOGUE[whole["type"]]

    def found(check: Callable[[Any], Event], told: Any) -> Any:
        try:
            return check(told)
        except ValidationError as wrong:
            return pointers(wrong, kind)

    for text in damaged(whole["data"]):
        assert found(kind.check, json.loads(text)) == found(kind.parse, text), text
    # What a correction changes may be anything until the kind of what it corrects is known.
    for path in (path for path in places(whole["data"]) if "changes" not in path):
        for loose in loosened(value_at(whole["data"], path)):
            assert isinstance(found(kind.check, with_value(whole["data"], path, loose)), tuple), path


def value_at(whole: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        whole = whole[step]
    return whole


def with_value(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    *way, last = path
    other = deepcopy(whole)
    value_at(other, tuple(way))[last] = value
    return other


def loosened(value: Any) -> tuple[Any, ...]:
    """The same number or truth value in types that JSON does not give them."""
    return (
        (str(value).lower(), float(value), *(() if isinstance(value, bool) else (True,)))
        if isinstance(value, int)
        else ()
    )
