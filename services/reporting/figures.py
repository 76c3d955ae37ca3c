"""How many, where and of which kind, as known at a position: what is asked of the database?

Everything is a sum over signed rows. `stock` up to a month gives the people at its end; `flow` over months gives what
happened in them, where a row counts for a place only if its other end lies outside of that place.
"""

# ruff: noqa: S608 - every word that is put into SQL stands in this file

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from kit.database import Connection
from services.reporting.cubes.cells import SEX_NAMES, birth_text, month_text
from services.reporting.cubes.flows import End
from services.reporting.cubes.statistics import find_name
from services.reporting.geography import Parts

_SHOWN: Final[Mapping[str, Callable[[Any], Any]]] = {
    "sex": SEX_NAMES.get,
    "month": month_text,
    "birth_month": birth_text,
    "age": lambda age: age,
}

_MAP: Final = "with part (area, number) as (select * from unnest($1::bigint[], $2::int[]))"

StockRow = tuple[int, dict[str, Any], int]
"""Part, its cuts by name, people."""
FlowRow = tuple[int, str, dict[str, Any], int]
"""Part, measure, its cuts by name, people."""


def _expressions(cuts: Iterable[str], reference: str) -> list[str]:
    known = {
        "month": "on_m",
        "sex": "sex",
        "age": f"case when birth > 0 then ({reference} - birth) / 12 end",
        "birth_month": "birth",
    }
    return [f"{known[cut]} as {cut}" for cut in cuts]


@lru_cache
def stock_sql(cuts: tuple[str, ...], *, whole: bool) -> str:
    """Sum the stock at the end of month $3, known at position $4, by part and cuts."""
    columns = ", ".join([f"{'coalesce(number, 0)' if whole else 'number'} as part", *_expressions(cuts, "$3::int")])
    groups = ", ".join(str(number) for number in range(1, len(cuts) + 2))
    source = "stock left join part using (area)" if whole else "stock join part using (area)"
    where = "" if whole else "area = any($1::bigint[]) and"
    return (
        f"{_MAP} select {columns}, sum(n)::bigint as n from {source}"
        f" where {where} on_m <= $3 and position <= $4 group by {groups} having sum(n) <> 0"
    )


@lru_cache
def flow_sql(cuts: tuple[str, ...], *, whole: bool) -> str:
    """Sum the flows of the codes $6 in the months $3 to $4, known at position $5, by end, code, part and cuts."""
    arrivals, departures = (_flow_end(end, cuts, whole=whole) for end in (End.DESTINATION, End.ORIGIN))
    return f"{_MAP} {arrivals} union all {departures}"


def _flow_end(end: End, cuts: tuple[str, ...], *, whole: bool) -> str:
    here, there = ("destination", "origin") if end is End.DESTINATION else ("origin", "destination")
    if whole:
        own = f"coalesce(h.number, case when {here} > 1 then 0 end)"
        other = f"coalesce(t.number, case when {there} > 1 then 0 end)"
        join, where = "left join", f"{here} > 0"
    else:
        own, other = "h.number", "t.number"
        join, where = "join", f"{here} = any($1::bigint[])"
    stays = "origin = destination or" if end is End.DESTINATION else ""
    columns = ", ".join([f"'{end}' as counted", "code", f"{own} as part", *_expressions(cuts, "on_m::int")])
    groups = ", ".join(str(number) for number in range(1, len(cuts) + 4))
    return (
        f"select {columns}, sum(n)::bigint as n from flow"
        f" {join} part h on h.area = {here} left join part t on t.area = {there}"
        f" where {where} and on_m between $3 and $4 and position <= $5 and code = any($6::smallint[])"
        f" and ({stays} {own} is distinct from {other}) group by {groups} having sum(n) <> 0"
    )


async def stocks(
    connection: Connection, parts: Parts, month: int, known: int, cuts: Sequence[str] = ()
) -> list[StockRow]:
    """Count who stands in each part at the end of a month."""
    found = await connection.fetch(stock_sql(tuple(cuts), whole=parts.whole), parts.areas, parts.numbers, month, known)
    return [(row["part"], _shown(row, cuts), row["n"]) for row in found]


async def flows(
    connection: Connection,
    parts: Parts,
    months: tuple[int, int],
    known: int,
    *,
    codes: Iterable[int],
    cuts: Sequence[str] = (),
) -> list[FlowRow]:
    """Count what happened in each part from the first month to the last, by published measure."""
    found = await connection.fetch(
        flow_sql(tuple(cuts), whole=parts.whole), parts.areas, parts.numbers, *months, known, sorted(set(codes))
    )
    named = ((find_name(row["code"], End(row["counted"])), row) for row in found)
    return [(row["part"], name, _shown(row, cuts), row["n"]) for name, row in named if name is not None]


def _shown(row: Any, cuts: Sequence[str]) -> dict[str, Any]:
    return {cut: _SHOWN[cut](row[cut]) for cut in cuts}
