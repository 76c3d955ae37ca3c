"""Where does a second id of a child stand in what is told, and how does that read under the child's own?"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from contracts.event import Event

E = TypeVar("E", bound=Event)


def strings(payload: Any) -> Iterator[str]:
    """Every string of a payload."""
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, dict | list):
        for one in payload.values() if isinstance(payload, dict) else payload:
            yield from strings(one)


def put(event: E, own: Mapping[str, str]) -> E:
    """The same with the child's own id; raises ValidationError where that says of somebody twice what is said once."""
    text = msgspec.json.encode(event.model_dump(mode="json")).decode()
    for second, first in own.items():
        text = text.replace(f'"{second}"', f'"{first}"')
    return type(event).parse(text.encode())
