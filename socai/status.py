"""How far has each service come, and how much of the ledger does it still have to read?"""

import sys
from argparse import Namespace
from typing import Any

from socai.session import Problem, Session, Unreachable
from socai.tables import table
from socai.wording import say

OPERATOR = "operator"
SERVICES = ("events", "registry", "reporting", "exchange")


def status(session: Session, chosen: Namespace) -> int:  # noqa: ARG001 - every command is called alike
    """Print a line for each service; the exit code says whether all answered."""
    rows = [_row(session, service) for service in SERVICES]
    head = rows[0].get("position")
    for row in rows[1:]:
        if isinstance(head, int) and isinstance(row.get("position"), int):
            row["behind"] = max(0, head - row["position"])
    columns = ["service", "position", "behind", "waiting"]
    if any(row.get("status") for row in rows):
        columns.append("status")
    sys.stdout.write("\n".join(table(rows, columns, session.language)) + "\n")
    return 0 if all(row.get("position") is not None for row in rows) else 1


def _row(session: Session, service: str) -> dict[str, Any]:
    try:
        answer = session.json("GET", f"/{service}/v1/status", OPERATOR)
    except Problem as problem:
        return {"service": service, "status": f"{say(session.language, 'no-status')} ({problem.status})"}
    except Unreachable:
        return {"service": service, "status": say(session.language, "away")}
    return {"service": service, "position": answer.get("position"), "waiting": answer.get("waiting")}
