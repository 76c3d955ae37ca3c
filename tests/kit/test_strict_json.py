"""Is every text refused that a database, a signature or a recursive walk would stumble over?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.http.problems import InvalidJson
from kit.http.strict_json import DEEPEST, parse_json

REFUSED = {
    "malformed": [b"", b"{", b"[1,]", b"01", b"1 2", b'"\x01"', b'"a\x00b"', b"\xef\xbb\xbf1", b"{'a':1}", b"nul"],
    "not-utf-8": [b'"\xff"', b'"\xed\xa0\x80"', '{"a":1}'.encode("utf-16")],
    "duplicate-name": [b'{"a":1,"a":1}', b'{"x":[{"a":1,"b":2,"\\u0061":3}]}'],
    "not-finite": [b"NaN", b"[Infinity]", b'{"a":-Infinity}', b"1e999", b"-1e999"],
    "null-character": [b'"\\u0000"', b'{"a\\u0000":1}', b'"\\\\\\u0000"'],
    "lone-surrogate": [b'"\\ud800"', b'{"\\uDC00":1}', b'["\\ude00\\ud83d"]'],
    "too-deep": [
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'[{"a":' * 33 + b"1" + b"}]" * 33,
        b"[0," * DEEPEST + b"[]" + b"]" * DEEPEST,
    ],
    "number-too-long": [b"1" * 5000],
}


@pytest.mark.parametrize(
    ("raw", "code"),
    [(raw, code) for code, raws in REFUSED.items() for raw in raws],
    ids=lambda part: str(part)[:24],
)
def test_a_text_is_refused_with_the_code_of_its_fault(raw: bytes, code: str) -> None:
    with pytest.raises(InvalidJson) as refused:
        parse_json(raw)
    assert [fault.code for fault in refused.value.errors] == [code]


def test_nesting_is_taken_up_to_its_limit() -> None:
    assert parse_json(b"[" * DEEPEST + b"]" * DEEPEST)


def test_many_shallow_values_are_not_deep() -> None:
    assert parse_json(b"[" + b",".join([b'{"a":[{}]}'] * 500) + b"]") == [{"a": [{}]}] * 500


def test_an_escaped_backslash_before_u0000_is_six_ordinary_characters() -> None:
    assert parse_json(b'"\\\\u0000"') == "\\u0000"


def test_surrogates_in_pairs_are_one_character() -> None:
    assert parse_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


LAYOUTS = st.sampled_from([(",", ":"), (", ", ": ")])


@given(VALUES, st.booleans(), LAYOUTS)
def test_every_value_without_these_faults_is_taken_as_it_is(
    value: Any,
    ascii_only: bool,  # noqa: FBT001 - drawn
    layout: tuple[str, str],
) -> None:
    read = parse_json(json.dumps(value, ensure_ascii=ascii_only, separators=layout).encode())
    assert read == value
    assert repr(read) == repr(value)


@given(st.dictionaries(TEXT, st.integers(), min_size=1), st.integers(), st.integers(min_value=0), LAYOUTS)
def test_a_name_that_stands_twice_is_refused_wherever_it_stands(
    members: dict[str, int], other: int, place: int, layout: tuple[str, str]
) -> None:
    pairs = list(members.items())
    pairs.insert(place % (len(pairs) + 1), (pairs[place % len(pairs)][0], other))
    comma, colon = layout
    text = comma.join(f"{json.dumps(name, ensure_ascii=False)}{colon}{value}" for name, value in pairs)
    assert outcome(b'[{"a":{' + text.encode() + b"}}]") == "duplicate-name"


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_the_problem(raw: bytes) -> None:
    assert outcome(raw) in {"taken", *REFUSED}


def outcome(raw: bytes) -> str:
    try:
        parse_json(raw)
    except InvalidJson as refused:
        return refused.errors[0].code
    return "taken"
