"""Who tells, for which places, with which devices, and what of it must the office see first?"""

from datetime import UTC, datetime

import msgspec

from contracts.event import Report
from contracts.scopes import Scope
from kit.auth.access import Access
from services.events.settings import ApprovalRule
from tests.laws.ground import AREAS, COMMUNES, SECOND_PROVINCE

SOURCE = "urn:laws"
ANYBODY = Access("tester", "tester", frozenset(Scope), "jti", areas=("VN",))
_WRITES = frozenset({Scope.EVENTS_REPORT_WRITE})
_DECIDES = _WRITES | {Scope.EVENTS_REPORT_APPROVE, Scope.EVENTS_IDENTITY_WRITE}


def _sender(name: str, scopes: frozenset[Scope], *areas: str) -> Access:
    return msgspec.structs.replace(ANYBODY, client_id=name, scopes=scopes, areas=areas)


COLLABORATORS = {
    one.client_id: one
    for one in (
        _sender("lan", _WRITES, AREAS[0]),
        _sender("minh", _WRITES, COMMUNES[1]),
        _sender("hoa", _WRITES, AREAS[2], AREAS[3]),
    )
}
OFFICES = {
    one.client_id: one
    for one in (
        _sender("office-1", _DECIDES, COMMUNES[0]),
        _sender("office-2", _DECIDES, COMMUNES[1]),
        _sender("office-3", _DECIDES, SECOND_PROVINCE),
    )
}
SENDERS = {ANYBODY.client_id: ANYBODY} | COLLABORATORS | OFFICES
DEVICES = (("lan", "lan-1"), ("lan", "lan-2"), ("minh", "minh-1"), ("hoa", "hoa-1"))
"""Two telephones of one person count each for itself."""

APPROVAL = (
    ApprovalRule(source=f"{SOURCE}:", kinds=frozenset({"person.died", "person.left", "fact.voided"})),
    ApprovalRule(source=f"{SOURCE}:minh", kinds=frozenset({"person.born", "household.split"})),
)


def sent_by(report: Report, sender: str) -> Report:
    return msgspec.structs.replace(report, source=SOURCE if sender == ANYBODY.client_id else f"{SOURCE}:{sender}")


def sender_of(report: Report) -> Access:
    """The source of a report says who sent it, so that a history is nothing but reports."""
    return SENDERS[report.source.removeprefix(SOURCE).removeprefix(":") or ANYBODY.client_id]


def comes_at(report: Report) -> float:
    """When a report came in: the id of the session in which it was sent begins with that instant."""
    return 0.0 if report.correlationid is None else int(report.correlationid.replace("-", "")[:12], 16) / 1000


def day_of(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
