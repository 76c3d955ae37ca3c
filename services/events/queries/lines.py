"""What stands on the P0 sheet of an area and month, line by line, as the books have it now?

What took effect in that month is told since it began, so the ledger is read from there on: for whoever ever stood in
the area, and of those only who is spoken of since.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from contracts.calendar import VIET_NAM
from contracts.fact import Fact
from contracts.household import HouseholdState
from contracts.kinds.residence import PersonArrived, PersonLeft
from contracts.person import PersonState
from contracts.topics import instant_text
from kit.auth.access import Access
from kit.process.database import Connection, Connections
from services.events.deciding.needs import GONE
from services.events.queries.desk import has
from services.events.queries.following import ever_in, stands_in
from services.events.rules import RULES
from services.events.sensitive import Names, hidden, is_sensitive, plain_state, plainly, shown
from services.events.state.timeline import Pasts, Timeline, Told
from services.events.state.world import END_OF_DAY, Slot, State, World
from services.events.store import ledger

Both = tuple[State | None, State | None]
"""A state just before and just after a report took effect."""
FIRST: Final[Slot] = ("", 0)
# A fast clock may tell of a day before it has begun here; a day more costs nothing.
_BEFORE: Final = timedelta(days=1)
_BEGINS: Final = "select recorded_at from ledger where position >= $1 order by position limit 1"
_RECORDED: Final = "select position, recorded_at from ledger where position = any($1::bigint[])"


class Line(NamedTuple):
    """A report that stands, with its place in time, its list, and those of the area whom it is about: before and after
    it.
    """

    slot: Slot
    told: Told
    fact: Fact
    corrected: bool
    listed: int | None
    about: list[Both]


class Sheet(NamedTuple):
    """A page of a sheet, and where the ledger stood; `following` is the place of its last line, if there are more."""

    lines: list[dict[str, Any]]
    following: Slot | None
    position: int


async def read_sheet(
    readers: Connections, area: str, month: str, access: Access, today: str, after: Slot, limit: int
) -> Sheet | None:
    """Read a page of an area's sheet behind a slot, in order of day; None where the area is none of the caller's.

    What was voided is not on it, and what was corrected stands as it is now, on the sheet of the month of which it
    tells now. What is withheld from the caller is not there.
    """
    async with readers.snapshot() as connection:
        world = World(today)
        if not await has(connection, world, area, access, "path/unit"):
            return None
        head = await ledger.head(connection)
        spoken = await _spoken_of(connection, area, await _beginning(connection, month, head.position))
        pasts = Pasts(world)
        found = await _standing(connection, pasts, spoken, month)
        await ledger.load_pasts(connection, world, {entity for entities in found.values() for entity in entities})
        about = await ledger.look(connection, world, partial(_about, pasts, found, area))
        await ledger.load_pasts(connection, world, {home for both in about.values() for home in _homes(both, area)})
        lines = await ledger.look(connection, world, partial(_lines, pasts, about, area))
        behind = [told for line in lines if line.slot > after and (told := _told(line, access)) is not None]
        page = behind[:limit]
        instants = await connection.fetch(_RECORDED, [told["position"] for _, told in page])
    recorded = {position: instant_text(ledger.microseconds(moment)) for position, moment in instants}
    return Sheet(
        [told | {"recorded_at": recorded[told["position"]]} for _, told in page],
        page[-1][0] if len(page) < len(behind) else None,
        head.position,
    )


async def _beginning(connection: Connection, month: str, last: int) -> int:
    """Find the first position at which anything of a month may be recorded: positions and instants rise together."""
    begins = datetime.fromisoformat(f"{month}-01").replace(tzinfo=VIET_NAM) - _BEFORE
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        moment = await connection.fetchval(_BEGINS, middle)
        low, high = (low, middle) if moment >= begins else (middle + 1, high)
    return low


async def _spoken_of(connection: Connection, area: str, since: int) -> dict[int, list[str]]:
    """Give the positions from `since` on at which the ledger speaks of whoever ever stood in an area, and of whom."""
    found: dict[int, list[str]] = defaultdict(list)
    for entity, positions in (await ever_in(connection, area)).items():
        for position in positions[bisect_left(positions, since) :]:
            found[position].append(entity)
    return found


async def _standing(
    connection: Connection, pasts: Pasts, spoken: Mapping[int, list[str]], month: str
) -> dict[int, set[str]]:
    """Give the causes that tell of a month as they stand, by position, with those of whom they speak."""
    world = pasts.world
    await ledger.load_facts(connection, world, sorted(spoken))
    found: dict[int, set[str]] = defaultdict(set)
    for position, entities in spoken.items():
        # A void that takes a correction back leads to that, which does not stand, and its original to itself.
        amends = world.facts[position].amends
        found[position if amends is None else amends.position].update(entities)
    await ledger.load_facts(connection, world, sorted(found))

    def tells(position: int) -> bool:
        told = pasts.told(position)
        # Reforms of units, which are told before their day and move nobody, stand on no sheet.
        return told is not None and told.event.on[:7] == month and type(told.event).day_class != 0

    return {
        one: entities for one, entities in found.items() if await ledger.look(connection, world, partial(tells, one))
    }


def _about(pasts: Pasts, found: Mapping[int, set[str]], area: str) -> dict[int, list[Both]]:
    """Give the states around each cause of those whom it names or changes as it stands, where it found somebody or a
    household in an area, or left them there: a correction may have put others in the place of who was spoken of before.

    A list of the form has a row for the person told of: where only her mother or her widow lives she is on none.
    """
    about: dict[int, list[Both]] = {}
    for position, entities in found.items():
        told = _standing_at(pasts, position)
        named = set(RULES[told.event.kind].names(told.event))
        timelines = [(entity, pasts.of(entity)) for entity in sorted(entities)]
        around = {one: _around(own, told.slot) for one, own in timelines if one in named or told.slot in own.steps}
        here = {one: both for one, both in around.items() if any(stands_in(state, area) for state in both)}
        listed = None if type(told.event).p0_list is None else told.event.find("person")
        if here and (listed is None or listed in here):
            about[position] = list(here.values())
    return about


def _homes(about: list[Both], area: str) -> list[str]:
    """Give the households of an area in which people stood, but for those that are there themselves."""
    there = {state.id for both in about for state in both if state is not None}
    people = (state for both in about for state in both if isinstance(state, PersonState) and stands_in(state, area))
    return sorted({one.household for one in people if one.household is not None} - there)


def _lines(pasts: Pasts, about: Mapping[int, list[Both]], area: str) -> list[Line]:
    """Make the lines, in order of slot, with the households in which their people stood."""
    lines = []
    for position, around in about.items():
        told = _standing_at(pasts, position)
        homes = [_around(pasts.of(home), told.slot) for home in _homes(around, area)]
        corrected = bool(pasts.corrections(position))
        listed = _list_of(told, around, area, pasts)
        lines.append(Line(told.slot, told, pasts.world.facts[position], corrected, listed, around + homes))
    return sorted(lines, key=lambda line: line.slot)


def _list_of(told: Told, around: list[Both], area: str, pasts: Pasts) -> int | None:
    """Give the list of the form: that of the kind, or of a kind that has none those of who leave for another commune or
    come from one, whatever it was told by.
    """
    if type(told.event).p0_list is not None:
        return type(told.event).p0_list
    for before, after in around:
        if not isinstance(before, PersonState) or not isinstance(after, PersonState) or before.area == after.area:
            continue
        if before.area == area and (after.status in GONE or _elsewhere(before, after, told.event.on, pasts)):
            return PersonLeft.p0_list
        if after.area == area and _elsewhere(before, after, told.event.on, pasts):
            return PersonArrived.p0_list
    return None


def _elsewhere(before: PersonState, after: PersonState, day: str, pasts: Pasts) -> bool:
    if before.area is None or after.area is None:
        return False
    return _commune(before.area, day, pasts) != _commune(after.area, day, pasts)


def _commune(area: str, day: str, pasts: Pasts) -> str | None:
    """Give the commune in which an area lies on the evening of a day; raises Unloaded."""
    row, evening = pasts.world.row(area), (day, END_OF_DAY)
    if row is None:
        return None
    state = row.state if row.last <= evening else pasts.of(area).before(evening)
    return getattr(state, "parent", None)


def _standing_at(pasts: Pasts, position: int) -> Told:
    told = pasts.told(position)
    assert told is not None
    return told


def _around(timeline: Timeline, slot: Slot) -> Both:
    return timeline.before(slot), timeline.after(slot)


def _told(line: Line, access: Access) -> tuple[Slot, dict[str, Any]] | None:
    """Tell a line as a caller may read it; None where it tells only what is withheld."""
    names, cause, event = hidden(access), line.fact.cause, line.told.event
    if plainly(access) and is_sensitive(cause.type):
        return None
    data = shown(msgspec.Raw(event.model_dump_json(exclude_defaults=True).encode()), names)
    if data is None:
        return None
    return line.slot, {
        "p0_list": line.listed,
        "kind": type(event).kind,
        "on": event.on,
        "position": line.told.position,
        "report": cause.report,
        "sender": cause.authid,
        "source": cause.source,
        "device": cause.device,
        "corrected": line.corrected,
        "notes": cause.notes,
        "data": data,
        "persons": list(_changed(line, PersonState, names)),
        "households": list(_changed(line, HouseholdState, names)),
    }


def _changed(line: Line, shape: type[State], names: Names) -> Iterator[dict[str, Any]]:
    for before, after in line.about:
        if isinstance(before or after, shape):
            yield {"before": plain_state(before, names), "after": plain_state(after, names)}
