"""How does a caller go on where the last page ended, without being able to make up a place?

A cursor is opaque: the place as JSON behind a keyed digest. It is signed for one use (a feed, a search) and for
one caller, so a cursor moved elsewhere is refused like a forged one.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Self, TypeVar

import msgspec
from fastapi import Query
from pydantic import StringConstraints

from kit.http.faults import worded
from kit.http.problems import InvalidRequest

_TAG_BYTES = 16
_LONGEST = 2048

_T = TypeVar("_T")

CursorText = Annotated[str, StringConstraints(max_length=_LONGEST)]
Cursor = Annotated[CursorText | None, Query(description="Where the last page ended.")]
"""The parameter of a route that is asked page by page."""


class Round(msgspec.Struct, frozen=True, array_like=True):
    """How far a follower is, who knows all as of the position `known` and takes what was told since page by page.

    A page goes on behind `reached`; up to `until`, where the log stood when the round began, so that what is told
    meanwhile moves nothing from one page to another: it is the next round's. 0: no round is under way.
    """

    known: int = 0
    reached: int = 0
    until: int = 0

    def begun(self, position: int) -> Self:
        """Go on with the round, or begin one; never beyond `position`, where the log stands for who answers."""
        if self.until:
            return msgspec.structs.replace(self, until=min(self.until, position))
        return msgspec.structs.replace(self, reached=self.known, until=position)

    def ended(self) -> Self:
        """Know everything of the round."""
        return msgspec.structs.replace(self, known=self.until, reached=0, until=0)


class Cursors:
    """Makes and reads the cursors of one use."""

    def __init__(self, keys: str, use: str, pointer: str = "query/cursor") -> None:
        """`keys` as in the setting `cursor_key`: the first signs, all of them verify; `pointer`: where one stands."""
        self._keys = [key.strip().encode() for key in keys.split(",") if key.strip()]
        if not self._keys:
            raise ValueError("cursor_key is not set")
        self._use = use.encode()
        self._pointer = pointer

    def write(self, place: object, caller: str = "") -> str:
        body = msgspec.json.encode(place)
        return urlsafe_b64encode(self._tag(self._keys[0], body, caller) + body).rstrip(b"=").decode()

    def behind(self, page: Sequence[_T], limit: int, place: Callable[[_T], object], caller: str) -> str | None:
        """The cursor that goes on behind the last of a page, at its place; None behind a page with room for more."""
        return self.write(place(page[-1]), caller) if len(page) == limit else None

    def read(self, cursor: str, place: type[_T], caller: str = "") -> _T:
        """The place, or `InvalidRequest` when the cursor was not made by us for this use and caller."""
        try:
            if len(cursor) > _LONGEST:
                raise self._refused()
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raise self._refused() from None
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        # Compared one by one without stopping early: how long it takes says nothing of the keys.
        if not any([hmac.compare_digest(tag, self._tag(key, body, caller)) for key in self._keys]):  # noqa: C419
            raise self._refused()
        try:
            return msgspec.json.decode(body, type=place)
        except msgspec.MsgspecError:
            # Ours, but of an older shape than this version reads.
            raise self._refused() from None

    def _tag(self, key: bytes, body: bytes, caller: str) -> bytes:
        message = b"\x00".join([self._use, caller.encode(), body])
        return hmac.new(key, message, hashlib.sha256).digest()[:_TAG_BYTES]

    def _refused(self) -> InvalidRequest:
        return InvalidRequest(errors=[worded(self._pointer, "cursor")])
