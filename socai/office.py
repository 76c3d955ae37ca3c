"""What waits for the office, and how does it decide: approve, return, or approve with a correction?"""

import re
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from contracts.event import CATALOGUE
from contracts.ids import EVERYWHERE, uuid7
from contracts.kinds.office import MONTH, MOST_REPORTS, ReportAdvanced, ReportAmended, ReportsApproved, ReportsReturned
from contracts.kinds.unit import AreaAssigned
from socai.amending import changes_to, insist_on_changes
from socai.batches import OFFICER
from socai.dates import today
from socai.ended import note_ended
from socai.explaining import local, title_of
from socai.reporting import tell
from socai.session import Failure, Session
from socai.tables import show
from socai.whom import Names
from socai.wording import need_text, say

PATH, OVERDUE = "/events/v1/queue", "/events/v1/overdue"
OVERDUE_COLUMNS = ("since", "kind", "on", "sender", "report", "need")
COLUMNS = ("since", "fate", "kind", "on", "whom", "places", "sender", "report", "reasons")


def places(session: Session, unit: str | None) -> tuple[str, ...]:
    """Give the unit that was asked for, else the places of the office that speaks."""
    found = (unit,) if unit is not None else session.areas(OFFICER)
    if not found or EVERYWHERE in found:
        raise Failure(say(session.language, "which-unit"))
    return found


def waiting(
    session: Session, unit: str | None, *, month: str | None = None, kind: str | None = None, fate: str | None = None
) -> Iterator[dict[str, Any]]:
    """Go through the queue page by page, as far as it is narrowed; what touches two places is given once."""
    seen: set[str] = set()
    for place in places(session, unit):
        for page in session.pages(PATH, OFFICER, {"unit": place, "limit": 500}):
            for one in page["reports"]:
                meant = (
                    (month is None or (one["on"] or "").startswith(month))
                    and (kind is None or CATALOGUE[one["type"]].kind == kind)
                    and fate in {None, one["fate"]}
                )
                if meant and one["id"] not in seen:
                    seen.add(one["id"])
                    yield one


def _narrowed(session: Session, chosen: Namespace) -> Iterator[dict[str, Any]]:
    if chosen.month is not None and not re.fullmatch(MONTH, chosen.month):
        raise Failure(say(session.language, "no-such-month", month=chosen.month))
    if chosen.kind is not None and chosen.kind not in {event.kind for event in CATALOGUE.values()}:
        raise Failure(say(session.language, "no-such-kind", kind=chosen.kind))
    return waiting(session, chosen.unit, month=chosen.month, kind=chosen.kind, fate=chosen.fate)


def queue(session: Session, chosen: Namespace) -> int:
    """List what waits for the office."""
    names = Names(session)
    rows = [
        _row(one, session) | {"whom": names.whom(one.get("data"))}
        for one in islice(_narrowed(session, chosen), chosen.limit)
    ]
    show(rows, COLUMNS, session.language, "queue-empty")
    if not rows:
        note_ended(session, places(session, chosen.unit))
    return 0


def overdue(session: Session, chosen: Namespace) -> int:
    """List what has waited too long for another report."""
    asked = {} if chosen.days is None else {"days": chosen.days}
    # A sender may have places in several units.
    found = {
        one["id"]: one
        for place in places(session, chosen.unit)
        for page in session.pages(OVERDUE, OFFICER, {"unit": place, "limit": 500} | asked)
        for one in page["reports"]
    }
    rows = [
        one
        | {
            "kind": title_of(one["type"], session),
            "report": id_,
            "need": need_text(session.language, one["need"]),
        }
        for id_, one in islice(found.items(), chosen.limit)
    ]
    show(rows, OVERDUE_COLUMNS, session.language, "nothing-overdue")
    if not rows:
        note_ended(session, places(session, chosen.unit))
    return 0


def _row(one: dict[str, Any], session: Session) -> dict[str, Any]:
    language = session.language
    return one | {
        "kind": title_of(one["type"], session),
        "report": one["id"],
        "since": local(one["since"])[:10],
        "fate": say(language, one["fate"]),
        "places": ", ".join(one["places"]),
        "reasons": ", ".join((reason["text"] or {}).get(language, reason["code"]) for reason in one["reasons"]),
    }


def approve(session: Session, chosen: Namespace) -> int:
    """Approve reports, a thousand at a time."""
    return decide(session, ReportsApproved, _named(session, chosen), _asked(session, chosen), note=chosen.note)


def give_back(session: Session, chosen: Namespace) -> int:
    """Return reports with the reason, a thousand at a time."""
    return decide(session, ReportsReturned, _named(session, chosen), _asked(session, chosen), reason=chosen.reason)


def _named(session: Session, chosen: Namespace) -> list[str]:
    if bool(chosen.reports) == chosen.all:
        raise Failure(say(session.language, "which-reports"))
    return list(chosen.reports) or [one["id"] for one in _narrowed(session, chosen)]


def _asked(session: Session, chosen: Namespace) -> tuple[str, ...]:
    return () if chosen.reports else places(session, chosen.unit)


def decide(
    session: Session,
    kind: type[ReportsApproved | ReportsReturned],
    reports: list[str],
    units: Iterable[str],
    **more: str | None,
) -> int:
    """Tell a decision about reports, a thousand at a time; with none in the `units` there is nothing to decide.

    1 where one that was approved is refused.
    """
    code = 0
    if not reports:
        sys.stdout.write(say(session.language, "queue-empty") + "\n")
        note_ended(session, units)
    for start in range(0, len(reports), MOST_REPORTS):
        some = reports[start : start + MOST_REPORTS]
        code |= tell(session, kind, {"on": today(), "reports": some} | more, some[0], OFFICER)
        sys.stdout.write(say(session.language, "decided", n=len(some)) + "\n")
    return code


def amend(session: Session, chosen: Namespace) -> int:
    """Approve a report of the queue with a correction."""
    insist_on_changes(session, chosen.changes)
    found = next((one for one in waiting(session, chosen.unit) if one["id"] == chosen.report), None)
    if found is None:
        raise Failure(say(session.language, "not-queued"))
    data = {
        "on": today(),
        "report": chosen.report,
        "correction": uuid7(),
        "changes": changes_to(found["data"] or {}, CATALOGUE[found["type"]], chosen),
        "member": chosen.member,
        "reason": chosen.reason,
    }
    return tell(session, ReportAmended, data, chosen.report, OFFICER)


def advance(session: Session, chosen: Namespace) -> int:
    """Give a report its turn without the numbers that its device lost."""
    data = {"on": today(), "report": chosen.report, "reason": chosen.reason}
    return tell(session, ReportAdvanced, data, chosen.report, OFFICER)


def assign(session: Session, chosen: Namespace) -> int:
    """Say who visits an area from a day on."""
    data = {
        "on": chosen.on or today(),
        "area": chosen.area,
        "collaborator": chosen.collaborator,
        "until": chosen.until,
    }
    return tell(session, AreaAssigned, data, chosen.area, OFFICER)
