"""Which P0 sheets are owed: not drawn up although they are due, or drawn up and not appraised, and for how long?

An area owes a sheet for every month that is over, since it has been on these books.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from contracts.calendar import next_month
from contracts.kinds.office import due_day
from kit.process.database import Connection

MOST_MONTHS: Final = 24
Place = tuple[str, str]
"""The month and the area where a page ended."""
FIRST: Final[Place] = ("", "")
# The first eight bytes of an area's facts are the position at which it came on the books.
_PAGE: Final = """
with asked as (
  select s.entity as area, greatest(
    substr(convert_from(s.body, 'UTF8')::jsonb ->> 'valid_from', 1, 7),
    coalesce($3::text, to_char(l.recorded_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM'))) as since
  from state s join ledger l on l.position = ('x' || encode(substr(s.facts, 1, 8), 'hex'))::bit(64)::bigint
  where s.entity = any($1::text[]) and s.body is not null)
select a.area, t.month, m.drawn_up is not null as drawn_up
from asked a join unnest($2::text[]) t (month) on t.month >= a.since
left join month m on m.place = a.area and m.month = t.month
where m.appraised is null and (t.month, a.area) > ($4, $5) order by t.month, a.area limit $6
"""


class Owed(NamedTuple):
    """A sheet that somebody has to draw up, or to appraise."""

    area: str
    month: str
    drawn_up: bool


def finished(today: str) -> list[str]:
    """List the months that are over, as many as are looked at, in order."""
    at = (int(today[:4]) - MOST_MONTHS // 12, today[5:7])
    months = [f"{at[0]:04d}-{at[1]}"]
    while (month := next_month(months[-1])) < today[:7]:
        months.append(month)
    return months


async def owed(
    connection: Connection, areas: list[str], today: str, since: str | None, after: Place, limit: int
) -> list[Owed]:
    """List the sheets that areas owe behind a place, the oldest first; `since`: the first month to look at."""
    rows = await connection.fetch(_PAGE, areas, finished(today), since, *after, limit)
    return [Owed(*row) for row in rows]


def told(one: Owed, today: str) -> dict[str, Any]:
    """Say what is to be done with a sheet, and for how many days it has been due."""
    due = due_day(one.month)
    days = (date.fromisoformat(today) - date.fromisoformat(due)).days
    to_do = "appraise" if one.drawn_up else "draw_up"
    return {
        "area": one.area,
        "month": one.month,
        "due": due,
        "days": days,
        "late": days > 0 and not one.drawn_up,
        "to_do": to_do,
    }
