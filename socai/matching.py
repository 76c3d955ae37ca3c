"""Who may be on the books already, and which moves lack their other half?"""

import sys
from argparse import Namespace
from typing import Any

from socai.batches import COLLABORATOR, OFFICER
from socai.session import Failure, Session
from socai.tables import show
from socai.whom import Names, identifier
from socai.wording import say

CANDIDATES = ("score", "name", "birth", "status", "commune", "person", "reasons")
MOVES = ("side", "days", "since", "from", "to", "name", "person", "report")


def candidates(session: Session, chosen: Namespace) -> int:
    """Find who may be meant by what is told of somebody, with the reasons."""
    question: dict[str, Any] = {"name": " ".join(chosen.name) or None, "birth": chosen.birth, "sex": chosen.sex}
    question |= {"previous": chosen.previous, "household": chosen.relative, "limit": chosen.limit}
    if chosen.identifier is not None:
        question["identifiers"] = [identifier(chosen.identifier)]
    if question["name"] is None and chosen.identifier is None:
        raise Failure(say(session.language, "candidate-what"))
    asked = {name: value for name, value in question.items() if value is not None}
    answer = session.json("POST", "/registry/v1/persons/candidates", COLLABORATOR, json=asked)
    rows = [_row(one, session) for one in answer["candidates"]]
    show(rows, CANDIDATES, session.language, "nobody")
    if not answer["complete"]:
        session.note(say(session.language, "too-many"))
    return 0


def _row(one: dict[str, Any], session: Session) -> dict[str, Any]:
    state = one["state"] or {}
    reasons = ", ".join(reason["text"][session.language] for reason in one["reasons"])
    commune, name = one["commune"], one.get("commune_name")
    return one | {
        "name": (state.get("personal") or {}).get("name"),
        "birth": state.get("birth"),
        "commune": f"{name} ({commune})" if name else commune,
        "reasons": reasons,
    }


def unmatched(session: Session, chosen: Namespace) -> int:
    """List moves that lack their other half, the oldest first."""
    asked = {name: getattr(chosen, name) for name in ("unit", "side", "limit", "cursor")}
    query = {name: value for name, value in asked.items() if value is not None}
    answer = session.json("GET", "/events/v1/moves/unmatched", OFFICER, params=query)
    names = Names(session)
    show([one | {"name": names.name(one["person"])} for one in answer["moves"]], MOVES, session.language, "no-halves")
    if answer["cursor"] is not None:
        sys.stdout.write(say(session.language, "more", cursor=answer["cursor"]) + "\n")
    return 0
