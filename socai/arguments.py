"""Which commands are there, what may be said to each, and what do its help texts show?"""

from pathlib import Path

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
    telling,
)
from socai.command import Commands, Parser, command, count
from socai.dates import Language, end_of_next_year
from socai.helping import ABOUT, METAVARS


def parser(language: Language) -> Parser:
    """Say in a language what can be typed."""
    made = Parser(language, prog="socai", description=ABOUT[language == "vi"])
    made.add_argument("--lang", choices=("en", "vi"))
    made.add_argument("--run", type=Path)
    metavar = METAVARS["COMMAND"] if language == "vi" else "COMMAND"
    commands = Commands(language, made.add_subparsers(title="commands", metavar=metavar, required=True))
    for describe in (
        _report,
        _device,
        _sync,
        _born,
        _tell,
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


def _report(commands: Commands) -> None:
    made = command(
        commands,
        "report",
        reporting.report,
        "report contracts/examples/person.born.v1/newborn.json",
        "report .socai/sandbox.ndjson --answers answers.ndjson",
        "report - < .socai/sandbox.ndjson",
    )
    made.add_argument("file", metavar="FILE")
    made.add_argument("--answers", type=Path, metavar="FILE")
    made.add_argument("--sign", metavar="DEVICE")


def _device(commands: Commands) -> None:
    made = command(
        commands,
        "device",
        devices.device,
        f"device enrol phone-0417 --until {end_of_next_year()}",
        "report .socai/sandbox.ndjson --sign phone-0417",
        "device counters phone-0417",
        "device keys phone-0417",
        "device revoke phone-0417 --on 2026-10-19 --reason 'Mất điện thoại'",
    )
    made.add_argument("action", choices=("enrol", "keys", "revoke", "counters"))
    made.add_argument("device", metavar="DEVICE")
    made.add_argument("--on", metavar="DATE")
    made.add_argument("--until", metavar="DATE")
    made.add_argument("--place", metavar="PLACE")
    made.add_argument("--key", metavar="KEY")
    made.add_argument("--reason")


def _sync(commands: Commands) -> None:
    made = command(
        commands,
        "sync",
        syncing.sync,
        "sync phone-0417 10525-20200101-001",
        "sync phone-0417 10525-20200101-001 --anew",
    )
    made.add_argument("device", metavar="DEVICE")
    made.add_argument("area", metavar="AREA")
    made.add_argument("--anew", action="store_true")


def _born(commands: Commands) -> None:
    made = command(
        commands,
        "born",
        reporting.born,
        "born --household 0193... --mother 0193... --sex female --on 2026-10-20 --name 'Phạm Gia Hân'",
    )
    made.add_argument("--household", required=True, metavar="ID")
    made.add_argument("--sex", required=True, choices=("male", "female", "unknown"))
    made.add_argument("--on", required=True, metavar="DATE")
    made.add_argument("--mother", metavar="ID")
    made.add_argument("--order", type=int, metavar="N")
    made.add_argument("--name")


def _tell(commands: Commands) -> None:
    made = command(
        commands,
        "tell",
        telling.tell_kind,
        "tell person.died person=0193... on=2026-10-20 place=home",
        "tell person.arrived person=new household=0193... sex=female on=2026-10-20 personal.name='Phạm Gia Hân'",
    )
    made.add_argument("kind", nargs="?", metavar="KIND")
    made.add_argument("fields", nargs="*", metavar="FIELD=VALUE")


def _correct(commands: Commands) -> None:
    made = command(
        commands,
        "correct",
        amending.correct,
        "correct 0195... on=2026-10-19 sex=female --reason 'Theo giấy chứng sinh'",
        "correct 0195... personal.name='Phạm Gia Hân'",
        "correct 0193... --member 0193... birth=1958-06",
    )
    made.add_argument("report", metavar="REPORT")
    made.add_argument("changes", nargs="+", metavar="FIELD=VALUE")
    made.add_argument("--member", metavar="ID")
    made.add_argument("--previous", metavar="ID")
    made.add_argument("--reason")


def _void(commands: Commands) -> None:
    made = command(
        commands,
        "void",
        amending.void,
        "void 0195... --reason 'Báo trùng'",
    )
    made.add_argument("report", metavar="REPORT")
    made.add_argument("--reason")


def _why(commands: Commands) -> None:
    made = command(
        commands,
        "why",
        explaining.why,
        "why 0195e2a3-...",
        "why 1042 --personal",
    )
    made.add_argument("what", metavar="REPORT|POSITION")
    made.add_argument("--personal", action="store_true")


def _find(commands: Commands) -> None:
    made = command(
        commands,
        "find",
        finding.find,
        "find Nguyen Thi Hoa --unit 10525-20250701",
        "find --identifier 030191023456",
        "find --household 0193... --as-of 2025-06-30",
        "find --person 0193... --history",
        "find --unit 10525-20200101-001 --history",
    )
    made.add_argument("name", nargs="*", metavar="NAME")
    made.add_argument("--identifier", metavar="[TYPE:]VALUE")
    made.add_argument("--household", metavar="ID")
    made.add_argument("--area", metavar="AREA")
    made.add_argument("--number", metavar="N")
    made.add_argument("--person", metavar="ID")
    made.add_argument("--history", action="store_true")
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--as-of", metavar="DATE")
    made.add_argument("--as-known", metavar="WHEN")
    made.add_argument("--limit", type=count, default=20)
    made.add_argument("--cursor")


def _area(commands: Commands) -> None:
    made = command(
        commands,
        "area",
        areas.area,
        "area 10525-20200101-001 10525-20200101-002 --out people.ndjson",
        "area 10525-20250701 --out people.ndjson",
    )
    made.add_argument("place", nargs="+", metavar="PLACE")
    made.add_argument("--out", type=Path, metavar="FILE")
    made.add_argument("--not-before", metavar="POSITION")


def _candidates(commands: Commands) -> None:
    made = command(
        commands,
        "candidates",
        matching.candidates,
        "candidates Nguyen Thi Lan --birth 1990-03-12 --sex female --previous 10525-20250701",
        "candidates Nguyen Thi Lan --birth 1990 --relative 'Tran Van An'",
        "candidates --identifier 030191023456",
    )
    made.add_argument("name", nargs="*", metavar="NAME")
    made.add_argument("--birth", metavar="DATE")
    made.add_argument("--sex", choices=("male", "female", "unknown"))
    made.add_argument("--identifier", metavar="[TYPE:]VALUE")
    made.add_argument("--previous", metavar="UNIT")
    made.add_argument("--relative", action="append", metavar="NAME")
    made.add_argument("--limit", type=count, default=20)


def _unmatched(commands: Commands) -> None:
    made = command(
        commands,
        "unmatched",
        matching.unmatched,
        "unmatched --unit 10525-20250701",
        "unmatched --side arrival",
    )
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--side", choices=("departure", "arrival"))
    made.add_argument("--limit", type=count, default=100)
    made.add_argument("--cursor")


def _figures(commands: Commands) -> None:
    made = command(
        commands,
        "figures",
        figures.figures,
        "figures population --month 2026-09 --by commune,sex",
        "figures flows --from 2025-01 --to 2025-12 --kind births,deaths --by month",
        "figures balance --from 2025-01 --to 2025-12",
        "figures units --csv",
    )
    made.add_argument("figure", choices=("population", "flows", "balance", "units"))
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--month", metavar="YYYY-MM")
    made.add_argument("--from", metavar="YYYY-MM")
    made.add_argument("--to", metavar="YYYY-MM")
    made.add_argument("--by", action="append", metavar="CUT")
    made.add_argument("--kind", action="append", metavar="FLOW")
    made.add_argument("--geography", metavar="DATE")
    made.add_argument("--geography-from", metavar="DATE")
    made.add_argument("--as-of", metavar="DATE")
    made.add_argument("--as-known", metavar="WHEN")
    made.add_argument("--not-before", metavar="POSITION")
    made.add_argument("--csv", action="store_true")


def _feed(commands: Commands) -> None:
    made = command(
        commands,
        "feed",
        feed.feed,
        "feed --follow",
        "feed --as police --json",
    )
    made.add_argument("--follow", action="store_true")
    made.add_argument("--cursor")
    made.add_argument("--limit", type=count, default=500)
    made.add_argument("--json", action="store_true")


def _status(commands: Commands) -> None:
    command(commands, "status", status.status, "status", "--lang vi status")


def _headers(commands: Commands) -> None:
    made = command(
        commands,
        "headers",
        curl.headers,
        "headers statistics GET http://127.0.0.1:8080/reporting/v1/units"
        " | curl -sS -H @- http://127.0.0.1:8080/reporting/v1/units",
    )
    made.add_argument("client", metavar="CLIENT")
    made.add_argument("method", metavar="METHOD")
    made.add_argument("url", metavar="URL")
