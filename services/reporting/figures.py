"""How many, where and of which kind, as known at a position: what is asked of the database?

Everything is a sum over signed rows. `stock` up to a month gives the people at its end; `flow` over months gives what
happened in them, where a row counts for a place only if its other end lies outside of that place.
"""

# ruff: noqa: S608 - every word that is put into SQL stands in this file

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from kit.process.database import Connection
from services.reporting.cubes.cells import SEX_NAMES, birth_text, month_text
from services.reporting.cubes.flows import End
from services.reporting.cubes.statistics import NAMES
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
def stock_sql(cuts: tuple[str, ...], *, whole: bool, single: bool) -> str:
    """Sum the stock at the end of month $3, known at position $4, by part and cuts.

    `single`: all areas are one part, so nothing needs to be joined. Else rows are summed by area first.
    """
    expressions = ", ".join(_expressions(cuts, "$3::int"))
    columns, names = f", {expressions}" if cuts else "", "".join(f", {cut}" for cut in cuts)
    where = f"{'' if whole else 'area = any($1::bigint[]) and'} on_m <= $3 and position <= $4"
    if single:
        return (
            f"select ($2::int[])[1] as part{columns}, sum(n)::bigint as n from stock where {where}"
            f" group by 1{names} having sum(n) <> 0"
        )
    part, join = ("coalesce(number, 0)", "left join") if whole else ("number", "join")
    return (
        f"{_MAP}, standing as (select area{columns}, sum(n) as n from stock where {where} group by area{names})"
        f" select {part} as part{names}, sum(n)::bigint as n from standing {join} part using (area)"
        f" group by 1{names} having sum(n) <> 0"
    )


@lru_cache
def flow_sql(cuts: tuple[str, ...], *, whole: bool) -> str:
    """Sum the flows of the codes $6 in the months $3 to $4, known at position $5, by end, code, part and cuts."""
    columns = "".join(f", {expression}" for expression in _expressions(cuts, "on_m::int"))
    names = "".join(f", {cut}" for cut in cuts)
    where = "" if whole else "(destination = any($1::bigint[]) or origin = any($1::bigint[])) and"
    arrivals, departures = (_counted(end, names, whole=whole) for end in (End.DESTINATION, End.ORIGIN))
    return (
        f"{_MAP}, moved as materialized (select code, origin, destination{columns}, sum(n) as n from flow where {where}"
        f" on_m between $3 and $4 and position <= $5 and code = any($6::smallint[])"
        f" group by code, origin, destination{names} having sum(n) <> 0)"
        f" {arrivals} union all {departures}"
    )


def _counted(end: End, names: str, *, whole: bool) -> str:
    """Count at one end what crosses the border of a part, and once what happened to people who stood still."""
    here, there = ("destination", "origin") if end is End.DESTINATION else ("origin", "destination")
    stood = "origin = destination or" if end is End.DESTINATION else ""
    own, other, join = "h.number", "t.number", "join"
    if whole:
        own = f"coalesce(h.number, case when {here} > 1 then 0 end)"
        other = f"coalesce(t.number, case when {there} > 1 then 0 end)"
        join = "left join"
    return (
        f"select '{end}' as counted, code, {own} as part{names}, sum(n)::bigint as n from moved"
        f" {join} part h on h.area = {here} left join part t on t.area = {there}"
        f" where {here} > 0 and ({stood} {own} is distinct from {other})"
        f" group by code, {own}{names} having sum(n) <> 0"
    )


async def stocks(
    connection: Connection, parts: Parts, month: int, known: int, cuts: Sequence[str] = ()
) -> list[StockRow]:
    """Count who stands in each part at the end of a month."""
    sql = stock_sql(tuple(cuts), whole=parts.whole, single=parts.is_single)
    found = await connection.fetch(sql, parts.areas, parts.numbers, month, known)
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
    named = ((NAMES.get((row["code"], End(row["counted"]))), row) for row in found)
    return [(row["part"], name, _shown(row, cuts), row["n"]) for name, row in named if name is not None]


def _shown(row: Any, cuts: Sequence[str]) -> dict[str, Any]:
    return {cut: _SHOWN[cut](row[cut]) for cut in cuts}
