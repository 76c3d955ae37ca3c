"""What can happen to a household: it is put on the books, moves, or gets another head."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.codes import (
    Disability,
    DisabilityDegree,
    Education,
    HouseholdType,
    Marital,
    Relation,
    Residence,
    Sex,
)
from contracts.event import Dated, Part
from contracts.ids import AreaId, HouseholdId, PartialDate, PersonId, Text
from contracts.kinds.personal import HouseholdPersonal, PersonPersonal
from contracts.malformed import malformed

LARGEST_SHEET = 100
Ethnicity = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|[1-4][0-9]|5[0-5]|refused|unknown)$")]
HouseholdNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}$")]
SheetNumber = Annotated[str, StringConstraints(pattern=r"^[1-9]$")]
BirthOrder = Annotated[int, Field(ge=1, le=30, strict=True)]


class Description(Part):
    """What a sheet or an arrival says of a person who is new to the books."""

    sex: Sex
    birth: PartialDate | None = None
    relation: Relation = "unknown"
    marital: Marital = "unknown"
    spouse: PersonId | None = None
    mother: PersonId | None = None
    birth_order: BirthOrder | None = None
    ethnicity: Ethnicity = "unknown"
    education: Education = "unknown"
    residence: Residence = "unknown"
    occupation: Text | None = None
    personal: PersonPersonal | None = None
    disability: Disability = "unknown"
    disability_degree: DisabilityDegree = "unknown"


class Member(Description):
    """One line of the A0 sheet (phiếu hộ dân cư)."""

    person: PersonId


def _not_head(relation: Relation) -> Relation:
    if relation == "head":
        raise malformed("head-among-relations")
    return relation


Kinship = Annotated[Relation, AfterValidator(_not_head)]


class Relative(Part):
    """How a member stands to the head of the household; who is the head is said elsewhere."""

    person: PersonId
    relation: Kinship = "unknown"


def named_once(people: Iterable[Relative]) -> None:
    """Insist that nobody is named twice."""
    persons = [one.person for one in people]
    if len(set(persons)) != len(persons):
        raise malformed("named-twice")


class HouseholdRegistered(Dated):
    """The A0 sheet of a household with the people who live there on that day, put on the books.

    Existing people enter the books by it: it is no birth and no arrival. A household may be registered empty, to
    receive people who move into it.
    """

    kind: ClassVar[str] = "household.registered"
    title: ClassVar[tuple[str, str]] = ("Household registered", "Đăng ký hộ vào sổ A0")
    day_class: ClassVar[int] = 1
    fixed: ClassVar[frozenset[str]] = frozenset({"household", "members"})
    moves: ClassVar[bool] = True

    household: HouseholdId
    area: AreaId
    number: HouseholdNumber | None = None
    sheet: SheetNumber | None = None
    type: HouseholdType = "family"
    head: PersonId | None = None
    members: Annotated[tuple[Member, ...], Field(max_length=LARGEST_SHEET)] = ()
    personal: HouseholdPersonal | None = None

    @model_validator(mode="after")
    def _one_line_a_person(self) -> Self:
        people = [member.person for member in self.members]
        if len(set(people)) != len(people):
            raise malformed("named-twice")
        if self.head is not None and self.head not in people:
            raise malformed("head-not-on-sheet")
        return self


class HouseholdMoved(Dated):
    """A whole household moves to another area with everybody who lives there on that day.

    In the area where it stands it gets another number, sheet or address by it; what is not told stays there.
    """

    kind: ClassVar[str] = "household.moved"
    title: ClassVar[tuple[str, str]] = ("Household moved", "Chuyển cả hộ")
    fixed: ClassVar[frozenset[str]] = frozenset({"household"})
    moves: ClassVar[bool] = True

    household: HouseholdId
    area: AreaId
    number: HouseholdNumber | None = None
    sheet: SheetNumber | None = None
    personal: HouseholdPersonal | None = None


class HouseholdHeadChanged(Dated):
    """Somebody who lives in the household becomes its head; the former head becomes `former_relation`.

    `members` may say how the others stand to the new head.
    """

    kind: ClassVar[str] = "household.head_changed"
    title: ClassVar[tuple[str, str]] = ("Head of household changed", "Thay đổi chủ hộ")
    fixed: ClassVar[frozenset[str]] = frozenset({"household"})

    household: HouseholdId
    head: PersonId
    former_relation: Relation = "unknown"
    members: Annotated[tuple[Relative, ...], Field(max_length=LARGEST_SHEET)] = ()

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        named_once(self.members)
        if any(one.person == self.head for one in self.members):
            raise malformed("head-own-relative")
        return self
