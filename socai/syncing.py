"""What is missing of what a device sent, and what has changed in its area since it last asked?

Two reads at one position: the write side says what it has and where its ledger stood, the registry what has changed in
the area once it has come as far.
"""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import msgspec

from socai.areas import changes
from socai.batches import COLLABORATOR
from socai.devices import counted, show
from socai.finding import COLUMNS, row
from socai.session import Session
from socai.tables import table
from socai.wording import say


def cursor_path(run: Path, client: str, area: str) -> Path:
    """Name the file in which it is kept where a client ended to follow an area."""
    return run.parent / f"sync-{client}-{area}.json"


def sync(session: Session, chosen: Namespace) -> int:
    """Show what the server has of a device and what it lacks, and what changed in the area since the last time."""
    told = counted(session, chosen.device)
    show(session, told)
    kept = cursor_path(session.path, session.name or COLLABORATOR, chosen.area)
    cursor = msgspec.json.decode(kept.read_bytes())["cursor"] if kept.exists() and not chosen.anew else None
    households: list[dict[str, Any]] = []
    persons: list[dict[str, Any]] = []
    left: list[str] = []
    question = {"area": chosen.area} | ({} if cursor is None else {"cursor": cursor})
    position = told["position"]
    for answer in changes(session, COLLABORATOR, question, {"not_before": position}):
        households += answer["households"]
        persons += answer["persons"]
        left += answer["left"]
        cursor, position = answer["cursor"], answer["position"]
    _print(session, households, persons, left)
    session.note(say(session.language, "complete-up-to", position=position))
    kept.write_bytes(msgspec.json.encode({"cursor": cursor}))
    return 1 if told["missing"] else 0


def _print(session: Session, households: list[dict[str, Any]], persons: list[dict[str, Any]], left: list[str]) -> None:
    language = session.language
    lines = [say(language, "sync-changed", households=len(households), persons=len(persons), left=len(left))]
    if persons:
        lines += table([row(state) for state in persons], COLUMNS, language)
    lines += [say(language, "sync-left", id=one) for one in left]
    sys.stdout.write("\n".join(lines) + "\n")
