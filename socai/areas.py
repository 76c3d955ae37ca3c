"""Who is on the books of an area, all of them, in a file for programs?

NDJSON, one record a line, its kind in `what`: `area` with the position up to which its people are known, `household`
and `person` with their states, `left` with the id of whoever stood there and does so no longer, and `move` for each
move that begins or ends there and lacks its other half.
"""

import os
import re
import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import msgspec

from contracts.ids import AREA
from socai.batches import OFFICER
from socai.session import Failure, Session
from socai.wording import say

CHANGES = "/registry/v1/areas/changes"
MOST_CHANGES, MOST_MOVES = 5_000, 1_000
_encode = msgspec.json.Encoder().encode


def area(session: Session, chosen: Namespace) -> int:
    """Write everything that is on the books of some areas, or of all areas of some units."""
    known: set[int] = set()
    with ExitStack() as stack:
        out = sys.stdout.buffer
        if chosen.out is not None:
            # People, for nobody else's eyes.
            out = stack.enter_context(open(chosen.out, "wb", opener=partial(os.open, mode=0o600)))
        for one in _areas(session, chosen.place):
            for record in _on_the_books(session, one, chosen.not_before):
                out.write(_encode(record) + b"\n")
                known.add(record.get("position", 0))
        for move in _moves(session, chosen.place):
            out.write(_encode({"what": "move", **move}) + b"\n")
        out.flush()
    session.note(say(session.language, "complete-up-to", position=min(known - {0}, default=0)))
    return 0


def _areas(session: Session, places: list[str]) -> list[str]:
    """Give the areas at or below some places, each once."""
    units = [place for place in places if not re.fullmatch(AREA, place)]
    below: dict[str, list[str]] = defaultdict(list)
    if units:
        for row in session.json("GET", "/reporting/v1/units", OFFICER)["rows"]:
            below[row["parent"]].append(row["unit"])
    found: dict[str, None] = {}
    left = list(reversed(places))
    while left:
        place = left.pop()
        if re.fullmatch(AREA, place):
            found[place] = None
        left += reversed(below[place])
    if not found:
        raise Failure(say(session.language, "no-area"))
    return list(found)


def pages(
    session: Session, path: str, who: str, asked: dict[str, Any], query: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Follow an area, answer by answer, until there is no more as yet; the last one's cursor leads on another time."""
    while True:
        told = session.read(session.ask_patiently("POST", path, who, json=asked, params=query or {}))
        yield told
        if not told["more"]:
            return
        asked = asked | {"cursor": told["cursor"]}


def _on_the_books(session: Session, place: str, not_before: str | None) -> Iterator[dict[str, Any]]:
    query = {"not_before": not_before} if not_before else {}
    position = 0
    for told in pages(session, CHANGES, OFFICER, {"area": place, "limit": MOST_CHANGES}, query):
        yield from ({"what": "household", **state} for state in told["households"])
        yield from ({"what": "person", **state} for state in told["persons"])
        yield from ({"what": "left", "id": one} for one in told["left"])
        position = told["position"]
    yield {"what": "area", "area": place, "position": position}


def _moves(session: Session, places: list[str]) -> Iterator[dict[str, Any]]:
    seen: set[tuple[str, ...]] = set()
    for place in places:
        for page in session.pages("/events/v1/moves/unmatched", OFFICER, {"unit": place, "limit": MOST_MOVES}):
            for move in page["moves"]:
                key = (move["side"], move["person"], move.get("report", ""))
                if key not in seen:
                    seen.add(key)
                    yield move
