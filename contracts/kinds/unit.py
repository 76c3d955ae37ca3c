"""How places change: administrative units and the areas (địa bàn) of collaborators."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.codes import UnitLevel, UnitType
from contracts.event import Dated, Part
from contracts.ids import AreaId, HouseholdId, IsoDate, PlaceId, Text, UnitId
from contracts.kinds.device import Sender
from contracts.kinds.household import HouseholdNumber, SheetNumber
from contracts.malformed import malformed
from contracts.scopes import Scope

UNIT_WRITE = "events.unit.write"
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]


class Names(Part):
    """A unit's name in Vietnamese, and in English where there is one."""

    vi: Text
    en: Text | None = None


class NewUnit(Part):
    """The description of a unit that comes into being; all but a province name the unit above as `parent`."""

    unit: UnitId
    code: Code
    level: UnitLevel
    names: Names
    parent: UnitId | None = None
    type: UnitType | None = None

    @model_validator(mode="after")
    def _id_begins_with_code(self) -> Self:
        if not self.unit.startswith(self.code + "-"):
            raise malformed("id-of-another-unit")
        return self


class Resettled(Part):
    """A household whose area was cut: it belongs to another area from now on, and nobody in it moves.

    `number` and `sheet` are those of the book of its new area.
    """

    household: HouseholdId
    area: AreaId
    number: HouseholdNumber | None = None
    sheet: SheetNumber | None = None


class Share(Part):
    """What one unit gets of a divided one: the unit itself or another (`unit`), or one that comes into being (`new`).

    `takes` names what lies right below the divided unit and goes along whole; `households` single ones that go to an
    area of the share because their own was cut. What no share names goes to the one with `rest`. An area for households
    of a new unit is established below the divided one before, and is among what the new unit takes.
    """

    unit: UnitId | None = None
    new: NewUnit | None = None
    takes: Annotated[tuple[PlaceId, ...], Field(max_length=1000)] = ()
    households: Annotated[tuple[Resettled, ...], Field(max_length=1000)] = ()
    rest: Annotated[bool, Field(strict=True)] = False

    @property
    def to(self) -> str:
        """The id of the unit that gets the share."""
        return self.new.unit if self.new is not None else self.unit or ""

    @model_validator(mode="after")
    def _goes_to_one_unit(self) -> Self:
        if (self.unit is None) == (self.new is None):
            raise malformed("new-or-existing-unit")
        return self


class UnitEstablished(Dated):
    """A unit comes into being. Such a fact may be recorded before its day and takes effect on it."""

    kind: ClassVar[str] = "unit.established"
    title: ClassVar[tuple[str, str]] = ("Unit established", "Thành lập đơn vị hành chính")
    day_class: ClassVar[int] = 0
    fixed: ClassVar[frozenset[str]] = frozenset({"unit"})
    scope: ClassVar[str] = UNIT_WRITE

    unit: NewUnit


class UnitReorganised(Dated):
    """Units are merged, divided, renamed, raised or moved below another parent, or abolished; nobody moves by it.

    - `merge`: `units` go into `into`, a new unit (`new`) or one of them; what lies below them goes along.
    - `rename`: the unit gets `names`.
    - `level`: the unit gets another type, level, name or parent (a commune becomes a ward, a province a city).
    - `abolish`: the units end and what lies below them goes to their parent: so a whole level is abolished.
    - `split`: one unit is divided into `parts`. It ends, unless one of the parts is the unit itself. Where areas are
      cut, households are named one by one, from the day on; so many that one report cannot hold them are told in
      several, of which all but the last leave the unit standing.
    """

    kind: ClassVar[str] = "unit.reorganised"
    title: ClassVar[tuple[str, str]] = ("Units reorganised", "Sắp xếp đơn vị hành chính")
    day_class: ClassVar[int] = 0
    moves: ClassVar[bool] = True
    scope: ClassVar[str] = UNIT_WRITE

    change: Literal["merge", "rename", "level", "abolish", "split"]
    units: Annotated[tuple[UnitId, ...], Field(min_length=1, max_length=60)]
    new: NewUnit | None = None
    into: UnitId | None = None
    names: Names | None = None
    level: UnitLevel | None = None
    parent: UnitId | None = None
    type: UnitType | None = None
    parts: Annotated[tuple[Share, ...], Field(max_length=60)] = ()

    @model_validator(mode="after")
    def _says_what_the_change_needs(self) -> Self:
        if len(set(self.units)) != len(self.units):
            raise malformed("named-twice")
        if self.change == "merge" and (self.new is None) == (self.into is None):
            raise malformed("new-or-staying-unit")
        if self.change != "merge" and (self.new is not None or self.into is not None):
            raise malformed("successor-without-merger")
        if self.change == "rename" and self.names is None:
            raise malformed("names-missing")
        if self.change in {"rename", "level", "split"} and len(self.units) != 1:
            raise malformed("one-unit-at-a-time")
        if self.change == "level" and self.level is None and self.parent is None and self.type is None:
            raise malformed("level-missing")
        return self

    @model_validator(mode="after")
    def _divides_everything_once(self) -> Self:
        if (self.change == "split") != bool(self.parts):
            raise malformed("parts-of-a-division")
        shares = [part.to for part in self.parts]
        if len(shares) == 1 and shares[0] != self.units[0]:
            raise malformed("divided-into-one")
        places = [place for part in self.parts for place in part.takes]
        households = [told.household for part in self.parts for told in part.households]
        if any(len(set(named)) != len(named) for named in (shares, places, households)):
            raise malformed("named-twice")
        if sum(part.rest for part in self.parts) > 1:
            raise malformed("one-rest")
        return self


class AreaEstablished(Dated):
    """A commune gets an area, the part of it that one collaborator visits."""

    kind: ClassVar[str] = "area.established"
    title: ClassVar[tuple[str, str]] = ("Area established", "Lập địa bàn")
    day_class: ClassVar[int] = 0
    fixed: ClassVar[frozenset[str]] = frozenset({"area"})
    scope: ClassVar[str] = UNIT_WRITE

    area: AreaId
    commune: UnitId
    names: Names


class AreaReassigned(Dated):
    """An area goes to another commune; nobody who lives there moves."""

    kind: ClassVar[str] = "area.reassigned"
    title: ClassVar[tuple[str, str]] = ("Area reassigned", "Điều chuyển địa bàn")
    day_class: ClassVar[int] = 0
    fixed: ClassVar[frozenset[str]] = frozenset({"area"})
    scope: ClassVar[str] = UNIT_WRITE

    area: AreaId
    commune: UnitId


class AreaAssigned(Dated):
    """The office says who visits an area from `on`, until the end of `until` or until another is named.

    `collaborator` is the client as which she reports; without one the area is nobody's in particular from that day on.
    What another collaborator tells of an area that is assigned waits for the office.
    """

    kind: ClassVar[str] = "area.assigned"
    title: ClassVar[tuple[str, str]] = ("Area assigned to a collaborator", "Phân công địa bàn cho cộng tác viên")
    day_class: ClassVar[int] = 0
    fixed: ClassVar[frozenset[str]] = frozenset({"area"})
    scope: ClassVar[str] = Scope.EVENTS_REPORT_APPROVE

    area: AreaId
    collaborator: Sender | None = None
    until: IsoDate | None = None

    @model_validator(mode="after")
    def _ends_behind_its_beginning(self) -> Self:
        if self.until is not None and (self.collaborator is None or self.until < self.on):
            raise malformed("ends-before-it-begins")
        return self
