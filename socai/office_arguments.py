"""Which commands does an office have: its queue, P0 sheets, months and areas?"""

from socai import office, sheets
from socai.command import Commands, Parser, command, count
from socai.dates import end_of_next_year


def _queue(commands: Commands) -> None:
    made = command(
        commands,
        "queue",
        office.queue,
        "queue --unit 10525-20250701",
        "queue --unit 10525-20250701 --handed-over",
        "queue --unit 10525-20200101-001 --month 2026-10 --kind person.died",
    )
    _which(made)
    made.add_argument("--limit", type=count, default=100)


def _overdue(commands: Commands) -> None:
    made = command(
        commands,
        "overdue",
        office.overdue,
        "overdue --unit 10525-20250701",
        "overdue --unit 10525-20250701 --days 7",
    )
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--days", type=int)
    made.add_argument("--limit", type=count, default=100)


def _which(made: Parser) -> None:
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--month", metavar="YYYY-MM")
    made.add_argument("--kind", metavar="KIND")
    made.add_argument("--handed-over", dest="fate", action="store_const", const="handed_over")


def _chosen(made: Parser) -> None:
    made.add_argument("reports", nargs="*", metavar="REPORT")
    made.add_argument("--all", action="store_true")
    _which(made)


def _approve(commands: Commands) -> None:
    made = command(
        commands,
        "approve",
        office.approve,
        "approve 0195... 0195...",
        "approve --all --unit 10525-20200101-001 --month 2026-10",
    )
    _chosen(made)
    made.add_argument("--note")


def _return(commands: Commands) -> None:
    made = command(
        commands,
        "return",
        office.give_back,
        "return 0195... --reason 'Ngày chết không khớp giấy báo tử'",
        "return --all --handed-over --unit 10525-20250701 --reason 'Không thuộc xã này'",
    )
    _chosen(made)
    made.add_argument("--reason", required=True)


def _amend(commands: Commands) -> None:
    made = command(
        commands,
        "amend",
        office.amend,
        "amend 0195... on=2026-10-09 --unit 10525-20250701 --reason 'Theo giấy báo tử'",
        "amend 0195... personal.name='Phạm Gia Hân' --unit 10525-20250701",
        "amend 0195... --member 0193... birth=1958-06 --unit 10525-20250701",
    )
    made.add_argument("report", metavar="REPORT")
    made.add_argument("changes", nargs="+", metavar="FIELD=VALUE")
    made.add_argument("--member", metavar="ID")
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--reason")


def _advance(commands: Commands) -> None:
    made = command(
        commands,
        "advance",
        office.advance,
        "advance 0195... --reason 'Điện thoại hỏng'",
    )
    made.add_argument("report", metavar="REPORT")
    made.add_argument("--reason")


def _sheets(commands: Commands) -> None:
    made = command(
        commands,
        "sheets",
        sheets.sheets,
        "sheets --unit 10525-20250701",
        "sheets --unit 10525-20250701 --since 2026-01",
        "sheets --unit 10525-20250701 --month 2026-10",
    )
    made.add_argument("--unit", metavar="UNIT")
    made.add_argument("--month", metavar="YYYY-MM")
    made.add_argument("--since", metavar="YYYY-MM")
    made.add_argument("--limit", type=count, default=100)
    made.add_argument("--cursor")


def _sheet(commands: Commands) -> None:
    made = command(
        commands,
        "sheet",
        sheets.sheet,
        "sheet show 10525-20200101-001 2026-10",
        "sheet draw-up 10525-20200101-001 2026-10 --lines 12",
        "sheet approve 10525-20200101-001 2026-10",
        "sheet appraise 10525-20200101-001 2026-10",
        "sheet return 10525-20200101-001 2026-10 --reason 'Thiếu một ca sinh'",
    )
    made.add_argument("action", choices=("show", "draw-up", "approve", "appraise", "return"))
    made.add_argument("area", metavar="AREA")
    made.add_argument("month", metavar="YYYY-MM")
    made.add_argument("--lines", type=int, metavar="N")
    made.add_argument("--reason")


def _month(commands: Commands) -> None:
    made = command(
        commands,
        "month",
        sheets.month,
        "month show 10525-20250701 2026-10",
        "month close 10525-20250701 2026-10",
        "month reopen 10525-20250701 2026-10 --reason 'Báo muộn'",
    )
    made.add_argument("action", choices=("show", "close", "reopen"))
    made.add_argument("commune", metavar="COMMUNE")
    made.add_argument("month", metavar="YYYY-MM")
    made.add_argument("--reason")


def _assign(commands: Commands) -> None:
    made = command(
        commands,
        "assign",
        office.assign,
        "assign 10525-20200101-001 ctv-0417 --on 2026-11-01",
        f"assign 10525-20200101-001 ctv-0417 --until {end_of_next_year()}",
        "assign 10525-20200101-001",
    )
    made.add_argument("area", metavar="AREA")
    made.add_argument("collaborator", nargs="?", metavar="CLIENT")
    made.add_argument("--on", metavar="DATE")
    made.add_argument("--until", metavar="DATE")


COMMANDS = (_queue, _overdue, _approve, _return, _amend, _advance, _sheets, _sheet, _month, _assign)
