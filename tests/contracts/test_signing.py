"""Is what a device signs written as the standards say, whatever stands in it?"""

import hashlib
from typing import Any

import hypothesis.strategies as st
import pytest
import rfc8785
from hypothesis import given

from contracts.kinds.device import PublicKey
from contracts.signing import batch_content, canonical, climb, leaf, path, report_content, tree

# RFC 8785 3.2.2 and 3.2.3, as far as JSON's own numbers and names go.
KNOWN: list[tuple[Any, str]] = [
    (
        {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001]},
        '{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    ),
    ({"string": '€$\u000f\nA\'B"\\\\"/'}, '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'),
    (
        {
            "€": "Euro",
            "\r": "CR",
            "\ufb33": "Dagesh",
            "1": "One",
            "\U0001f600": "Smiley",
            "\u0080": "Control",
            "ö": "o",
        },
        '{"\\r":"CR","1":"One","\u0080":"Control","ö":"o","€":"Euro","\U0001f600":"Smiley","\ufb33":"Dagesh"}',
    ),
    ([56, {"d": True, "10": None, "1": []}], '[56,{"1":[],"10":null,"d":true}]'),
    ({"name": "Phạm Gia Hân", "pid": "030191023456"}, '{"name":"Phạm Gia Hân","pid":"030191023456"}'),
    ({"a": -0.0, "b": 1.0, "c": "10:30.5"}, '{"a":0,"b":1,"c":"10:30.5"}'),
]
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text() | st.text(alphabet='":,[]{}0123456789.eE-\\€\ufb33\U0001f600', max_size=30)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(("value", "text"), KNOWN)
def test_canonical_json_is_that_of_the_standard(value: Any, text: str) -> None:
    assert canonical(value).decode() == text


@given(values)
def test_the_quick_way_to_write_canonical_json_writes_the_same(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, [-(2**53)], {"n": 10**20}])
def test_a_number_that_others_would_round_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(ValueError, match="exceeds"):
        canonical(value)


def test_a_signature_covers_what_the_ledger_keeps_and_nothing_else() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": {"b": 1, "a": "Lan"}, "time": None}
    content = b'{"data":{"a":"Lan","b":1},"id":"1","source":"s","type":"t"}'
    assert report_content(event) == content
    assert report_content(event | {"signature": "x", "traceparent": "y", "subject": "z"}) == content
    assert report_content(event | {"device": "d", "devicesequence": 7}) != content


def test_the_tree_of_a_batch_is_that_of_the_standard() -> None:
    # The leaves of the test vectors of the first implementation of RFC 6962, and the roots of their first n.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf(bytes.fromhex(one)) for one in inputs]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    assert {n: tree(leaves[:n])[-1][0].hex() for n in roots} == roots


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100])
def test_every_line_of_a_batch_leads_to_its_root_and_to_no_other(size: int) -> None:
    leaves = [hashlib.sha256(b"%d" % n).digest() for n in range(size)]
    levels = tree(leaves)
    root = levels[-1][0]
    for index, start in enumerate(leaves):
        beside = path(levels, index)
        assert climb(start, index, size, beside) == root
        assert climb(leaf(b"another"), index, size, beside) != root
        for place in {index ^ 1, size} - {index}:
            try:
                assert climb(start, place, size, beside) != root
            except ValueError:
                continue
        with pytest.raises(ValueError, match=r"path|base64"):
            climb(start, index, size, beside + "A" * 43)


def leads(start: bytes, index: int, size: int, beside: str) -> bytes | None:
    try:
        return climb(start, index, size, beside)
    except ValueError:
        return None


def test_a_batch_s_content_says_how_many_reports_it_has() -> None:
    assert batch_content(bytes(32), 2) == b'{"reports":2,"root":"%s"}' % (b"A" * 43)


def test_a_key_is_named_as_the_standard_says_and_lies_on_its_curve() -> None:
    # RFC 7515 A.3.1.
    x, y = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    assert PublicKey(kty="EC", crv="P-256", x=x, y=y).thumbprint == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
    with pytest.raises(ValueError, match="curve"):
        PublicKey(kty="EC", crv="P-256", x=y, y=x)
