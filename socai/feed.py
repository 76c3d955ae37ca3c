"""What changed, as a partner may see it, and what changes while one looks on?"""

import sys
from argparse import Namespace
from typing import Any

import httpx
import msgspec

from socai.dates import Language
from socai.labels import column, label
from socai.session import Session
from socai.wording import say

HEALTH = "health"
PATH = "/exchange/v1/feed"
LONG_POLL_MS = 25_000
SHOWN = ("on", "side", "withdrawn", "changed", "area")


def feed(session: Session, chosen: Namespace) -> int:
    """Print events, one a line, and where to go on; with `--follow` wait for more until interrupted."""
    path = PATH
    params: dict[str, Any] | None = {"limit": chosen.limit}
    if chosen.cursor:
        params = {"limit": chosen.limit, "cursor": chosen.cursor}
    cursor = chosen.cursor
    try:
        while True:
            wait = {"timeout": LONG_POLL_MS} if chosen.follow else {}
            answer = session.ask_patiently("GET", path, HEALTH, params={**(params or {}), **wait})
            if not answer.is_success:
                # A cursor that is refused is nothing to go on with.
                cursor = cursor if cursor != chosen.cursor else None
                session.read(answer)
            events = msgspec.json.decode(answer.content)
            sys.stdout.write("".join(told(event, session.language, raw=chosen.json) + "\n" for event in events))
            sys.stdout.flush()
            before, cursor = cursor, _next(answer) or cursor
            params = {"limit": chosen.limit, "cursor": cursor}
            # An empty page that leads on only passed over what is not shown.
            if not events and cursor == before and not chosen.follow:
                break
    finally:
        if cursor:
            session.note(say(session.language, "followed-to", cursor=cursor))
    return 0


def told(event: dict[str, Any], language: Language, *, raw: bool) -> str:
    """Put an event into a line."""
    if raw:
        return msgspec.json.encode(event).decode()
    data = event["data"]
    kind = label(language, "kind", str(data.get("kind")))
    words = [str(event["sequence"]).rjust(8), kind, str(event.get("subject"))]
    words += [f"{column(language, name)}={_flat(language, name, data[name])}" for name in SHOWN if data.get(name)]
    return "  ".join(words)


def _flat(language: Language, name: str, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ",".join(label(language, name, str(one)) for one in values)


def _next(answer: httpx.Response) -> str | None:
    link = answer.links.get("next", {}).get("url")
    return None if link is None else httpx.URL(link).params.get("cursor")
