"""What does a person's state look like through a partner's view?"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from contracts.person import PersonState
from services.exchange.fields import FIELDS, Field, Personal
from services.exchange.pseudonyms import Pseudonyms
from services.exchange.view import View

Shown = dict[str, Any]
Give = Callable[[str, str], str]

# The members of a person's state, with their defaults as the contract has them; only `personal` is read further.
_SOURCES: Final[dict[str, tuple[Any, Any]]] = {
    member.name: (member.type, None if member.required else member.default)
    for member in msgspec.structs.fields(PersonState)
} | {"personal": (Personal | None, None)}


class Lens:
    """One view, ready for use: it decodes nothing that the partner may not see."""

    def __init__(self, view: View, pseudonym_key: str) -> None:
        self.view = view
        self.mask = view.mask
        self._give: Give | None = Pseudonyms(pseudonym_key, view.name).give if view.pseudonyms else None
        fields = [FIELDS[name] for name in view.fields]
        self._readers = {field.name: self._reader(field) for field in fields}
        self._bits = [(field.mask, field.name) for field in fields]
        self._changed: dict[int, list[str]] = {}
        sources = dict.fromkeys(field.source for field in fields)
        seen = msgspec.defstruct("Seen", [(name, *_SOURCES[name]) for name in sources], frozen=True, gc=False)
        self._decode = msgspec.json.Decoder(seen).decode

    def refer(self, person: str) -> str:
        """Name a person to this partner: by her id, or by a pseudonym."""
        return person if self._give is None else self._give("person", person)

    def show(self, state: bytes, fields: Sequence[str] | None = None) -> Shown:
        """Show the fields asked for (all of the view without any) and nothing else; unknown values are null."""
        seen = self._decode(state)
        readers = self._readers
        if fields is not None:
            return {name: readers[name](seen) for name in fields}
        return {name: read(seen) for name, read in readers.items()}

    def changed(self, bits: int) -> list[str]:
        """Name the attributes of a mask, as far as the partner may see them."""
        visible = bits & self.mask
        found = self._changed.get(visible)
        if found is None:
            found = self._changed[visible] = [name for bit, name in self._bits if visible & bit]
        return found

    def _reader(self, field: Field) -> Callable[[Any], Any]:
        give, refers, read = self._give, field.refers, field.read
        if give is None or refers is None:
            return read

        def pseudonymous(seen: Any) -> str | None:
            value = read(seen)
            return None if value is None else give(refers, value)

        return pseudonymous
