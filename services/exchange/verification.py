"""Does what somebody claims about a person agree with the record? Pure comparison; the record is never shown."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from contracts.person import identifier_key
from kit.diacritics import fold, marked
from services.exchange.lens import Shown

Result = Literal["match", "partial", "no-match", "not-found"]

_FEWEST_WORDS: Final = 2


class Claim(NamedTuple):
    attribute: str
    value: str


def verify(shown: Shown, claims: Sequence[Claim]) -> list[Result]:
    """Compare each claim with what is on record; `not-found` where nothing is."""
    return [_compare(claim, shown.get(claim.attribute)) for claim in claims]


def overall(results: Sequence[Result]) -> Result:
    """Sum up: match if all do, no-match if any does not."""
    if all(result == "match" for result in results):
        return "match"
    if "no-match" in results:
        return "no-match"
    return "not-found" if all(result == "not-found" for result in results) else "partial"


def _compare(claim: Claim, known: object) -> Result:
    if known is None or known == "unknown":
        return "not-found"
    return _RULES.get(claim.attribute, _plain)(claim.value, str(known))


def _plain(claimed: str, known: str) -> Result:
    return "match" if _tidy(claimed) == _tidy(known) else "no-match"


def _card(claimed: str, known: str) -> Result:
    return "match" if identifier_key("bhyt", claimed.strip()) == identifier_key("bhyt", known) else "no-match"


def _date(claimed: str, known: str) -> Result:
    """Compare dates known to the year, the month or the day: what is said less exactly agrees in part."""
    asked = claimed.strip()
    if asked == known:
        return "match"
    longer, shorter = (asked, known) if len(asked) > len(known) else (known, asked)
    return "partial" if longer.startswith(shorter + "-") else "no-match"


def _name(claimed: str, known: str) -> Result:
    """Compare names: without any diacritics is as good as with; other diacritics or words left out agree in part."""
    asked, held = _tidy(claimed), _tidy(known)
    if list(map(marked, asked.split())) == list(map(marked, held.split())):
        return "match"
    bare, bare_held = fold(asked), fold(held)
    if bare == bare_held:
        return "match" if asked == bare else "partial"
    fewer, more = sorted((bare.split(), bare_held.split()), key=len)
    return "partial" if len(fewer) >= _FEWEST_WORDS and _in_order(fewer, more) else "no-match"


def _in_order(fewer: Sequence[str], more: Sequence[str]) -> bool:
    rest = iter(more)
    return fewer[0] == more[0] and fewer[-1] == more[-1] and all(word in rest for word in fewer)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


_RULES: Final[Mapping[str, Callable[[str, str], Result]]] = {
    "name": _name,
    "birth": _date,
    "birth_month": _date,
    "bhyt": _card,
}
