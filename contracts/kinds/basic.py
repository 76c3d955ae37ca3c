"""How do the basic facts of a person change (P0 list 6): each with the value that it had and the one that it gets?"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from contracts.codes import Disability, DisabilityDegree, Education, Marital, Residence, Sex
from contracts.event import Dated, Part
from contracts.ids import PartialDate, PersonId, Text
from contracts.kinds.household import Ethnicity, Kinship
from contracts.kinds.personal import Contact
from contracts.malformed import malformed

MOST_CONTACTS = 20


class Basics(Part):
    """Values of a person's basic facts; what is not told is null. Unknown and refused are values."""

    sex: Sex | None = None
    birth: PartialDate | None = None
    marital: Marital | None = None
    relation: Kinship | None = None
    ethnicity: Ethnicity | None = None
    education: Education | None = None
    residence: Residence | None = None
    occupation: Text | None = None
    disability: Disability | None = None
    disability_degree: DisabilityDegree | None = None


class Renaming(Part):
    """A name with the one before it, and contacts in place of those on record."""

    old_name: Text | None = None
    name: Text | None = None
    contacts: Annotated[tuple[Contact, ...], Field(max_length=MOST_CONTACTS)] | None = None


class PersonChanged(Dated):
    """Basic facts of a person get new values on a day; the past keeps the old ones.

    `old` is what the teller's book said until then; where that is not what is on record, the new value is taken and
    the difference is noted. What was wrong from the beginning is put right by a correction instead. Marriage,
    separation, divorce and the death of a spouse on record are told by their own kinds, and so are heads and numbers.
    """

    kind: ClassVar[str] = "person.changed"
    title: ClassVar[tuple[str, str]] = ("Change of basic data", "Thay đổi thông tin cơ bản")
    p0_list: ClassVar[int | None] = 6
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    once: ClassVar[bool] = False

    person: PersonId
    old: Basics = Basics()
    new: Basics = Basics()
    personal: Renaming | None = None

    @model_validator(mode="after")
    def _says_what_is_new(self) -> Self:
        told = {name for name, value in self.new if value is not None}
        renamed = self.personal is not None and not (self.personal.name is None and self.personal.contacts is None)
        if not told and not renamed:
            raise malformed("nothing-new")
        if any(value is not None and name not in told for name, value in self.old):
            raise malformed("old-without-new")
        return self
