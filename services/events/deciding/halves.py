"""Which moves lack their other half, and for how long: who has not arrived, and which arrival waits for a departure?

A departure is a half as long as its person is in transit: that follows from her state. An arrival is one as long as
its report waits for her to leave where she still lives: that stands in the entry which says that it waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from contracts.event import CATALOGUE
from contracts.fact import ReportEntry
from contracts.person import PersonState
from kit.process.database import Connection
from services.events.rules.residence import DEPARTED
from services.events.state.world import World

Side = Literal["departure", "arrival"]
AGES: Final = (30, 90, 365)
"""Up to how many days each class of the counts goes; what is older is the last class."""

Place = tuple[str, str]
"""The day from which a half is open, and its key: where a page ended."""

NEITHER: Final = (None, None)
FIRST: Final[Place] = ("", "")
_COLUMNS: Final = ("key", "side", "person", "area", "other", "since")
# Whoever is waited for elsewhere may have moved since: it is her present area that lacks the departure.
_OTHER: Final = "coalesce(lives, other)"
_HERE: Final = f"($1::text[] is null or area = any($1::text[]) or {_OTHER} = any($1::text[]))"
_SEEN: Final = f"($2::text[] is null or area = any($2::text[]) or {_OTHER} = any($2::text[]))"
_PAGE: Final = f"""
select key, side, person, area, {_OTHER} as other, since from half
where {_HERE} and {_SEEN} and ($3::text is null or side = $3) and (since, key) > ($4::text, $5::text)
order by since, key limit $6
"""  # noqa: S608 - conditions of ours
_COUNTS: Final = f"""
select side, width_bucket($3::date - since::date - 1, array[{AGES[0]}, {AGES[1]}, {AGES[2]}]) as age, count(*) as n
from half where {_HERE} and {_SEEN} group by side, age
"""  # noqa: S608 - conditions of ours
_LIVE: Final = """
update half h set lives = (select convert_from(s.body, 'UTF8')::jsonb ->> 'area' from state s where s.entity = h.person)
where h.side = 'arrival' and h.person = any($1::text[])
"""


class Half(NamedTuple):
    """A row: `key` is the person of a departure, the report of an arrival.

    `area` is where a departure began or an arrival leads to, `other` the place that the departure is bound for, or the
    area where whoever arrives lived when that began to wait.
    """

    key: str
    side: Side
    person: str
    area: str
    other: str | None
    since: str


def departure(person: str, world: World) -> Half | None:
    """Give the open half of somebody who is in transit by now."""
    row = world.rows.get(person)
    state = None if row is None else row.state
    if not isinstance(state, PersonState) or state.transit is None:
        return None
    return Half(person, "departure", person, state.transit.area, state.transit.place, state.transit.on)


def ends(household: str | None, need: str, world: World) -> tuple[str | None, str | None]:
    """Give where an arrival that waits for a departure leads to, and where its person lives so far."""
    if not halved(need):
        return NEITHER
    person = need.removeprefix(DEPARTED)
    areas = (getattr(getattr(world.rows.get(one or ""), "state", None), "area", None) for one in (household, person))
    into, lives = areas
    return into, lives


def arrival(report: str, on: str | None, need: str, into: str | None, lives: str | None) -> Half | None:
    """Give the open half of an arrival that waits for a departure; None for what waits for anything else."""
    if on is None or into is None or not halved(need):
        return None
    return Half(report, "arrival", need.removeprefix(DEPARTED), into, lives, on)


def arrival_of(entry: ReportEntry) -> Half | None:
    """Give the open half of an arrival from the entry that says that it waits."""
    if entry.into is None:
        return None
    on = CATALOGUE[entry.cause.type].parse(entry.cause.data).find("on")
    return arrival(entry.cause.report, on, entry.need or "", entry.into, entry.lives)


def halved(need: str) -> bool:
    """Say whether what waits is an arrival that lacks its departure."""
    return need.startswith(DEPARTED)


async def save(connection: Connection, changed: Mapping[str, Half | None], closed: Iterable[str] = ()) -> None:
    """Write down which halves are open by now: of those that changed, by key, None is closed."""
    opened = [half for half in changed.values() if half is not None]
    if gone := [*changed, *closed]:
        await connection.execute("delete from half where key = any($1::text[])", gone)
    if opened:
        await connection.copy_records_to_table("half", columns=_COLUMNS, records=opened)
    await follow(connection, [half.person for half in opened if half.side == "arrival"])


async def follow(connection: Connection, persons: Sequence[str]) -> None:
    """Write down where those live by now, as their rows say, whose arrivals elsewhere wait."""
    if persons:
        await connection.execute(_LIVE, persons)


class Question(NamedTuple):
    """Which halves are asked for: with an end among the places of `here` and one among those `seen`; None: anywhere."""

    here: list[str] | None
    seen: list[str] | None
    side: Side | None
    today: str


async def page(connection: Connection, question: Question, after: Place, limit: int) -> list[Half]:
    """List open halves behind a place, the oldest first."""
    rows = await connection.fetch(_PAGE, question.here, question.seen, question.side, *after, limit)
    return [Half(*row) for row in rows]


async def counts(connection: Connection, question: Question) -> dict[str, dict[str, int]]:
    """Count open halves of both sides by age in days: `30` is up to 30 days, `more` what is older than the last."""
    names = [*map(str, AGES), "more"]
    found = {side: dict.fromkeys(names, 0) for side in ("departure", "arrival")}
    today = date.fromisoformat(question.today)
    for side, age, n in await connection.fetch(_COUNTS, question.here, question.seen, today):
        found[side][names[age]] = n
    return found


def told(half: Half, today: str) -> dict[str, Any]:
    """Say what is open, whence and whither, since which day and for how many days."""
    # In the last minutes of a day the next one may be told of.
    days = max(0, (date.fromisoformat(today) - date.fromisoformat(half.since)).days)
    about: dict[str, Any] = {"side": half.side, "person": half.person, "since": half.since, "days": days}
    if half.side == "departure":
        return about | {"from": half.area, "to": half.other}
    return about | {"from": half.other, "to": half.area, "report": half.key}
