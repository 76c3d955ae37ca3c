"""What exactly does a device sign, one report or a batch of them, so that anybody can check it years later?

A signature is a detached JWS (RFC 7515 appendix F, ES256) over canonical JSON (RFC 8785). For one report that is the
report's attributes that the ledger keeps; for a batch it is the number of its reports and the root of their hash tree
(RFC 9162 2.1), from which each report keeps the path that leads to it.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import rfc8785

REPORT_TYP: Final = "socai-report+jws"
BATCH_TYP: Final = "socai-batch+jws"
SIGNED: Final = (
    "id",
    "source",
    "type",
    "data",
    "time",
    "device",
    "devicesequence",
    "correlationid",
    "causationid",
)
"""The attributes of a report that a signature covers, which the ledger keeps; what is absent or null is left out."""

HASH_BYTES: Final = 32

# Sorted by msgspec, names and numbers may differ from RFC 8785 only where a number is no plain integer of up to 15
# digits, or a name holds characters beyond the first 65,536. Two searches, because each has a beginning to look for.
_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode
_NUMBER: Final = re.compile(rb'":-?(?:[0-9]{16}|[0-9]+[.eE])')
_LISTED_NUMBER_OR_FAR_CHARACTER: Final = re.compile(rb"[\[,\xf0-\xf4](?:(?<=[\xf0-\xf4])|-?(?:[0-9]{16}|[0-9]+[.eE]))")


def canonical(value: Any) -> bytes:
    """Write JSON by RFC 8785; raises ValueError for a number that has no canonical form."""
    if isinstance(value, dict | list):
        written = _ENCODE(value)
        if not (_NUMBER.search(written) or _LISTED_NUMBER_OR_FAR_CHARACTER.search(written)):
            return written
    return rfc8785.dumps(value)


def report_content(report: Mapping[str, Any]) -> bytes:
    """Give what the signature of one report covers; `report` is its CloudEvent as decoded JSON."""
    return canonical({name: report[name] for name in SIGNED if report.get(name) is not None})


def batch_content(root: bytes, reports: int) -> bytes:
    """Give what the signature of a batch covers."""
    return canonical({"reports": reports, "root": _text(root)})


def leaf(content: bytes) -> bytes:
    """Hash one report's content as a leaf of the tree."""
    return hashlib.sha256(b"\x00" + content).digest()


def tree(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Give the levels of the tree from its leaves to its root; a node without a neighbour goes up as it is."""
    levels: list[Sequence[bytes]] = [leaves]
    while len(levels[-1]) > 1:
        level = levels[-1]
        above = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        levels.append([*above, level[-1]] if len(level) % 2 else above)
    return levels


def path(levels: Sequence[Sequence[bytes]], index: int) -> str:
    """Give the hashes beside the way from a leaf up to the root, as base64url."""
    found = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        index >>= 1
    return _text(b"".join(found))


def climb(start: bytes, index: int, reports: int, beside: str) -> bytes:
    """Give the root that a leaf's path leads to; raises ValueError where the path does not fit the place."""
    if not 0 <= index < reports:
        raise ValueError("no such place in the batch")
    hashes = urlsafe_b64decode(beside + "=" * (-len(beside) % 4))
    taken = 0
    while reports > 1:
        if index ^ 1 < reports:
            other = hashes[taken : taken + HASH_BYTES]
            taken += HASH_BYTES
            start = _node(other, start) if index % 2 else _node(start, other)
        index, reports = index >> 1, (reports + 1) >> 1
    if taken != len(hashes):
        raise ValueError("the path is not as long as the tree is high")
    return start


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
