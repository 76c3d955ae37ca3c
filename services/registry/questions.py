"""What may be asked, and what is a well-formed question? Ids of persons stand in bodies only."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.codes import IdentifierType, Sex
from contracts.event import Part
from contracts.ids import AreaId, HouseholdId, IsoDate, PartialDate, PersonId, PlaceId, Text
from contracts.malformed import malformed
from kit.http.paging import CursorText

LARGEST_PAGE = 100
IdentifierValue = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,20}$")]
HouseholdNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}$")]
AsKnown = Annotated[
    int | Annotated[str, StringConstraints(max_length=40)],
    Field(description="As known at this ledger position, or at this instant (RFC 3339 with its offset)."),
]
AsOf = Annotated[IsoDate, Field(description="As it was at the end of this day; by default today.")]


class Identifier(Part):
    """A number that names a person in some register."""

    type: IdentifierType
    value: IdentifierValue


class Question(Part):
    """Both clocks; the question that names neither is about the present."""

    as_of: AsOf | None = None
    as_known: AsKnown | None = None


class PersonsQuestion(Question):
    """By id, or by identifier: real books repeat numbers, so several persons may answer."""

    person: PersonId | None = None
    identifier: Identifier | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if (self.person is None) == (self.identifier is None):
            raise malformed("person-or-identifier")
        return self


class HouseholdsQuestion(Question):
    """By id, or by its number in the A0 book of an area: a number may stand on several sheets."""

    household: HouseholdId | None = None
    area: AreaId | None = None
    number: HouseholdNumber | None = None

    @model_validator(mode="after")
    def _names_a_household(self) -> Self:
        if (self.household is None) == (self.area is None) or (self.area is None) != (self.number is None):
            raise malformed("household-or-number")
        return self


class HistoryQuestion(Part):
    """Of a person, of a household, or of a unit or area, as known now or then."""

    person: PersonId | None = None
    household: HouseholdId | None = None
    unit: PlaceId | None = None
    as_known: AsKnown | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if [self.person, self.household, self.unit].count(None) != 2:  # noqa: PLR2004 - one of three
            raise malformed("person-household-or-unit")
        return self


class CandidatesQuestion(Part):
    """What is told of somebody who may be on the books already, under whatever id.

    `previous` is the unit or area that she is said to come from, `household` names whom she lives or lived with.
    """

    name: Text | None = None
    birth: PartialDate | None = None
    sex: Sex = "unknown"
    identifiers: Annotated[list[Identifier], Field(default_factory=list, max_length=8)]
    previous: PlaceId | None = None
    household: Annotated[list[Text], Field(default_factory=list, max_length=20)]
    limit: Annotated[int, Field(ge=1, le=50)] = 20

    @model_validator(mode="after")
    def _describes_somebody(self) -> Self:
        if self.name is None and not self.identifiers:
            raise malformed("name-or-identifier")
        return self


class SearchQuestion(Part):
    """By name, identifier or household, anywhere or within a unit or area.

    A word of the name with diacritics finds that spelling, one without finds all of them.
    """

    name: Text | None = None
    identifier: Identifier | None = None
    household: HouseholdId | None = None
    unit: PlaceId | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 20
    cursor: CursorText | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if [self.name, self.identifier, self.household].count(None) != 2:  # noqa: PLR2004 - one of three
            raise malformed("name-identifier-or-household")
        return self


class AreaChangesQuestion(Part):
    """An area (địa bàn), and where the last answer ended."""

    area: AreaId
    cursor: CursorText | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 1_000
