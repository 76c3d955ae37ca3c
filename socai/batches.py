"""How is a file of reports read, and cut into batches that one client sends?"""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

import msgspec

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE, Event
from contracts.scopes import Scope

MOST_LINES: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024
OFFICER, COLLABORATOR = "officer", "collaborator"
OFFICIAL: Final = frozenset(
    {
        Scope.EVENTS_UNIT_WRITE,
        Scope.EVENTS_DEVICE_WRITE,
        Scope.EVENTS_IDENTITY_WRITE,
        Scope.EVENTS_REPORT_APPROVE,
    }
)


class _Peek(msgspec.Struct):
    type: str = ""


_peek = msgspec.json.Decoder(_Peek).decode


def speaker(line: bytes) -> str:
    """Say who may tell a report: places, devices and decisions are an officer's, everything else a collaborator's."""
    try:
        kind = CATALOGUE.get(_peek(line).type)
    except (msgspec.DecodeError, RecursionError):
        kind = None
    return COLLABORATOR if kind is None else teller(kind)


def teller(kind: type[Event]) -> str:
    """Say who tells reports of a kind, and amends them."""
    return OFFICER if kind.scope in OFFICIAL else COLLABORATOR


def read_reports(file: BinaryIO) -> Iterator[bytes]:
    """Give the reports of a file: NDJSON line by line, a JSON array's elements, or one report over many lines."""
    # Editors of one kind mark the beginning of what they save as UTF-8.
    first = file.readline().removeprefix(BOM_UTF8)
    while first and not first.strip():
        first = file.readline()
    if first and is_object(first):
        yield first.strip()
        yield from (line.strip() for line in file if line.strip())
        return
    body = first + file.read()
    if not body.strip():
        return
    try:
        read: list[bytes] = [bytes(one) for one in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError):
        read = [body.strip()] if is_object(body) else [line for line in body.splitlines() if line.strip()]
    for report in read:
        yield report.replace(b"\r", b" ").replace(b"\n", b" ")


def is_object(line: bytes) -> bool:
    """Say whether a line is one JSON object."""
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, RecursionError):
        return False


def many() -> int:
    """Give how many lines go into a batch where nothing speaks against it."""
    return MOST_LINES


def batches(
    lines: Iterable[bytes], *, routed: bool, most_lines: Callable[[], int] = many
) -> Iterator[tuple[str, list[bytes]]]:
    """Cut lines into batches of one speaker each, in order; `routed` tells speakers apart."""
    batch: list[bytes] = []
    size, who = 0, COLLABORATOR
    for line in lines:
        speaks = speaker(line) if routed else who
        if batch and (len(batch) >= most_lines() or size + len(line) > MOST_BYTES or speaks != who):
            yield who, batch
            batch, size = [], 0
        who = speaks
        batch.append(line)
        size += len(line) + 1
    if batch:
        yield who, batch
