"""How do the P0 sheets and the books of a month stand, and who draws up, appraises, closes and opens them?"""

import re
import sys
from argparse import Namespace
from typing import Any

from contracts.event import Event
from contracts.ids import AREA
from contracts.kinds.office import (
    MonthClosed,
    MonthReopened,
    ReportsApproved,
    SheetAppraised,
    SheetDrawnUp,
    SheetReturned,
)
from socai import lines
from socai.batches import COLLABORATOR, OFFICER
from socai.dates import today
from socai.ended import note_ended
from socai.office import decide, places, waiting
from socai.reporting import tell
from socai.session import Failure, Session
from socai.tables import show
from socai.wording import say

OWED = ("area", "month", "due", "days", "to_do")
OF_MONTH = ("area", "status", "drawn_up", "appraised")


def sheets(session: Session, chosen: Namespace) -> int:
    """List the sheets that are owed, or how those of a month stand."""
    for unit in places(session, chosen.unit):
        if chosen.month is not None:
            answer = session.json("GET", f"/events/v1/units/{unit}/sheets/{chosen.month}", OFFICER)
            rows = [_of_month(one, session) for one in answer["sheets"]]
            show(rows, OF_MONTH, session.language, "no-area")
            note_ended(session, () if rows else (unit,))
            continue
        asked = {name: getattr(chosen, name) for name in ("since", "limit", "cursor")}
        query = {name: value for name, value in asked.items() if value is not None}
        answer = session.json("GET", f"/events/v1/units/{unit}/sheets", OFFICER, params=query)
        # Of a month before, which `--month` may call late, nothing is owed unless it is asked for.
        nothing = "no-sheets" if chosen.since is not None else "no-sheets-since"
        show([_owed(one, session) for one in answer["sheets"]], OWED, session.language, nothing)
        note_ended(session, () if answer["sheets"] else (unit,))
        if answer["cursor"] is not None:
            sys.stdout.write(say(session.language, "more", cursor=answer["cursor"]) + "\n")
    return 0


def _owed(one: dict[str, Any], session: Session) -> dict[str, Any]:
    what = "late" if one["late"] else one["to_do"]
    return one | {"to_do": say(session.language, f"sheet-{what}")}


def _of_month(one: dict[str, Any], session: Session) -> dict[str, Any]:
    drawn_up, appraised = (one[step] and one[step]["on"] for step in ("drawn_up", "appraised"))
    status = "appraised" if appraised else "drawn-up" if drawn_up else "late" if one["late"] else "draw_up"
    told = say(session.language, f"sheet-{status}")
    return {"area": one["area"], "status": told, "drawn_up": drawn_up, "appraised": appraised}


def sheet(session: Session, chosen: Namespace) -> int:
    """Show a sheet, draw it up, appraise it, give it back, or approve all of its reports and appraise it."""
    if not re.fullmatch(AREA, chosen.area):
        raise Failure(say(session.language, "sheet-of-an-area", unit=chosen.area, month=chosen.month))
    if chosen.action == "show":
        return lines.show_sheet(session, chosen.area, chosen.month)
    about = {"on": today(), "area": chosen.area, "month": chosen.month}
    if chosen.action == "draw-up":
        return tell(session, SheetDrawnUp, about | {"lines": chosen.lines}, chosen.area, COLLABORATOR)
    if chosen.action == "return":
        return tell(session, SheetReturned, about | {"reason": chosen.reason}, chosen.area, OFFICER)
    if chosen.action == "approve":
        _check_drawn_up(session, chosen.area, chosen.month)
        own = waiting(session, chosen.area, month=chosen.month, fate="waiting")
        if decide(session, ReportsApproved, [one["id"] for one in own], (chosen.area,)):
            # To appraise is to find the sheet right: the officer looks at what was refused first.
            raise Failure(say(session.language, "not-appraised"))
    return tell(session, SheetAppraised, about, chosen.area, OFFICER)


def _check_drawn_up(session: Session, area: str, month: str) -> None:
    """Raise `Failure` where a sheet cannot be appraised: none of its reports is approved before that is known."""
    answer = session.json("GET", f"/events/v1/units/{area}/sheets/{month}", OFFICER)
    one = next((one for one in answer["sheets"] if one["area"] == area), None)
    if one is None:
        raise Failure(say(session.language, "no-area"))
    if one["appraised"] is not None:
        raise Failure(say(session.language, "appraised-already", **one["appraised"]))
    if one["drawn_up"] is None:
        raise Failure(say(session.language, "not-drawn-up"))


def month(session: Session, chosen: Namespace) -> int:
    """Close the books of a month, open them again, or say how they stand."""
    about = {"on": today(), "commune": chosen.commune, "month": chosen.month}
    changes: dict[str, tuple[type[Event], dict[str, Any]]] = {
        "close": (MonthClosed, about),
        "reopen": (MonthReopened, about | {"reason": chosen.reason}),
    }
    if chosen.action in changes:
        kind, data = changes[chosen.action]
        return tell(session, kind, data, chosen.commune, OFFICER)
    answer = session.json("GET", f"/events/v1/units/{chosen.commune}/months/{chosen.month}", OFFICER)
    closed = answer["closed"]
    stands = "month-closed" if closed else "month-to-come" if chosen.month > today()[:7] else "month-open"
    sys.stdout.write(say(session.language, stands, **(closed or {})) + "\n")
    return 0
