"""Which kinds are there? Importing this package fills the catalogue."""

from contracts.kinds import correction, household, residence, union, unit, vital

__all__ = ["correction", "household", "residence", "union", "unit", "vital"]
