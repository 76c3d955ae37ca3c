"""Which commands are there, what may be said to each, and what do its help texts show?"""

import argparse
from pathlib import Path
from typing import Any

from socai import (
    amending,
    areas,
    curl,
    devices,
    explaining,
    feed,
    figures,
    finding,
    matching,
    office_arguments,
    reporting,
    status,
    syncing,
)
from socai.command import command

ABOUT = """The population ledger from a terminal: report changes, see what became of them, look people and figures up.

It speaks to the gateway like any client, as one of the sandbox's clients of .socai/run.json (or of the file that
SOCAI_RUN names): each command has one that it speaks as, --as names another.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="socai", description=ABOUT, formatter_class=argparse.RawTextHelpFormatter)
    made.add_argument("--lang", choices=("en", "vi"), help="language of all texts; by default that of LANG")
    made.add_argument("--run", type=Path, help="the run file, in place of SOCAI_RUN and .socai/run.json")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for describe in (
        _report,
        _device,
        _sync,
        _born,
        _correct,
        _void,
        _why,
        _find,
        _area,
        _candidates,
        _unmatched,
        *office_arguments.COMMANDS,
        _figures,
        _feed,
        _status,
        _headers,
    ):
        describe(commands)
    return made


def _report(commands: Any) -> None:
    made = command(
        commands,
        "report",
        reporting.report,
        "Send reports: one CloudEvent, or NDJSON with one a line. Sending a file again is safe.",
        "report contracts/examples/person.born.v1/newborn.json",
        "report sandbox.ndjson --answers answers.ndjson",
        "report - < sandbox.ndjson",
    )
    made.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    made.add_argument("--answers", type=Path, metavar="FILE", help="keep the answer to each line here, as NDJSON")
    made.add_argument("--sign", metavar="DEVICE", help="sign what this device's client sends, with the device's key")


def _device(commands: Any) -> None:
    made = command(
        commands,
        "device",
        devices.device,
        "Enrol a device (its key is made, and kept beside the run file), revoke its key, or count what it sent.",
        "device enrol phone-0417 --until 2028-12-31",
        "report sandbox.ndjson --sign phone-0417",
        "device counters phone-0417",
        "device revoke phone-0417 --on 2026-10-19 --reason 'Mất điện thoại'",
    )
    made.add_argument("action", choices=("enrol", "revoke", "counters"))
    made.add_argument("device", metavar="DEVICE")
    made.add_argument("--on", metavar="DATE", help="valid from, or not trusted since; by default today")
    made.add_argument("--until", metavar="DATE", help="the last day on which it is valid")
    made.add_argument("--place", metavar="PLACE", help="the unit or area it reports for; by default its client's first")
    made.add_argument("--reason")


def _sync(commands: Any) -> None:
    made = command(
        commands,
        "sync",
        syncing.sync,
        "Follow an area: what the server has and lacks of a device, and what changed there since the last time.",
        "sync phone-0417 10525-20250701-001",
        "sync phone-0417 10525-20250701-001 --anew",
    )
    made.add_argument("device", metavar="DEVICE")
    made.add_argument("area", metavar="AREA")
    made.add_argument("--anew", action="store_true", help="build the area from nothing, not from where it ended")


def _born(commands: Any) -> None:
    made = command(
        commands,
        "born",
        reporting.born,
        "Report a birth; the new person's id is made and printed.",
        "born --household 0193... --mother 0193... --sex female --on 2026-10-20 --name 'Phạm Gia Hân'",
    )
    made.add_argument("--household", required=True, metavar="ID")
    made.add_argument("--sex", required=True, choices=("male", "female", "unknown"))
    made.add_argument("--on", required=True, metavar="DATE", help="the day of birth")
    made.add_argument("--mother", metavar="ID")
    made.add_argument("--order", type=int, metavar="N", help="which child of the mother it is")
    made.add_argument("--name", help="surname, middle and given name")


def _correct(commands: Any) -> None:
    made = command(
        commands,
        "correct",
        amending.correct,
        "Put fields of a recorded report right; earlier corrections are found by themselves.",
        "correct 0195... on=2026-10-19 sex=female --reason 'Theo giấy chứng sinh'",
        "correct 0195... personal.name='Phạm Gia Hân'",
        "correct 0193... --member 0193... birth=1958-06",
    )
    made.add_argument("report", metavar="REPORT", help="the id of the original report")
    made.add_argument("changes", nargs="+", metavar="FIELD=VALUE", help="null empties an optional field")
    made.add_argument("--member", metavar="ID", help="the person whose line of an A0 sheet it is")
    made.add_argument("--previous", metavar="ID", help="the latest correction, when it shall not be looked up")
    made.add_argument("--reason")


def _void(commands: Any) -> None:
    made = command(
        commands,
        "void",
        amending.void,
        "Take a report back, or one correction alone.",
        "void 0195... --reason 'Báo trùng'",
    )
    made.add_argument("report", metavar="REPORT")
    made.add_argument("--reason")


def _why(commands: Any) -> None:
    made = command(
        commands,
        "why",
        explaining.why,
        "Explain what became of a report, what it changed and what amended it.",
        "why 0195e2a3-...",
        "why 1042 --personal",
    )
    made.add_argument("what", metavar="REPORT|POSITION")
    made.add_argument("--personal", action="store_true", help="show names and numbers too")


def _find(commands: Any) -> None:
    made = command(
        commands,
        "find",
        finding.find,
        "Find persons by name (diacritics or not), identifier or household, now or then.",
        "find Nguyen Thi Hoa --unit 10525-20250701",
        "find --identifier 030191023456",
        "find --household 0193... --as-of 2025-06-30",
        "find --person 0193... --history",
        "find --unit 10525-20250701-001 --history",
    )
    made.add_argument("name", nargs="*", metavar="NAME")
    made.add_argument("--identifier", metavar="[TYPE:]VALUE", help="pid (default), cmnd, bhyt or bhxh")
    made.add_argument("--household", metavar="ID")
    made.add_argument("--area", metavar="AREA", help="with --number: a household of an area's A0 book")
    made.add_argument("--number", metavar="N")
    made.add_argument("--person", metavar="ID")
    made.add_argument(
        "--history", action="store_true", help="how a --person, --household or --unit came to be what it is"
    )
    made.add_argument("--unit", metavar="UNIT", help="only within this unit or area")
    made.add_argument("--as-of", metavar="DATE", help="as it was at the end of this day")
    made.add_argument("--as-known", metavar="WHEN", help="as known at this position or instant")
    made.add_argument("--limit", type=int, default=20)
    made.add_argument("--cursor", help="where the last page ended")


def _area(commands: Any) -> None:
    made = command(
        commands,
        "area",
        areas.area,
        "Write everybody on the books of areas, or of all areas of units, with moves that lack their other half.",
        "area 10525-20200101-001 10525-20200101-002 --out people.ndjson",
        "area 10525-20250701 --out people.ndjson",
    )
    made.add_argument("place", nargs="+", metavar="PLACE", help="an area, or a unit with all of its areas")
    made.add_argument("--out", type=Path, metavar="FILE", help="the file to write; standard output without it")
    made.add_argument("--not-before", metavar="POSITION", help="wait until this position is known")


def _candidates(commands: Any) -> None:
    made = command(
        commands,
        "candidates",
        matching.candidates,
        "Find who may be on the books already, with reasons, before somebody is put on them again.",
        "candidates Nguyen Thi Lan --birth 1990-03-12 --sex female --previous 10525-20250701",
        "candidates Nguyen Thi Lan --birth 1990 --relative 'Tran Van An'",
        "candidates --identifier 030191023456",
    )
    made.add_argument("name", nargs="*", metavar="NAME")
    made.add_argument("--birth", metavar="DATE", help="a year, a month or a day")
    made.add_argument("--sex", choices=("male", "female", "unknown"))
    made.add_argument("--identifier", metavar="[TYPE:]VALUE", help="pid (default), cmnd, bhyt or bhxh")
    made.add_argument("--previous", metavar="UNIT", help="the unit or area that she is said to come from")
    made.add_argument("--relative", action="append", metavar="NAME", help="whom she lives or lived with")
    made.add_argument("--limit", type=int, default=20)


def _unmatched(commands: Any) -> None:
    made = command(
        commands,
        "unmatched",
        matching.unmatched,
        "List moves that lack their other half, the oldest first.",
        "unmatched --unit 10525-20250701",
        "unmatched --side arrival",
    )
    made.add_argument("--unit", metavar="UNIT", help="only what begins or ends within this unit or area")
    made.add_argument("--side", choices=("departure", "arrival"))
    made.add_argument("--limit", type=int, default=100)
    made.add_argument("--cursor", help="where the last page ended")


def _figures(commands: Any) -> None:
    made = command(
        commands,
        "figures",
        figures.figures,
        "Show population, flows, the balance or the units as a table.",
        "figures population --month 2026-09 --by commune,sex",
        "figures flows --from 2025-01 --to 2025-12 --kind births,deaths --by month",
        "figures balance --from 2025-01 --to 2025-12",
        "figures units --csv",
    )
    made.add_argument("figure", choices=("population", "flows", "balance", "units"))
    made.add_argument("--unit", metavar="UNIT", help="by default the last of the client's own places; VN: everywhere")
    made.add_argument("--month", metavar="YYYY-MM")
    made.add_argument("--from", metavar="YYYY-MM")
    made.add_argument("--to", metavar="YYYY-MM")
    made.add_argument("--by", action="append", metavar="CUT", help="area, commune, province, sex, age, month ...")
    made.add_argument("--kind", action="append", metavar="FLOW", help="births, deaths, moves_in ...")
    made.add_argument("--geography", metavar="DATE", help="units as they stood on this day")
    made.add_argument("--geography-from", metavar="DATE", help="for a balance: units at its beginning")
    made.add_argument("--as-of", metavar="DATE", help="for units: as they stood on this day")
    made.add_argument("--as-known", metavar="WHEN", help="as known at this position or instant")
    made.add_argument("--not-before", metavar="POSITION", help="wait until this position is counted")
    made.add_argument("--csv", action="store_true", help="CSV for programs")


def _feed(commands: Any) -> None:
    made = command(
        commands,
        "feed",
        feed.feed,
        "Print what changed as a partner may see it.",
        "feed --follow",
        "feed --as police --json",
    )
    made.add_argument("--follow", action="store_true", help="wait for more until interrupted")
    made.add_argument("--cursor", help="where the last reading ended")
    made.add_argument("--limit", type=int, default=500, help="events in one answer")
    made.add_argument("--json", action="store_true", help="whole CloudEvents, one a line")


def _status(commands: Any) -> None:
    command(commands, "status", status.status, "Show how far each service has come.", "status", "--lang vi status")


def _headers(commands: Any) -> None:
    made = command(
        commands,
        "headers",
        curl.headers,
        "Print a fresh token and proof for one request that is typed by hand.",
        "headers statistics GET http://127.0.0.1:8080/reporting/v1/units | curl -sS -H @- http://127.0.0.1:8080/...",
    )
    made.add_argument("client", metavar="CLIENT")
    made.add_argument("method", metavar="METHOD")
    made.add_argument("url", metavar="URL")
