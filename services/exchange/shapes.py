"""What do answers look like? Models for the documents; answers themselves are encoded as they are."""

from typing import Any, Literal

from pydantic import BaseModel

from kit.access import Access
from services.exchange.fields import FIELDS
from services.exchange.verification import Result
from services.exchange.view import View


class Titles(BaseModel):
    en: str
    vi: str


class ShownBasis(Titles):
    """`confidence`: whether the text was read officially, in a secondary copy, or in part."""

    confidence: str


class ShownField(BaseModel):
    name: str
    title: Titles


class Agreed(BaseModel):
    """What the token says of the sharing agreement."""

    client_id: str
    purpose: str
    legal_basis: str
    areas: list[str]


class ShownView(BaseModel):
    name: str
    title: Titles
    legal_basis: list[ShownBasis]
    agreement: Agreed
    fields: list[ShownField]
    kinds: list[str]
    pseudonyms: bool
    lookups: bool


class Views(BaseModel):
    views: list[ShownView]
    position: int


class PersonResult(BaseModel):
    """`ambiguous`: several people in sight bear the number; no data of any of them is given."""

    result: Literal["found", "not-found", "ambiguous"]
    person: str | None = None
    fields: dict[str, Any] | None = None


class PersonsAnswer(BaseModel):
    """One result for each subject, in order. Of two answers the one of the higher position is the later."""

    results: list[PersonResult]
    position: int


class ClaimResult(BaseModel):
    attribute: str
    result: Result


class VerificationAnswer(BaseModel):
    """`not-found`: nobody in sight, or nothing on record for the claim."""

    result: Result
    claims: list[ClaimResult]
    position: int


def view_shape(view: View, access: Access) -> dict[str, Any]:
    """Describe a view with what a token says of its agreement."""
    return {
        "name": view.name,
        "title": _titles(view.title),
        "legal_basis": [{**_titles(basis.text), "confidence": basis.confidence} for basis in view.legal_basis],
        "agreement": {
            "client_id": access.client_id,
            "purpose": access.purpose,
            "legal_basis": access.legal_basis,
            "areas": list(access.areas),
        },
        "fields": [{"name": name, "title": _titles(FIELDS[name].title)} for name in view.fields],
        "kinds": sorted(view.kinds),
        "pseudonyms": view.pseudonyms,
        "lookups": view.lookups,
    }


def _titles(text: tuple[str, str]) -> dict[str, str]:
    return {"en": text[0], "vi": text[1]}
