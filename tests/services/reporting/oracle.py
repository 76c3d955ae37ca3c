"""What must figures be, counted the simple way: person by person, from what was told?"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from contracts.person import PersonState
from tests.support.book import Book

Cell = tuple[str | None, str, str | None]
"""Area (or `in_transit`), sex, birth month as far as known."""
PartOf = Callable[[str | None], str | None]
"""The part in which an area, `in_transit` or nowhere (None) lies; None outside of all parts."""


def place(state: PersonState | None) -> str | None:
    if state is None or state.status in {"outside", "dead"}:
        return None
    return "in_transit" if state.status == "in_transit" else state.area or "unknown"


def population(book: Book, last_day: str, known: int) -> Counter[Cell]:
    counts: Counter[Cell] = Counter()
    for person in book.entities("persons"):
        state = book.state(person, last_day, known)
        assert isinstance(state, PersonState | None)
        where = place(state)
        if state is not None and where is not None:
            counts[where, state.sex, state.birth[:7] if state.birth else None] += 1
    return counts


def steps(book: Book, known: int) -> Iterator[tuple[str, str, PersonState | None, PersonState | None]]:
    """(kind, date, before, after) of everything that stands, as known at a position."""
    for person in book.entities("persons"):
        for slot, before, after in book._chain(("persons", person), known):
            assert isinstance(before, PersonState | None)
            assert isinstance(after, PersonState | None)
            yield slot.kind, slot.on, before, after


def flows(book: Book, first: str, last: str, known: int, part_of: PartOf) -> Counter[tuple[str, str]]:
    """(measure, part) -> people, for the months from `first` to `last`; changes of sex or birth left out."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, on, before, after in steps(book, known):
        if not first <= on[:7] <= last:
            continue
        left, entered = part_of(place(before)), part_of(place(after))
        if place(before) != place(after) and left != entered:
            out, into = _measures(kind, before, after)
            if left is not None and out:
                counts[out, left] += 1
            if entered is not None and into:
                counts[into, entered] += 1
        for cause, marital, name in (
            ("person.married", "married", "marriages"),
            ("person.divorced", "divorced", "divorces"),
        ):
            became = after is not None and after.marital == marital and (before is None or before.marital != marital)
            if kind == cause and became and entered is not None:
                counts[name, entered] += 1
    return counts


def _measures(kind: str, before: Any, after: Any) -> tuple[str, str]:
    if before is None and kind in {"person.born", "household.registered"}:
        return "", "births" if kind == "person.born" else "registered"
    if kind == "person.died" and after is not None and after.status == "dead":
        return "deaths", ""
    if kind == "unit.reorganised":
        return "territory_out", "territory_in"
    return "moves_out", "moves_in"
