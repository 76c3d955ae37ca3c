"""Under which second id is somebody told of, and what does a report say that names her by it?

An id leads to a child when the child is told again under it. It has a row like anybody's, which is read with the
others, so that a report of people under their own ids asks for nothing more. Intake and restore share `take`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from pydantic import ValidationError

from contracts.event import CATALOGUE, Event
from contracts.fact import Cause
from services.events.report.line import Line
from services.events.report.pointers import Malformed, pointers
from services.events.state.world import ALIAS, NEVER, KnownAs, Row, World

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


def take(world: World, other: str, person: str) -> None:
    """Let an id lead to somebody on the books; not where anything was ever recorded of the id itself."""
    if world.row(other) is None:
        world.rows[other] = Row(ALIAS, 0, NEVER, b"", None)
        world.dirty[other] = None
        world.tie(other, person)


def on_the_books(line: Line, aliases: Mapping[str, str]) -> Line:
    """Give a report as it speaks of people by their ids on the books; raises Malformed.

    What it then names twice, or otherwise cannot say, is no payload of its kind.
    """
    kind, payload = type(line.event), line.event.model_dump(mode="json")
    named = {one: aliases[one] for one in _strings(payload) if one in aliases}
    if not named:
        return line
    try:
        event = kind.check(renamed(payload, named))
    except ValidationError as invalid:
        raise Malformed(pointers(invalid, kind)) from None
    return msgspec.structs.replace(line, event=event, aliases={**(line.aliases or {}), **named})


def by_own_ids(line: Line, look: Callable[[Line], T]) -> T:
    """Look at a report as it speaks of people by their ids on the books, however many others it names.

    Raises Malformed, and what the look raises.
    """
    while True:
        try:
            return look(line)
        except KnownAs as known:
            line = on_the_books(line, {known.told: known.person})


def told_in(cause: Cause) -> Event:
    """Give what a cause tells, of people by their ids on the books."""
    kind = CATALOGUE[cause.type]
    return kind.parse(cause.data) if cause.aliases is None else kind.check(payload_of(cause))


def payload_of(cause: Cause) -> Any:
    """Give a cause's payload, in which people have their ids on the books."""
    return renamed(msgspec.json.decode(cause.data), cause.aliases or {})


def renamed(payload: Any, aliases: Mapping[str, str]) -> Any:
    """Replace ids wherever they stand in a payload."""
    if isinstance(payload, str):
        return aliases.get(payload, payload)
    if isinstance(payload, dict):
        return {name: renamed(value, aliases) for name, value in payload.items()}
    if isinstance(payload, list):
        return [renamed(value, aliases) for value in payload]
    return payload


def _strings(payload: Any) -> Iterator[str]:
    if isinstance(payload, str):
        yield payload
    for value in payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ():
        yield from _strings(value)
