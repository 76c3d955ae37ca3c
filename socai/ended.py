"""Is a place empty because there is no such unit any more, and what took its place?"""

from collections.abc import Iterable
from typing import Any

from contracts.ids import EVERYWHERE
from socai.batches import OFFICER
from socai.dates import today
from socai.session import Problem, Session
from socai.wording import say


def note_ended(session: Session, units: Iterable[str]) -> None:
    """Say of units that have ended when they did and what they went into, to whoever may read their history."""
    for unit in units:
        told = None if unit == EVERYWHERE else _end_of(session, unit)
        if told is not None:
            session.note(say(session.language, "no-more", unit=unit, end=told["sentence"][session.language]))


def _end_of(session: Session, unit: str) -> dict[str, Any] | None:
    try:
        answer = session.json("POST", "/registry/v1/history/query", OFFICER, json={"unit": unit})
    except Problem:
        return None
    # What was put right or taken back since has an entry of its own behind.
    ends = [
        (change["after"], entry)
        for entry in answer.get("history", ())
        for change in entry["changes"]
        if change["field"] == "valid_to"
    ]
    day, entry = ends[-1] if ends else (None, None)
    return entry if day is not None and day <= today() else None
