"""How far has each service come, and how much of the ledger does it still have to read?"""

import sys
from argparse import Namespace
from typing import Any

from socai.explaining import local
from socai.session import Problem, Session, Unreachable
from socai.tables import table
from socai.wording import say

OPERATOR = "operator"
SERVICES = ("events", "registry", "reporting", "exchange")
# Always shown, and shown when somebody says something of the kind.
COLUMNS = ("service", "projection", "version", "build", "position", "behind", "recorded_at", "waiting", "status")
ALWAYS = frozenset({"service", "position", "behind", "waiting"})


def status(session: Session, chosen: Namespace) -> int:  # noqa: ARG001 - every command is called alike
    """Print a line for each service and each of its projections; the exit code says whether all answered."""
    rows = [row for service in SERVICES for row in _rows(session, service)]
    head = rows[0].get("position")
    for row in rows[1:]:
        if isinstance(head, int) and isinstance(row.get("position"), int):
            row["behind"] = max(0, head - row["position"])
    columns = [name for name in COLUMNS if name in ALWAYS or any(row.get(name) is not None for row in rows)]
    sys.stdout.write("\n".join(table(rows, columns, session.language)) + "\n")
    return 0 if all(row.get("position") is not None for row in rows) else 1


def _rows(session: Session, service: str) -> list[dict[str, Any]]:
    try:
        answer = session.json("GET", f"/{service}/v1/status", OPERATOR)
    except Problem as problem:
        return [{"service": service, "status": f"{say(session.language, 'no-status')} ({problem.status})"}]
    except Unreachable:
        return [{"service": service, "status": say(session.language, "away")}]
    whole = {"service": service} | {name: answer.get(name) for name in ("position", "waiting")} | _recorded(answer)
    return [whole, *(_projection(one) for one in answer.get("projections", ()))]


def _projection(told: dict[str, Any]) -> dict[str, Any]:
    shown = {name: told.get(name) for name in ("version", "build", "position")}
    return {"projection": told.get("name"), **shown, **_recorded(told)}


def _recorded(told: dict[str, Any]) -> dict[str, Any]:
    instant = told.get("recorded_at")
    return {"recorded_at": None if instant is None else local(instant)}
