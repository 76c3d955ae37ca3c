"""Which commands does an office have: its queue, P0 sheets, months and areas?"""

from typing import Any

from socai import office, sheets
from socai.command import command

UNIT_HELP = "a unit or area; by default the places of the client that speaks"


def _queue(commands: Any) -> None:
    made = command(
        commands,
        "queue",
        office.queue,
        "List what waits for the office, or was handed over to it, oldest first.",
        "queue --unit 10525-20250701",
        "queue --handed-over",
        "queue --unit 10525-20250701-001 --month 2026-10 --kind person.died",
    )
    _which(made)
    made.add_argument("--limit", type=int, default=100)


def _overdue(commands: Any) -> None:
    made = command(
        commands,
        "overdue",
        office.overdue,
        "List what has waited for days for another report that has not come, and what it needs.",
        "overdue --unit 10525-20250701",
        "overdue --days 7",
    )
    made.add_argument("--unit", metavar="UNIT", help=UNIT_HELP)
    made.add_argument("--days", type=int, help="for how long it waits; by default what the installation sets")
    made.add_argument("--limit", type=int, default=100)


def _which(made: Any) -> None:
    made.add_argument("--unit", metavar="UNIT", help=UNIT_HELP)
    made.add_argument("--month", metavar="YYYY-MM", help="only what took effect in this month")
    made.add_argument("--kind", metavar="KIND", help="only reports of this kind, e.g. person.died")
    made.add_argument(
        "--handed-over",
        dest="fate",
        action="store_const",
        const="handed_over",
        help="only what somebody else's collaborator told",
    )


def _chosen(made: Any) -> None:
    made.add_argument("reports", nargs="*", metavar="REPORT")
    made.add_argument("--all", action="store_true", help="all of the queue, as the options below narrow it")
    _which(made)


def _approve(commands: Any) -> None:
    made = command(
        commands,
        "approve",
        office.approve,
        "Approve reports that wait for the office: those named, or with --all whatever `socai queue` lists.",
        "approve 0195... 0195...",
        "approve --all --unit 10525-20250701-001 --month 2026-10",
    )
    _chosen(made)
    made.add_argument("--note")


def _return(commands: Any) -> None:
    made = command(
        commands,
        "return",
        office.give_back,
        "Return reports of the queue, or what waits in vain for another report, to their senders, who tell them anew.",
        "return 0195... --reason 'Ngày chết không khớp giấy báo tử'",
        "return --all --handed-over --unit 10525-20250701 --reason 'Không thuộc xã này'",
    )
    _chosen(made)
    made.add_argument("--reason", required=True)


def _amend(commands: Any) -> None:
    made = command(
        commands,
        "amend",
        office.amend,
        "Approve a report with a correction: both are recorded, or neither.",
        "amend 0195... on=2026-10-09 --reason 'Theo giấy báo tử'",
        "amend 0195... personal.name='Phạm Gia Hân'",
        "amend 0195... --member 0193... birth=1958-06",
    )
    made.add_argument("report", metavar="REPORT", help="the id of a report in the queue")
    made.add_argument("changes", nargs="+", metavar="FIELD=VALUE", help="null empties an optional field")
    made.add_argument("--member", metavar="ID", help="the person whose line of an A0 sheet it is")
    made.add_argument("--unit", metavar="UNIT", help=UNIT_HELP)
    made.add_argument("--reason")


def _advance(commands: Any) -> None:
    made = command(
        commands,
        "advance",
        office.advance,
        "Have a report decided that waits for numbers which its device lost, with all that wait before it.",
        "advance 0195... --reason 'Điện thoại hỏng'",
    )
    made.add_argument("report", metavar="REPORT", help="the id of a report that `socai overdue` lists")
    made.add_argument("--reason")


def _sheets(commands: Any) -> None:
    made = command(
        commands,
        "sheets",
        sheets.sheets,
        "List the P0 sheets that are due: to draw up or to appraise, the oldest first; of one month all of them.",
        "sheets --unit 10525-20250701",
        "sheets --unit 10525-20250701 --since 2026-01",
        "sheets --unit 10525-20250701 --month 2026-10",
    )
    made.add_argument("--unit", metavar="UNIT", help=UNIT_HELP)
    made.add_argument("--month", metavar="YYYY-MM", help="how the sheet of each area stands in this month")
    made.add_argument("--since", metavar="YYYY-MM", help="the first month to look at")
    made.add_argument("--limit", type=int, default=100)
    made.add_argument("--cursor", help="where the last page ended")


def _sheet(commands: Any) -> None:
    made = command(
        commands,
        "sheet",
        sheets.sheet,
        "Draw a P0 sheet up, appraise it, give it back, or approve it whole: its reports first, then the sheet.\n"
        "Its reports are those of its area that wait and took effect in its month; corrections are approved by name.",
        "sheet draw-up 10525-20250701-001 2026-10 --lines 12",
        "sheet approve 10525-20250701-001 2026-10",
        "sheet appraise 10525-20250701-001 2026-10",
        "sheet return 10525-20250701-001 2026-10 --reason 'Thiếu một ca sinh'",
    )
    made.add_argument("action", choices=("draw-up", "approve", "appraise", "return"))
    made.add_argument("area", metavar="AREA")
    made.add_argument("month", metavar="YYYY-MM")
    made.add_argument("--lines", type=int, metavar="N", help="how many reports the collaborator told")
    made.add_argument("--reason", help="why it is given back")


def _month(commands: Any) -> None:
    made = command(
        commands,
        "month",
        sheets.month,
        "Close the books of a commune for a month, open them again, or show how they stand.",
        "month show 10525-20250701 2026-10",
        "month close 10525-20250701 2026-10",
        "month reopen 10525-20250701 2026-10 --reason 'Báo muộn'",
    )
    made.add_argument("action", choices=("show", "close", "reopen"))
    made.add_argument("commune", metavar="COMMUNE")
    made.add_argument("month", metavar="YYYY-MM")
    made.add_argument("--reason", help="why it is opened again")


def _assign(commands: Any) -> None:
    made = command(
        commands,
        "assign",
        office.assign,
        "Say which collaborator visits an area from a day on; without one the area is nobody's in particular.",
        "assign 10525-20250701-001 ctv-0417 --on 2026-11-01",
        "assign 10525-20250701-001 ctv-0417 --until 2026-12-31",
        "assign 10525-20250701-001",
    )
    made.add_argument("area", metavar="AREA")
    made.add_argument("collaborator", nargs="?", metavar="CLIENT", help="the client as which she reports")
    made.add_argument("--on", metavar="DATE", help="the first day; by default today")
    made.add_argument("--until", metavar="DATE", help="the last day")


COMMANDS = (_queue, _overdue, _approve, _return, _amend, _advance, _sheets, _sheet, _month, _assign)
