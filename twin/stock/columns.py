"""The columns in which a population stands: one row for each person, household and area."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.draws import Ints
from twin.places import Area

RELATIONS = ("head", "spouse", "child", "adopted_or_in_law", "parent", "grandchild", "other")
Small = NDArray[np.uint8]
Rows = NDArray[np.int32]


@dataclass(slots=True)
class Stock:
    """The population of the first day. Households lie behind each other by area, people by household, heads first.

    `birth` is a day as `date.toordinal` counts; `shape` a number in `shapes.ALL`; `first` the first row of each
    household, with one end more.
    """

    areas: list[Area]
    shape: Small
    area: Rows
    first: Ints
    household: Rows
    birth: Rows
    sex: Small
    relation: Small
    spouse: Rows
    mother: Rows
    birth_order: Small
    marital: Small
    education: Small
    occupation: Small
    ethnicity: Small
    surname: Small
    middle: Small
    given: Small
    personal_number: Ints
    card: Ints


def empty(areas: list[Area], sizes_there: Ints) -> Stock:
    """Lay out the columns for households of these sizes."""
    first = np.concatenate([[0], np.cumsum(sizes_there)])
    households, persons = len(sizes_there), int(first[-1])

    def small() -> Small:
        return np.zeros(persons, dtype=np.uint8)

    def rows() -> Rows:
        return np.zeros(persons, dtype=np.int32)

    return Stock(
        areas=areas,
        shape=np.zeros(households, dtype=np.uint8),
        area=np.repeat(np.arange(len(areas)), [area.households for area in areas]).astype(np.int32),
        first=first,
        household=np.repeat(np.arange(households), sizes_there).astype(np.int32),
        birth=rows(),
        sex=small(),
        relation=small(),
        spouse=rows(),
        mother=rows(),
        birth_order=small(),
        marital=small(),
        education=small(),
        occupation=small(),
        ethnicity=small(),
        surname=small(),
        middle=small(),
        given=small(),
        personal_number=np.zeros(persons, dtype=np.int64),
        card=np.zeros(persons, dtype=np.int64),
    )
