"""Which kinds are there? Importing this package fills the catalogue."""

from contracts.kinds import care, correction, household, residence, union, unit, vital

__all__ = ["care", "correction", "household", "residence", "union", "unit", "vital"]
