"""What is missing of what a device sent, and what has changed in its area since it last asked?"""

import sys
from argparse import Namespace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec

from socai.areas import pages
from socai.batches import COLLABORATOR
from socai.devices import show
from socai.finding import COLUMNS, row
from socai.session import Problem, Session
from socai.tables import table
from socai.wording import say


class _Kept(msgspec.Struct):
    cursor: str


def cursor_path(run: Path, client: str, area: str) -> Path:
    """Name the file in which it is kept where a client ended to follow an area."""
    return run.parent / f"sync-{client}-{area}.json"


def sync(session: Session, chosen: Namespace) -> int:
    """Show what the server has of a device and what it lacks, and what changed in the area since the last time."""
    kept = cursor_path(session.path, session.name or COLLABORATOR, chosen.area)
    cursor = None if chosen.anew else _read(session, kept)
    households: list[dict[str, Any]] = []
    persons: list[dict[str, Any]] = []
    left: list[str] = []
    for told in _answers(session, chosen, cursor):
        households += told["households"]
        persons += told["persons"]
        left += told["left"]
    show(session, chosen.device, told)
    _print(session, households, persons, left)
    session.note(say(session.language, "complete-up-to", position=told["position"]))
    beside = kept.with_name(f"{kept.name}.new")
    beside.write_bytes(msgspec.json.encode(_Kept(told["cursor"])))
    beside.replace(kept)
    return 1 if told["missing"] else 0


def _read(session: Session, kept: Path) -> str | None:
    """Give the cursor that was kept; None where there is none, or what is there is none."""
    try:
        return msgspec.json.decode(kept.read_bytes(), type=_Kept).cursor
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        session.note(say(session.language, "sync-unreadable", path=kept))
        return None


def _answers(session: Session, chosen: Namespace, cursor: str | None) -> list[dict[str, Any]]:
    """Ask until there is no more; all over again where the server knows the kept cursor no longer."""
    path, question = f"/events/v1/devices/{chosen.device}/sync", {"area": chosen.area}
    try:
        return list(pages(session, path, COLLABORATOR, question | ({} if cursor is None else {"cursor": cursor})))
    except Problem as refused:
        if cursor is None or refused.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
        session.note(say(session.language, "sync-anew"))
        return list(pages(session, path, COLLABORATOR, question))


def _print(session: Session, households: list[dict[str, Any]], persons: list[dict[str, Any]], left: list[str]) -> None:
    language = session.language
    counts = {"households": len(households), "persons": len(persons), "left": len(left)}
    lines = [say(language, "sync-changed", **{what: say(language, f"n-{what}", n=n) for what, n in counts.items()})]
    if persons:
        lines += table([row(state) for state in persons], COLUMNS, language)
    lines += [say(language, "sync-left", id=one) for one in left]
    sys.stdout.write("\n".join(lines) + "\n")
