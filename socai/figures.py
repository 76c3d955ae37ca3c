"""How many: population, flows and the balance, as a table for people or as CSV for programs?"""

import sys
from argparse import Namespace
from typing import Any

from contracts.ids import EVERYWHERE
from socai.ended import note_ended
from socai.labels import column, label
from socai.session import Problem, Session
from socai.tables import show
from socai.wording import say

STATISTICS = "statistics"
UNITS = "units"
OF_PERIODS = ("flows", "balance")
PARAMETERS = ("month", "from", "to", "geography", "geography_from", "as_of", "as_known", "not_before")
ABOUT = ("unit", "as_of", "geography")


def figures(session: Session, chosen: Namespace) -> int:
    """Ask for figures and print their rows; of a unit that has ended it is said why nobody may ask."""
    try:
        return _figures(session, chosen)
    except Problem:
        note_ended(session, (chosen.unit,) if chosen.unit else session.areas(STATISTICS)[-1:])
        raise


def _figures(session: Session, chosen: Namespace) -> int:
    asked: dict[str, Any] = {name: value for name, value in vars(chosen).items() if name in PARAMETERS and value}
    if chosen.figure in OF_PERIODS and chosen.month:
        asked["from"] = asked["to"] = asked.pop("month")
    if chosen.figure != UNITS:
        asked["unit"] = chosen.unit or _unit(session)
    asked |= {name: ",".join(values) for name, values in (("by", chosen.by), ("kind", chosen.kind)) if values}
    path = f"/reporting/v1/{chosen.figure}"
    if chosen.csv:
        text = session.ask("GET", path, STATISTICS, params=asked | {"format": "csv"})
        if not text.is_success:
            session.read(text)
        sys.stdout.write(text.text)
        return 0
    answer = session.json("GET", path, STATISTICS, params=asked)
    rows: list[dict[str, Any]] = answer["rows"]
    if chosen.figure == UNITS:
        rows = [_unit_row(row) for row in rows]
    if chosen.figure == "balance" and not chosen.by:
        rows = [{"term": name, "value": value} for row in rows for name, value in row.items()]
    rows = [{"place_name" if name == "name" else name: value for name, value in row.items()} for row in rows]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    show(rows, columns, session.language, "no-rows")
    for name in ("total", "in_transit", "difference"):
        if isinstance(answer.get(name), int):
            sys.stdout.write(f"{column(session.language, name)} {answer[name]}\n")
    about = " ".join(
        f"{column(session.language, name)}={label(session.language, name, answer[name])}"
        for name in ABOUT
        if answer.get(name)
    )
    session.note(f"{about}; {say(session.language, 'complete-up-to', position=answer['position'])}")
    return 0


def _unit_row(row: dict[str, Any]) -> dict[str, Any]:
    predecessors = " ".join(one["unit"] for one in row["predecessors"])
    return {name: row[name] for name in ("unit", "level")} | {
        "name": row["names"].get("vi"),
        "parent": row["parent"],
        "valid_from": row["valid_from"],
        "predecessors": predecessors,
    }


def _unit(session: Session) -> str:
    """Ask for the last of the client's own places where nobody names another: it need not see the whole country."""
    areas = session.areas(STATISTICS)
    return EVERYWHERE if not areas or EVERYWHERE in areas else areas[-1]
