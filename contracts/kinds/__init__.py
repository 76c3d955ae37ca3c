"""Which kinds are there? Importing this package fills the catalogue."""

from contracts.kinds import (
    basic,
    care,
    correction,
    device,
    household,
    identity,
    matching,
    office,
    regrouping,
    residence,
    union,
    unit,
    vital,
)

__all__ = [
    "basic",
    "care",
    "correction",
    "device",
    "household",
    "identity",
    "matching",
    "office",
    "regrouping",
    "residence",
    "union",
    "unit",
    "vital",
]
