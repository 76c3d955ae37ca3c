"""What changed since a position, as one partner may see it, and which lines does telling it leave?

A page is one transaction: it reads a window of positions, joins who changed with what is known of her now, and adds
a line for each person it tells of. Pages end at whole positions, and an empty one still moves on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from contracts.ids import EVERYWHERE, block_of
from contracts.topics import instant_text
from kit.process.database import PLAN_AS_ASKED, Connection, Connections
from kit.projections.history import ALL_KNOWN
from services.exchange.disclosures import Asker, Line, write
from services.exchange.fields import WITHDRAWN
from services.exchange.homes import home_sql
from services.exchange.lens import Lens
from services.exchange.places import Places, Sight
from services.exchange.projections.changes import LEFT

# Bounds what one page costs a partner who may see little of what happens.
WINDOW: Final = 20_000
SOURCE: Final = "/exchange/v1/feed"
TYPE_PREFIX: Final = "vn.socai.exchange."

_ROWS: Final = """
select f.position, f.n, f.side, f.kind, f.cause, f.occurred_on, f.entity, f.changed, f.recorded_at, p.gone, p.state,
       coalesce(f.area, {told}) as area,
       case when f.side = {left} then coalesce(f.other, {gone_to}) end as other,
       coalesce(p.area, {now}) as known_area
from (select * from feed
      where position > $1 and position <= $2 and changed & $3 <> 0 and kind = any($4::text[]){blocks}
      order by position, n limit $5) f
left join person p on p.id = f.entity order by f.position, f.n
"""
# One founding commune at a time: a plan for any number of them goes through the whole feed to find nobody.
_PEOPLED: Final = """
select exists(select from unnest($1::bigint[]) as founding (block) cross join lateral (
  select from feed where feed.block = founding.block and area = any($2::bigint[]) and position <= $3 limit 1) lived)
"""
_NEWEST: Final = "select recorded_at from feed where position <= $1 order by position desc limit 1"
# Who left belonged there before the fact, who is here does since.
_HOMES: Final = {
    "left": LEFT,
    "told": home_sql("f.entity", "f.position - f.side"),
    "gone_to": home_sql("f.entity", "f.position"),
    "now": home_sql("p.id"),
}
_EVERYWHERE: Final = _ROWS.format(blocks="", **_HOMES)
# Whose area no fact names may have left any.
_WITHIN: Final = _ROWS.format(blocks=" and (block = any($6::bigint[]) or block is null)", **_HOMES)


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a partner stands: it was told of everything up to a position, at an instant (microseconds since 1970).

    A ledger that was restored without its end gives those positions anew, to what it records later than that. What was
    in sight is that of `day`, as known at the position `known`.
    """

    upto: int = 0
    # Of what is told before anything stands there, or by a cursor that holds nothing but a position, nothing is known.
    at: int = ALL_KNOWN
    # Empty where the cursor is of before this stood in it.
    day: str = ""
    known: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who follows the feed: through which lens, within which areas."""

    who: Asker
    lens: Lens
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order of position; everything up to `upto` has been told."""

    events: list[dict[str, Any]]
    upto: int


async def read_page(
    database: Connections, places: Places, reader: Reader, *, after: int, complete: int, limit: int
) -> Page:
    """Give the events behind `after`, at most `limit` unless one fact alone has more, none above `complete`."""
    async with database.acquire() as connection, connection.transaction():
        territory = await places.today(connection, complete)
        sight = territory.sight(reader.areas)
        end = min(complete, after + WINDOW)
        rows = await _rows(connection, reader, sight, after, end, limit + 1)
        if len(rows) > limit:
            # What is not read to its end is left to the next page.
            end = rows[limit]["position"] - 1
            if end <= after:
                end = rows[0]["position"]
                rows = await _rows(connection, reader, sight, end - 1, end, None)
        told = _look(rows, reader, sight, end)
        await write(connection, told.lines(reader, complete, places.now()))
        return Page(told.events, max(after, end))


