"""What does a sharing agreement with a partner cover: which attributes, which events, on which legal basis?

A view is declared once, in the partner's file, and applied when reading: a new partner costs no storage.
"""

from dataclasses import dataclass
from typing import Final, Literal

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE
from services.exchange.fields import FIELDS

Confidence = Literal["read", "secondary", "partial", "proposed"]
"""How well a legal basis was checked: in the official text; in a copy or excerpt; in a draft or one weak source; or it
is a proposal of ours. What is known from memory only is not cited at all."""

# Whoever follows a feed must learn of everything that brings people into his areas or takes them out.
MOVING_KINDS: Final = frozenset(event.kind for event in CATALOGUE.values() if event.moves)
NAMING_KINDS: Final = frozenset({"person.changed", "person.identifier_issued", "person.identifier_withdrawn"})
"""By these somebody who stays where she is gets another name, number or basic fact."""
UNION_KINDS: Final = frozenset({"person.married", "person.separated", "person.reconciled", "person.divorced"})
HEADING_KINDS: Final = frozenset({"household.head_changed"})
"""By these somebody who stays where she is stands in another relation to the head."""
# A copy that is kept by the feed would go on showing what was before.
_CHANGED_BY: Final = {"relation": HEADING_KINDS, "marital": UNION_KINDS, "spouse": UNION_KINDS}
_NEEDED: Final = ("status", "area")
_NAMES: Final = frozenset(name for name, field in FIELDS.items() if field.source == "personal")
_REVEALING: Final = frozenset({"birth"})


class WrongViewError(Exception):
    """A partner's declaration does not hold together; it says what to put right."""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    text: tuple[str, str]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class View:
    """`purposes`: those of agreements that may use it. `fields`: of whom and in which order they are shown.

    `kinds`: events that its feed tells of. With `pseudonyms` no id and nothing that names a person is shown;
    without `lookups` nobody can be asked for by identifier.
    """

    name: str
    title: tuple[str, str]
    legal_basis: tuple[LegalBasis, ...]
    purposes: frozenset[str]
    fields: tuple[str, ...]
    kinds: frozenset[str]
    pseudonyms: bool = False
    lookups: bool = True

    def __post_init__(self) -> None:
        for wrong in self._faults():
            raise WrongViewError(f"view {self.name}: {wrong}")

    def _faults(self) -> list[str]:
        known = {event.kind for event in CATALOGUE.values()}
        found = []
        if not self.legal_basis:
            found.append("no legal basis is given")
        if not self.purposes:
            found.append("no purpose is given")
        if unknown := set(self.fields) - set(FIELDS):
            found.append(f"unknown fields {sorted(unknown)}: see services/exchange/fields.py")
        if missing := set(_NEEDED) - set(self.fields):
            found.append(f"fields {sorted(missing)} are missing: without them nobody learns who left")
        if strange := self.kinds - known:
            found.append(f"unknown kinds {sorted(strange)}: see contracts/kinds")
        found += self._untold()
        if self.pseudonyms and self.lookups:
            found.append("a view with pseudonyms offers no lookups: an answer would undo the pseudonym")
        if self.pseudonyms and (named := (_NAMES | _REVEALING) & set(self.fields)):
            found.append(f"fields {sorted(named)} say who it is, so pseudonyms are no use")
        return found

    def _untold(self) -> list[str]:
        needed = {"people come and go": MOVING_KINDS}
        needed |= {f"{name} changes": kinds for name, kinds in _CHANGED_BY.items() if name in self.fields}
        lacking = {what: kinds - self.kinds for what, kinds in needed.items()}
        return [f"kinds {sorted(kinds)} are missing: {what} by them" for what, kinds in lacking.items() if kinds]

    @property
    def mask(self) -> int:
        """Bits of everything that the partner may see."""
        return sum(FIELDS[name].mask for name in self.fields)
