"""May a caller have the figures of a unit, when the agreement names units whose parts change with time?"""

from collections.abc import Iterable

from contracts.ids import EVERYWHERE
from contracts.unit import Hierarchy
from kit.http.faults import worded
from kit.http.problems import PurposeNotPermitted
from services.reporting.geography import TRANSIT


def require_within(today: Hierarchy, unit: str, areas: Iterable[str], granted: tuple[str, ...]) -> None:
    """Refuse a unit that stands, or any of whose areas stands, outside of what the token grants, as of today.

    Of a unit of former times its areas decide: a commune of then is within a province of today if all of them are.
    """
    if EVERYWHERE in granted:
        return
    standing = today.units.get(unit)
    places = [*areas]
    if not places or (standing is not None and standing.valid_to is None):
        places.append(unit)
    if unit in {EVERYWHERE, TRANSIT} or not all(today.within(place, granted) for place in places):
        raise PurposeNotPermitted(errors=[worded("query/unit", "outside-the-areas-of-the-token")])
