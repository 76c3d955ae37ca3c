"""What do the answers look like, for the documentation?"""

from typing import Any, Literal

from pydantic import BaseModel, Field

NO_PLACE = "Null: no known place of this level."


class Labels(BaseModel):
    """Where a row counts; only there in an answer that is broken down by a level of places."""

    unit: str | None = Field(None, description=NO_PLACE)
    code: str | None = None
    name: str | None = None


class Cut(Labels):
    """The other cuts of a row, as far as they were asked for."""

    sex: Literal["male", "female", "unknown"] | None = None
    age: int | None = Field(
        None, description="Completed years at the month end; null where the birth month is not known."
    )
    birth_month: str | None = Field(None, description="`YYYY-MM`, or `YYYY` where only the year is known, or null.")
    value: int


class About(BaseModel):
    """What an answer is about. `position`: complete up to it; `as_known`: nothing recorded later is counted."""

    unit: str
    as_of: str
    as_known: int
    position: int
    geography: str
    by: list[str]


class PopulationAnswer(About):
    """The people of a unit at a month end. `total` is the sum of the rows; `in_transit` stands beside the country."""

    month: str
    total: int
    in_transit: int | None = None
    rows: list[Cut]


class FlowCut(Cut):
    """A row of flows."""

    flow: str
    month: str | None = None


class Period(About):
    """The months that an answer is about, both included."""

    from_: str = Field(alias="from")
    to: str


class FlowsAnswer(Period):
    """What happened; rows of zero are left out wherever there is a breakdown."""

    rows: list[FlowCut]


class Terms(Labels):
    """The equation of one place: start + territory + what came - what went = end, or there is a difference."""

    population_start: int
    territory: int
    births: int
    deaths: int
    moves_in: int
    moves_out: int
    registered: int
    struck_off: int
    population_end: int
    difference: int


class BalanceAnswer(Period):
    """`difference` adds up what the rows leave unexplained: it must be 0."""

    geography_from: str
    difference: int
    in_transit: Terms | None = None
    rows: list[Terms]


class Predecessor(BaseModel):
    """A unit that went into another, wholly or partly."""

    unit: str
    whole: bool


class UnitRow(BaseModel):
    """One unit or area."""

    unit: str
    code: str
    level: str
    names: dict[str, str]
    parent: str | None
    valid_from: str
    predecessors: list[Predecessor]
    type: str | None


class UnitsAnswer(BaseModel):
    """The units of a day."""

    as_of: str
    as_known: int
    position: int
    rows: list[UnitRow]


class StatisticsAnswer(BaseModel):
    """The catalogue of figures."""

    rows: list[dict[str, Any]]
