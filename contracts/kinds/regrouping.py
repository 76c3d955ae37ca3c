"""How do households come out of one another, end, spread over sheets, and get looked through?"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from contracts.codes import Destination, HouseholdType
from contracts.event import Dated
from contracts.ids import AreaId, HouseholdId, PersonId, PlaceId
from contracts.kinds.household import (
    LARGEST_SHEET,
    HouseholdNumber,
    Relative,
    SheetNumber,
    named_once,
)
from contracts.kinds.personal import HouseholdPersonal
from contracts.malformed import malformed


class HouseholdSplit(Dated):
    """Some members found a household of their own (tách hộ), in the same area where no other is told.

    `head` is one of them and the head of the new household; `members` say how they stand to the head. Whom they
    leave behind keeps the old household, also where nobody stays.
    """

    kind: ClassVar[str] = "household.split"
    title: ClassVar[tuple[str, str]] = ("Household split", "Tách hộ")
    fixed: ClassVar[frozenset[str]] = frozenset({"household", "founded"})
    moves: ClassVar[bool] = True

    household: HouseholdId
    founded: HouseholdId
    members: Annotated[tuple[Relative, ...], Field(min_length=1, max_length=LARGEST_SHEET)]
    head: PersonId | None = None
    area: AreaId | None = None
    number: HouseholdNumber | None = None
    type: HouseholdType = "family"
    personal: HouseholdPersonal | None = None

    @model_validator(mode="after")
    def _founds_another(self) -> Self:
        named_once(self.members)
        if self.founded == self.household:
            raise malformed("founds-itself")
        if self.head is not None and self.head not in {one.person for one in self.members}:
            raise malformed("head-not-leaving")
        return self


class HouseholdMerged(Dated):
    """Everybody who lives in a household joins another one (nhập hộ), and the household ends.

    `members` may say how they stand to the head of the household that they join; of others it is unknown.
    """

    kind: ClassVar[str] = "household.merged"
    title: ClassVar[tuple[str, str]] = ("Household merged into another", "Nhập hộ")
    fixed: ClassVar[frozenset[str]] = frozenset({"household"})
    moves: ClassVar[bool] = True

    household: HouseholdId
    into: HouseholdId
    members: Annotated[tuple[Relative, ...], Field(max_length=LARGEST_SHEET)] = ()

    @model_validator(mode="after")
    def _joins_another(self) -> Self:
        named_once(self.members)
        if self.into == self.household:
            raise malformed("joins-itself")
        return self


class Leaver(Relative):
    """What becomes of a member whose household is dissolved: she joins `household`, or leaves as a departure does."""

    household: HouseholdId | None = None
    destination: Destination = "unknown"
    place: PlaceId | None = None

    @model_validator(mode="after")
    def _goes_to_one_place(self) -> Self:
        if self.household is not None and (self.destination != "unknown" or self.place is not None):
            raise malformed("joins-and-departs")
        return self


class HouseholdDissolved(Dated):
    """A household ends and receives nobody afterwards (giải thể hộ).

    It is empty at the end of that day, or `members` say of each of those who live there what becomes of her.
    """

    kind: ClassVar[str] = "household.dissolved"
    title: ClassVar[tuple[str, str]] = ("Household dissolved", "Giải thể hộ")
    day_class: ClassVar[int] = 4
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"household"})
    moves: ClassVar[bool] = True

    household: HouseholdId
    members: Annotated[tuple[Leaver, ...], Field(max_length=LARGEST_SHEET)] = ()

    @model_validator(mode="after")
    def _nobody_stays(self) -> Self:
        named_once(self.members)
        if any(one.household == self.household for one in self.members):
            raise malformed("joins-the-dissolved")
        return self


class HouseholdSheetOpened(Dated):
    """Members of a household stand on one of its sheets: XXX.1, and XXX.2 for the second couple.

    The same again brings further members to a sheet, or members from one sheet to the other.
    """

    kind: ClassVar[str] = "household.sheet_opened"
    title: ClassVar[tuple[str, str]] = ("Second couple's sheet", "Mở phiếu cho cặp vợ chồng thứ hai")
    fixed: ClassVar[frozenset[str]] = frozenset({"household"})

    household: HouseholdId
    sheet: SheetNumber
    people: Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=LARGEST_SHEET)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.people)) != len(self.people):
            raise malformed("named-twice")
        return self


class HouseholdReviewed(Dated):
    """Somebody has looked through a household's sheet on that day and found it right (đã rà soát)."""

    kind: ClassVar[str] = "household.reviewed"
    title: ClassVar[tuple[str, str]] = ("Household reviewed", "Đã rà soát hộ")
    fixed: ClassVar[frozenset[str]] = frozenset({"household"})

    household: HouseholdId
