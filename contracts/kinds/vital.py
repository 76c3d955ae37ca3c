"""What begins and ends a life on the books: births and deaths (P0 lists 1 and 3)."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.codes import BirthPlace, DeathPlace, Relation, Sex
from contracts.event import Dated
from contracts.ids import HouseholdId, PersonId
from contracts.kinds.household import BirthOrder, Ethnicity
from contracts.kinds.personal import PersonPersonal


class PersonBorn(Dated):
    """A child is born into a household; `on` is the birth date, `place` where it was delivered."""

    kind: ClassVar[str] = "person.born"
    title: ClassVar[tuple[str, str]] = ("Birth", "Trẻ sinh ra")
    p0_list: ClassVar[int | None] = 1
    day_class: ClassVar[int] = 2
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True

    person: PersonId
    household: HouseholdId
    sex: Sex
    mother: PersonId | None = None
    birth_order: BirthOrder | None = None
    relation: Relation = "unknown"
    ethnicity: Ethnicity = "unknown"
    place: BirthPlace = "unknown"
    weight_grams: Annotated[int, Field(ge=200, le=9000, strict=True)] | None = None
    personal: PersonPersonal | None = None


class PersonDied(Dated):
    """A person dies; the spouse is widowed by it and a household loses its head."""

    kind: ClassVar[str] = "person.died"
    title: ClassVar[tuple[str, str]] = ("Death", "Người chết")
    p0_list: ClassVar[int | None] = 3
    day_class: ClassVar[int] = 4
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True

    person: PersonId
    place: DeathPlace = "unknown"
