"""Is a report well formed: strict JSON, a CloudEvent, a known type, and a payload that fits its kind?

Everything that can be said without the record is said here, before the writer lock. A problem names the place by
JSON pointer and never repeats a value.
"""

import re
from typing import Any

import msgspec
from pydantic import ValidationError

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE, Report, decode_report
from contracts.ids import UUID7
from contracts.scopes import Scope
from contracts.topics import MAX_RECORD_BYTES
from kit.auth.access import Access
from kit.http.faults import worded
from kit.http.problems import Fault, InvalidRequest, PayloadTooLarge, Problem, ScopeInsufficient, Text
from kit.http.strict_json import parse_json
from services.events.report.line import Line, digest
from services.events.report.pointers import pointers

# A report stands verbatim in the entry that records it, or says that it waits, beside what it does: half a record.
LARGEST_REPORT = MAX_RECORD_BYTES // 2
_RESERVED = frozenset(Scope(kind.scope) for kind in CATALOGUE.values()) - {Scope.EVENTS_REPORT_WRITE}


def parse(raw: bytes, access: Access) -> Line:
    """Check one CloudEvent in JSON; raises a Problem."""
    report, data = read(raw)
    return check(report, access, data)


def read(raw: bytes) -> tuple[Report, Any]:
    """Read an envelope whose data stays the very bytes that came, and give the data decoded beside it."""
    if len(raw) > LARGEST_REPORT:
        raise PayloadTooLarge
    value = parse_json(raw)
    if not isinstance(value, dict):
        raise InvalidRequest(errors=[worded("#", "object-expected")])
    try:
        return decode_report(raw), value.get("data")
    except msgspec.ValidationError as wrong:
        raise InvalidRequest(errors=[worded(*_fault(str(wrong)))]) from None
    except (ValueError, RecursionError):
        raise InvalidRequest(errors=[worded("#", "malformed")]) from None


def check(report: Report, access: Access, data: Any = None) -> Line:
    """Check a payload against its kind, and that the sender may report it; `data` if it is decoded already, or its
    bytes if their names are sorted.
    """
    kind = CATALOGUE.get(report.type)
    if kind is None:
        raise InvalidRequest(errors=[worded("#/type", "unknown-type")])
    if Scope(kind.scope) not in access.scopes:
        needed = Text(f"It needs the scope {kind.scope}.", f"Cần có phạm vi (scope) {kind.scope}.")
        raise ScopeInsufficient(errors=[Fault("#/type", "scope-lacking", needed)])
    try:
        event = kind.check(data) if isinstance(data, dict) else kind.parse(report.data)
    except ValidationError as wrong:
        raise InvalidRequest(errors=[worded(*one) for one in pointers(wrong, kind)]) from None
    for field in ("fact", "previous", "correction"):
        if event.find(field) == report.id:
            raise InvalidRequest(errors=[worded(f"#/data/{field}", "own-id")])
    officer = Scope.EVENTS_REPORT_APPROVE in access.scopes
    # What is amended is not here yet, perhaps.
    scopes = () if event.find("fact") is None else tuple(sorted(_RESERVED & access.scopes))
    return Line(report, event, digest(report, data), access.client_id, access.areas, officer=officer, scopes=scopes)


def _fault(words: str) -> tuple[str, str]:
    """Take the place and the code out of msgspec's words: "... - at `$.device`"; of the envelope itself they name no
    place, as where an attribute lacks.
    """
    _, found, place = words.rpartition("`$")
    pointer = "#" + place.rstrip("`").replace(".", "/") if found else "#"
    if "missing required field" in words:
        field = words.split("`")[1]
        return f"{pointer}/{field}", f"missing-{field}"
    return pointer, "format" if "matching regex" in words else "not-acceptable"


def peek_id(raw: bytes) -> str | None:
    """Find a report's id for the answer to a line that is otherwise malformed."""
    try:
        found = _peek(raw).id
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) and _UUID7.fullmatch(found) else None


class _Id(msgspec.Struct, gc=False):
    id: object = None


_UUID7 = re.compile(UUID7)
_peek = msgspec.json.Decoder(_Id).decode


def problem_or_line(raw: bytes, access: Access) -> Line | Problem:
    """Check one line of a batch; one bad line never sinks the others."""
    try:
        return parse(raw, access)
    except Problem as problem:
        return problem
