"""Which kinds are there, and which of them are sensitive? Importing this package fills the catalogue."""

from typing import Final

from contracts.event import CATALOGUE
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

SENSITIVE: Final = frozenset(event.kind for event in CATALOGUE.values() if event.sensitive)
"""Kinds whose reports are withheld from whoever lacks the scope `registry.care.read`."""

__all__ = [
    "SENSITIVE",
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
