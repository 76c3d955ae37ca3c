"""What do the answers look like, for the documentation?"""

from typing import Any

from pydantic import BaseModel, Field

from kit.http.openapi import BothLanguages

STATE = (
    "The state as facts hold it; fields at their default are left out. `personal`, `care` and `disability` are there "
    "for tokens that may read them."
)


class About(BaseModel):
    """`position`: complete up to it. `as_known`: nothing recorded later counts; null where nothing was asked."""

    position: int
    as_of: str
    as_known: int | None = None


class PersonsAnswer(About):
    """One person, or all who hold an identifier."""

    persons: list[dict[str, Any]] = Field(description=STATE)


class HouseholdWithMembers(BaseModel):
    """A household and the persons who stand in it."""

    household: dict[str, Any] = Field(description=STATE)
    members: list[dict[str, Any]] = Field(description=STATE)


class HouseholdsAnswer(About):
    """One household, or all of a number."""

    households: list[HouseholdWithMembers]


class Change(BaseModel):
    """A field before and after; `on` is the date in the world. `hidden`: the values may not be shown."""

    field: str
    before: Any = None
    after: Any = None
    hidden: bool = False


class Sender(BaseModel):
    """Who told it, as the write side authenticated them."""

    source: str
    authid: str | None = None
    device: str | None = None


class FactName(BaseModel):
    """Another fact, by its report and its position."""

    report: str
    position: int


class Entry(BaseModel):
    """One fact in a history. `status`: `standing`, `superseded` (a correction replaced it, or what was told
    later of an earlier day left nothing of it here) or `voided`.

    `person` names, in the history of a household, the member who came, went, or stands there otherwise; `name` is hers,
    for whoever may read it.
    """

    position: int
    recorded_at: str
    report: str
    kind: str
    title: BothLanguages
    on: str
    changes: list[Change]
    by: Sender
    notes: list[str]
    status: str
    corrects: FactName | None = None
    corrected_by: list[FactName]
    voids: FactName | None = None
    voided_by: FactName | None = None
    sentence: BothLanguages
    person: str | None = None
    name: str | None = None


class HistoryAnswer(BaseModel):
    """All that became known, in the order in which it did."""

    position: int
    as_known: int
    history: list[Entry]


class Speaks(BaseModel):
    """What speaks for it that a candidate is meant, or against it."""

    code: str
    points: int
    text: BothLanguages


class CandidateShown(BaseModel):
    """Somebody who may be meant; `state` is there for who lives or last lived within the caller's areas.

    `likely`: much speaks for it. `commune`: where she lives or last lived, and its Vietnamese name.
    """

    person: str
    score: int
    likely: bool
    status: str
    commune: str | None = None
    commune_name: str | None = None
    reasons: list[Speaks]
    state: dict[str, Any] | None = Field(default=None, description=STATE)


class CandidatesAnswer(About):
    """The best first. `complete`: nobody whom the index finds was left out for want of room."""

    candidates: list[CandidateShown]
    complete: bool


class SearchAnswer(About):
    """A page of persons in order of id; `cursor` leads on, null at the end.

    `former`: the ids of those who bear the number that was asked for no more.
    """

    persons: list[dict[str, Any]] = Field(description=STATE)
    former: list[str] = []
    cursor: str | None = None


class AreaChangesAnswer(About):
    """What changed in an area. `left`: ids of households and persons who stand there no longer.

    `cursor` is for the next question; `more`: there is more to be had with it at once.
    """

    households: list[dict[str, Any]] = Field(description=STATE)
    persons: list[dict[str, Any]] = Field(description=STATE)
    left: list[str]
    cursor: str
    more: bool
