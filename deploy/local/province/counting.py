"""What do readers count: people by area and month, what happened each month, and households by area?

Figures come through the door, as any client gets them. That households are counted by area is asked by nobody, so
the registry's own tables are read, in the role that only reads.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

import httpx
import msgspec
import psycopg

from contracts.ids import EVERYWHERE, place_number
from deploy.local.province.totals import Totals
from socai.client import Client, Run, TokenError

STATISTICIAN: Final = "statistics"
# 412: what was asked for is not counted yet.
AWAY: Final = (412, 429, 502, 503, 504)
PATIENCE, PAUSE = 300.0, 1.0
FLOWS: Final = ("births", "deaths", "moves_in", "moves_out", "struck_off")
_PERSONS: Final = "select area, count(*) from person where not gone and status = 'resident' group by area"
_HOUSEHOLDS: Final = "select area, count(*) from household where not gone and status = 'active' group by area"

Counts = dict[str, int]


class NoFigure(RuntimeError):
    """The door gave no figure."""


class _Away(Exception):
    """Nobody can say at the moment."""


class Counted(msgspec.Struct):
    """People on the books by area, as reporting and as the registry count them; flows and population by month."""

    reported: Counts = {}
    persons: Counts = {}
    households: Counts = {}
    population: Counts = {}
    flows: dict[str, Counts] = {}


class Counter:
    """Asks the readers; `totals` says of which areas and months."""

    def __init__(self, run: Run, registry_dsn: str, totals: Totals) -> None:
        self._client = Client(run, STATISTICIAN)
        self._dsn = registry_dsn
        self._areas = {place_number(area): area for area in totals.stock.areas}
        self._start = totals.start[:7]
        self._months = [month.month for month in totals.months_totals]

    def count(self, position: int) -> Counted:
        """Count all, up to a position at least; who is away is asked again."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._count(position)
            except (_Away, httpx.TransportError, TokenError, psycopg.OperationalError) as away:
                if time.monotonic() > until:
                    raise NoFigure(f"not within {PATIENCE:.0f} s: {away}") from None
            time.sleep(PAUSE)

    def _count(self, position: int) -> Counted:
        found = Counted(self._by_area(position), self._standing(_PERSONS), self._standing(_HOUSEHOLDS))
        for month in self._months:
            (row,) = self._ask("population", position, month=month)
            found.population[month] = row["value"]
        if self._months:
            period = {"from": self._months[0], "to": self._months[-1], "by": "month", "kind": ",".join(FLOWS)}
            for row in self._ask("flows", position, **period):
                found.flows.setdefault(row["month"], {})[row["flow"]] = row["value"]
        return found

    def _by_area(self, position: int) -> Counts:
        rows = self._ask("population", position, month=self._start, by="area")
        return {row["unit"]: row["value"] for row in rows}

    def _standing(self, query: str) -> Counts:
        with psycopg.connect(self._dsn) as connection:
            rows: Sequence[tuple[int | None, int]] = connection.execute(query).fetchall()
        return {self._areas[area]: n for area, n in rows if area in self._areas}

    def _ask(self, figure: str, position: int, **asked: Any) -> list[dict[str, Any]]:
        wanted = {"unit": EVERYWHERE, "not_before": position, **asked}
        answer = self._client.request("GET", f"/reporting/v1/{figure}", params=wanted)
        if answer.status_code in AWAY:
            raise _Away(f"{figure}: {answer.status_code}")
        if not answer.is_success:
            raise NoFigure(f"{figure}: {answer.status_code} {answer.text[:300]}")
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows

    def close(self) -> None:
        self._client.close()
