"""How does a person come by a number that names her in some register, and how does she lose it?"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from contracts.event import Dated, Part
from contracts.ids import PersonId
from contracts.kinds.personal import Identifier
from contracts.malformed import malformed

MOST_NUMBERS = 8


class Numbers(Part):
    """Identifiers with their types, one of each type."""

    identifiers: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=MOST_NUMBERS)]

    @model_validator(mode="after")
    def _one_of_each_type(self) -> Self:
        types = [one.type for one in self.identifiers]
        if len(set(types)) != len(types):
            raise malformed("type-twice")
        return self


class PersonIdentifierIssued(Dated):
    """A person gets a number or a card; one of the same type that she bore until then becomes a former one.

    It is valid from the day of the event where nothing else is told.
    """

    kind: ClassVar[str] = "person.identifier_issued"
    title: ClassVar[tuple[str, str]] = ("Identifier issued", "Cấp số định danh, thẻ")
    p0_list: ClassVar[int | None] = 6
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    once: ClassVar[bool] = False

    person: PersonId
    personal: Numbers


class PersonIdentifierWithdrawn(Dated):
    """A number or a card of a person is valid no more; it stays on record among the former ones."""

    kind: ClassVar[str] = "person.identifier_withdrawn"
    title: ClassVar[tuple[str, str]] = ("Identifier withdrawn", "Thu hồi số định danh, thẻ")
    p0_list: ClassVar[int | None] = 6
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    once: ClassVar[bool] = False

    person: PersonId
    personal: Numbers