async def stands(database: Connections, place: Place) -> bool:
    """Say whether what a partner was told of is still what stands at these positions."""
    return await _newest(database, place.upto) <= place.at


async def keeps_sight(
    database: Connections, places: Places, areas: tuple[str, ...], place: Place, complete: int
) -> bool:
    """Say whether nobody of whom a partner may have been told came into sight or went out of it with her whole area.

    When an area goes to another commune nobody's state changes, so the feed tells nothing of those who live there.
    """
    if not place.day or EVERYWHERE in areas or (place.day, place.known) == (places.day(), complete):
        return True
    async with database.acquire() as connection:
        before = await places.then(connection, place.day, place.known)
        after = await places.today(connection, complete)
        other = list(before.sight(areas).differs(after.sight(areas)))
        blocks = sorted(set(map(block_of, other)))
        return not (other and await connection.fetchval(_PEOPLED, blocks, other, place.upto))


async def reached(database: Connections, upto: int, now: float, day: str, known: int) -> Place:
    """Stand where a page ended. Instants of recording never fall along the ledger, whatever its clock does."""
    return Place(upto, max(int(now * 1_000_000), await _newest(database, upto)), day, known)


async def _newest(database: Connections, upto: int) -> int:
    async with database.acquire() as connection:
        return await connection.fetchval(_NEWEST, upto) or 0


async def _rows(
    connection: Connection, reader: Reader, sight: Sight, after: int, end: int, limit: int | None
) -> Sequence[Any]:
    view = reader.lens.view
    given: list[Any] = [after, end, reader.lens.mask, list(view.kinds), limit]
    if sight.everywhere:
        return await connection.fetch(_EVERYWHERE, *given)
    if not sight.blocks:
        return ()
    # Of few communes the index by commune, of many that by position finds a page soonest.
    await connection.execute(PLAN_AS_ASKED)
    return await connection.fetch(_WITHIN, *given, sight.blocks)


@dataclass(slots=True)
class _Told:
    """What a page tells: its events, and of whom; `persons` says whether her state was shown."""

    events: list[dict[str, Any]]
    persons: dict[str, bool]

    def lines(self, reader: Reader, position: int, at: datetime) -> list[Line]:
        fields = " ".join(reader.lens.view.fields)
        return [
            Line(at, *reader.who, "feed", person, fields if shown else "", position)
            for person, shown in self.persons.items()
        ]


def _look(rows: Sequence[Any], reader: Reader, sight: Sight, end: int) -> _Told:
    told = _Told([], {})
    for row in rows:
        if row["position"] > end:
            break
        # Who only moved within sight did not leave; the row of her new area tells of it.
        if not sight.sees(row["area"]) or (row["side"] == LEFT and sight.sees(row["other"])):
            continue
        person = str(row["entity"])
        # Whoever has gone out of sight since then is no more shown, whichever row speaks of her.
        shown = row["side"] != LEFT and row["state"] is not None and sight.sees(row["known_area"])
        told.events.append(_event(row, person, reader.lens, shown=shown))
        told.persons[person] = told.persons.get(person, False) or shown
    return told


def _event(row: Any, person: str, lens: Lens, *, shown: bool) -> dict[str, Any]:
    position, kind, changed, left = row["position"], row["kind"], row["changed"], row["side"] == LEFT
    reference = lens.refer(person)
    return {
        "specversion": "1.0",
        # The place in front keeps its meaning even when the event is deleted one day.
        "id": f"{position:012d}::{row['n']}",
        "source": SOURCE,
        "type": f"{TYPE_PREFIX}{kind}.v1",
        "subject": reference,
        "time": instant_text(row["recorded_at"]),
        "sequence": str(position),
        "datacontenttype": "application/json",
        "data": {
            "person": reference,
            "kind": kind,
            "cause": row["cause"] or kind,
            "on": row["occurred_on"].isoformat(),
            "side": "left" if left else "here",
            "withdrawn": bool(changed & WITHDRAWN),
            "changed": lens.changed(changed),
            "state": lens.show(row["state"]) if shown else None,
        },
    }
