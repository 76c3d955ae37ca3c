"""Who has this name, this identifier, or lives in this household?"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from contracts.person import identifier_key
from kit.diacritics import fold
from kit.http.faults import worded
from kit.http.problems import InvalidRequest, NotFound
from services.registry.facts import Personal, decode_person, open_personal
from services.registry.lookups import Found, area_of, find_members, last_places, search_page
from services.registry.names import answers, words
from services.registry.places import Sight
from services.registry.projections.persons import former_key
from services.registry.questions import Identifier, SearchQuestion
from services.registry.reading import Moment

_FIRST: Final = "00000000-0000-0000-0000-000000000000"
_SCANNED_AT_ONCE: Final = 200
_MOST_SCANNED: Final = 2_000
_MOST_WORDS: Final = 12
# Of whichever day.
_STANDS: Final = "select sum(sign) > 0 from unit_history where entity = $1"


class Page(NamedTuple):
    """Some of the persons found; `cursor` leads to the rest, None at the end.

    `former` are those of them who bear the number that was asked for no more.
    """

    found: list[Found]
    cursor: str | None
    former: tuple[str, ...] = ()


async def search(now: Moment, sight: Sight, question: SearchQuestion, caller: str, *, former: bool) -> Page:
    """Find persons whom the caller may see, a page at a time; with `former` also by numbers that they bear no more.

    A page may hold fewer than asked for and still have a cursor: what is looked through at once is bounded.
    """
    both = _Within(sight, await within(now, sight, question.unit, "#/unit"))
    cursors = now.sources.cursors
    after = cursors.read(question.cursor, str, caller) if question.cursor else _FIRST
    if question.household is not None:
        members = [one for one in await find_members(now, question.household) if one.entity > after]
        seen = await _seen(now, both, members)
        page, more = seen[: question.limit], len(seen) > question.limit
        return Page(page, cursors.write(page[-1].entity, caller) if more else None)
    asked = _words(question.name) if question.name is not None else []
    keys = [fold(word) for word in asked]
    if question.identifier is not None:
        keys = _number_keys(question.identifier, former=former)
    found: list[Found] = []
    for _ in range(_MOST_SCANNED // _SCANNED_AT_ONCE):
        rows = await search_page(
            now.connection, keys, after, both.places(), _SCANNED_AT_ONCE, each=question.identifier is None
        )
        named = [one for one in rows if not asked or answers(_name(one.state), asked)]
        for one in await _seen(now, both, named):
            if len(found) == question.limit:
                return _page(found, cursors.write(found[-1].entity, caller), question.identifier)
            found.append(one)
        if len(rows) < _SCANNED_AT_ONCE:
            return _page(found, None, question.identifier)
        after = rows[-1].entity
    return _page(found, cursors.write(after, caller), question.identifier)


def _page(found: list[Found], cursor: str | None, number: Identifier | None) -> Page:
    """Make a page; who was found by a number and does not bear it now bore it once."""
    if number is None:
        return Page(found, cursor)
    return Page(found, cursor, tuple(one.entity for one in found if not _bears(one.state, number)))


def _bears(state: bytes, number: Identifier) -> bool:
    personal = _personal(state)
    asked = identifier_key(number.type, number.value)
    return personal is not None and any(identifier_key(one.type, one.value) == asked for one in personal.identifiers)


def _number_keys(number: Identifier, *, former: bool) -> list[str]:
    keys = [identifier_key(number.type, number.value)]
    return [*keys, former_key(number.type, number.value)] if former else keys


class _Within(NamedTuple):
    """The caller's sight, and the unit asked for, if any."""

    sight: Sight
    unit: Sight

    def sees(self, area: str | None) -> bool:
        return self.sight.sees(area) and self.unit.sees(area)

    def places(self) -> list[int] | None:
        mine, asked = self.sight.places(), self.unit.places()
        if mine is None or asked is None:
            return mine if asked is None else asked
        return sorted(set(mine) & set(asked))


async def within(now: Moment, sight: Sight, unit: str | None, asked: str) -> Sight:
    """Give the places within a unit or area; without one all of them. Raises NotFound, at the place `asked` of the
    question, for one that is on no books.
    """
    if unit is None:
        return Sight(None, ())
    hierarchy = sight.hierarchy or await now.sources.hierarchies.get(now.connection, now.as_of)
    if unit not in hierarchy.units and not await now.connection.fetchval(_STANDS, unit):
        raise NotFound(errors=[worded(asked, "unknown-unit")])
    return Sight(hierarchy, (unit,))


async def _seen(now: Moment, within: _Within, found: Sequence[Found]) -> list[Found]:
    """Keep those within; the dead and the departed belong to the area that they left."""
    areas = {one.entity: area_of(one.state) for one in found}
    placeless = [entity for entity, area in areas.items() if area is None]
    areas |= await last_places(now.connection, placeless) if placeless else {}
    return [one for one in found if within.sees(areas[one.entity])]


def _words(name: str) -> list[str]:
    asked = words(name)
    if not 0 < len(asked) <= _MOST_WORDS:
        raise InvalidRequest(errors=[worded("#/name", "words")])
    return asked


def _name(state: bytes) -> str:
    personal = _personal(state)
    return "" if personal is None else personal.name or ""


def _personal(state: bytes) -> Personal | None:
    read = decode_person(state)
    return None if read is None else open_personal(read.personal)
