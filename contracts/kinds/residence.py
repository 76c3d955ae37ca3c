"""How a person changes where she lives: moves inside the books, arrivals and departures (P0 lists 4 and 5)."""

from typing import ClassVar

from contracts.codes import Destination, Relation
from contracts.event import Dated
from contracts.ids import HouseholdId, PersonId, PlaceId
from contracts.kinds.household import Description


class PersonMoved(Dated):
    """A person moves from her household into another one; both ends are known, so it is one fact with one date."""

    kind: ClassVar[str] = "person.moved"
    title: ClassVar[tuple[str, str]] = ("Move between households", "Chuyển sang hộ khác")
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True

    person: PersonId
    household: HouseholdId
    relation: Relation = "unknown"


class PersonArrived(Description, Dated):
    """A person comes into a household from outside the books, or is the other half of a departure.

    Somebody new is described in full; somebody who returns keeps the sex and birth date that are on record.
    """

    kind: ClassVar[str] = "person.arrived"
    title: ClassVar[tuple[str, str]] = ("Arrival", "Chuyển đến")
    p0_list: ClassVar[int | None] = 4
    day_class: ClassVar[int] = 2
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True

    person: PersonId
    household: HouseholdId
    origin: PlaceId | None = None


class PersonLeft(Dated):
    """A person leaves the household: abroad for good, or to a place in the country where an arrival will follow."""

    kind: ClassVar[str] = "person.left"
    title: ClassVar[tuple[str, str]] = ("Departure", "Chuyển đi")
    p0_list: ClassVar[int | None] = 5
    day_class: ClassVar[int] = 4
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True

    person: PersonId
    destination: Destination = "unknown"
    place: PlaceId | None = None
