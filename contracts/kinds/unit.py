"""How places change: administrative units and the areas (địa bàn) of collaborators."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.codes import UnitLevel
from contracts.event import Dated, Part
from contracts.ids import AreaId, Text, UnitId

UNIT_WRITE = "events.unit.write"
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]


class Names(Part):
    """A unit's name in Vietnamese, and in English where there is one."""

    vi: Text
    en: Text | None = None


class NewUnit(Part):
    """The description of a unit that comes into being."""

    unit: UnitId
    code: Code
    level: UnitLevel
    names: Names
    parent: UnitId | None = None

    @model_validator(mode="after")
    def _id_begins_with_code(self) -> Self:
        if not self.unit.startswith(self.code + "-"):
            raise ValueError("a unit's id is its code and its founding date")
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
    """Units are merged, renamed, raised or moved below another parent, or abolished.

    - `merge`: `units` go into `into`, a new unit (`new`) or one of them; what lies below them goes along.
    - `rename`: the unit gets `names`.
    - `level`: the unit gets another name, level or parent (a commune becomes a ward's equal, a province a city).
    - `abolish`: the units end and what lies below them goes to their parent.
    """

    kind: ClassVar[str] = "unit.reorganised"
    title: ClassVar[tuple[str, str]] = ("Units reorganised", "Sắp xếp đơn vị hành chính")
    day_class: ClassVar[int] = 0
    scope: ClassVar[str] = UNIT_WRITE

    change: Literal["merge", "rename", "level", "abolish"]
    units: Annotated[tuple[UnitId, ...], Field(min_length=1, max_length=60)]
    new: NewUnit | None = None
    into: UnitId | None = None
    names: Names | None = None
    level: UnitLevel | None = None
    parent: UnitId | None = None

    @model_validator(mode="after")
    def _says_what_the_change_needs(self) -> Self:
        if len(set(self.units)) != len(self.units):
            raise ValueError("a unit is named twice")
        if self.change == "merge" and (self.new is None) == (self.into is None):
            raise ValueError("a merger needs either a new unit or the one that stays")
        if self.change != "merge" and (self.new is not None or self.into is not None):
            raise ValueError("only a merger has a successor")
        if self.change == "rename" and self.names is None:
            raise ValueError("a renaming needs names")
        if self.change in {"rename", "level"} and len(self.units) != 1:
            raise ValueError("one unit at a time is renamed or changes its level")
        if self.change == "level" and self.level is None and self.parent is None:
            raise ValueError("a change of level needs a level or a parent")
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
