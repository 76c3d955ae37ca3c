"""How are figures written down: as JSON with what they are about, or as a table in CSV?"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from contracts.unit import UnitState
from kit.http.application import json_response, position_header
from kit.http.preferences import weighed

CSV: Final = "text/csv"
_OTHERWISE: Final = ("application/json", "application/*", "*/*")
"""By these names JSON is meant."""

Row = dict[str, Any]


def wants_csv(request: Request, given: str | None) -> bool:
    """Say whether a table is asked for, by `format` or else by an `Accept` that names it and likes JSON no better."""
    if given:
        return given == "csv"
    weights = dict(weighed(request.headers.get("accept", "")))
    table = weights.pop(CSV, 0.0)
    return table > 0 and all(table >= weights.get(name, 0.0) for name in _OTHERWISE)


def place(unit: UnitState | None) -> Row:
    """Name a part of a unit; what lies in no known place is a row of its own."""
    if unit is None:
        return {"unit": None, "code": None, "name": None}
    return {"unit": unit.id, "code": unit.code, "name": unit.names.get("vi")}


def answer(
    body: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Row], *, position: int, as_csv: bool
) -> Response:
    """Answer with the rows in `columns`; in JSON they stand beside what they are about."""
    headers = position_header(position) | {"Vary": "Accept"}
    if as_csv:
        return Response(table(columns, rows), media_type=f"{CSV}; charset=utf-8", headers=headers)
    return json_response({**body, "position": position, "rows": list(rows)}, headers=headers)


def table(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Write RFC 4180 with a header row, UTF-8; empty for what is unknown."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([row.get(column) for column in columns] for row in rows)
    return text.getvalue().encode()


def ordered(rows: Iterable[Row], columns: Sequence[str]) -> list[Row]:
    """Sort rows by their columns from the left, unknown values last, so that an answer is always the same."""
    return sorted(rows, key=lambda row: [(row[column] is None, row[column]) for column in columns])
