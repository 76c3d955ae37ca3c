"""Do signatures hold that others made, by other means, over two of our examples?

Signed by OpenSSL with the key of RFC 7515 A.3, and verified by Node.js with canonical JSON and a tree of its own.
"""

from pathlib import Path

import msgspec
import pytest

from contracts.fact import Signature
from contracts.generated import EXAMPLES
from contracts.kinds.device import thumbprint
from contracts.signing import batch_content, leaf, path, report_content, tree
from kit.auth.jose import MalformedError
from services.events.signing.signatures import check
from services.events.state.keys import Key

X, Y = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
KEY = Key(thumbprint(X, Y), "collaborator", "phone-0417", "10525-20190101", X, Y, "2025-01-01", None, 1)
DIED, BORN = (
    report_content(msgspec.json.decode(Path(EXAMPLES, name).read_bytes()))
    for name in ("person.died.v1/at_home.json", "person.born.v1/newborn.json")
)
CONTENT = (
    b'{"data":{"on":"2025-04-05","person":"01941f60-6a80-770f-919c-2cadbcefb1e8","place":"home"},"device":"phone-0417",'
    b'"devicesequence":12,"id":"01960881-1740-7620-bc83-24b0f6ac72c5","source":"/collaborators/sample-01",'
    b'"time":"2025-04-06T07:30:00+07:00","type":"vn.socai.person.died.v1"}'
)
ALONE = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUiLCJ0eXAiOiJzb2NhaS1yZXBvcnQr"
    "andzIn0..MKOCjLQg_tD-lLf-RD2R2FGnzUaeNHD-VoSwL5vDGuvCk7dyWHcJRuFqAoan8Miv22pMB6hf1d2ZIXEpqNxyiQ"
)
TOGETHER = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUiLCJ0eXAiOiJzb2NhaS1iYXRjaCtq"
    "d3MifQ.._GQFOaJZsn0Zdg6AvZPSel1G2d5Dvs-CaJfnN-k7UloogvBuNrdOqMTXh7l8tdQTHgSXM8rPK31m2-SYOLtpTQ"
)
LEVELS = tree([leaf(DIED), leaf(BORN)])


def test_what_is_signed_of_a_report_is_known_to_the_byte() -> None:
    assert DIED == CONTENT
    assert batch_content(LEVELS[-1][0], 2) == b'{"reports":2,"root":"Bt5Hpe1yws-ArFfFB2mce0vi8gx8R6vJbYiCDZdr_6k"}'


def test_signatures_that_others_made_hold() -> None:
    check(Signature(ALONE), DIED, KEY)
    for index, content in enumerate((DIED, BORN)):
        check(Signature(TOGETHER, index, 2, path(LEVELS, index)), content, KEY)


WRONG = {
    "another report": (Signature(ALONE), BORN),
    "a batch's as one report's": (Signature(TOGETHER), DIED),
    "one report's as a batch's": (Signature(ALONE, 0, 2, path(LEVELS, 0)), DIED),
    "another place": (Signature(TOGETHER, 1, 2, path(LEVELS, 1)), DIED),
    "a batch of another size": (Signature(TOGETHER, 0, 3, path(LEVELS, 0)), DIED),
    "no place": (Signature(TOGETHER, 2, 2, path(LEVELS, 0)), DIED),
    "a path that is none": (Signature(TOGETHER, 0, 2, "A"), DIED),
    "a payload inside": (Signature(ALONE.replace("..", ".e30.")), DIED),
    "half a signature": (Signature(ALONE[:-43]), DIED),
    "no algorithm": (Signature("eyJhbGciOiJub25lIn0" + ALONE[ALONE.index("..") :]), DIED),
}


@pytest.mark.parametrize("name", WRONG)
def test_nothing_else_holds(name: str) -> None:
    signature, content = WRONG[name]
    with pytest.raises(MalformedError):
        check(signature, content, KEY)
