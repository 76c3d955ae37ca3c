"""What do answers look like? Models for the documents; answers themselves are encoded as they are."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from kit.auth.access import Access
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


class FeedData(BaseModel):
    """What changed of a person, and what she is now, by the attributes of the view."""

    person: str = Field(description="Her id, or her pseudonym where the view gives pseudonyms.")
    kind: str = Field(description="What happened to her.")
    cause: str = Field(description="What was reported; another kind than `kind` where that corrects or voids it.")
    on: str = Field(description="Day on which it took effect, in Viet Nam (UTC+7).")
    side: Literal["here", "left"] = Field(description="`left`: by it she went out of an area of the agreement.")
    withdrawn: bool = Field(description="Whether it did not happen after all, or not to her.")
    changed: list[str] = Field(description="Attributes that it changed.")
    state: dict[str, Any] | None = Field(description="All attributes as they are now; null of whoever is not in sight.")


class FeedEvent(BaseModel):
    """A CloudEvent 1.0.2. The same event always has the same `id`, by which who reads it again knows it."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str = Field(description="`vn.socai.exchange.<kind>.v1`")
    subject: str = Field(description="As `data.person`.")
    time: str = Field(description="When it was recorded, in UTC.")
    sequence: str = Field(description="Position in the ledger; events of one position belong together.")
    datacontenttype: Literal["application/json"]
    data: FeedData


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
