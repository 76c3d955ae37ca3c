"""Which verbs has the system on one machine?   python -m deploy.local --help"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local import operations
from deploy.local.interruption import INTERRUPTED
from deploy.local.province import command as province
from deploy.local.settings import PREFIX, LocalSettings
from deploy.local.supervisor import run
from deploy.local.tied import tie_to_parent
from twin.population import START
from twin.scales import REGISTERED

Act = Callable[[LocalSettings, argparse.Namespace], int]

BACKUP_HELP = """Everything that cannot be downloaded again (the ledger, the log, the readers' tables, passwords and
keys) goes into a folder of its own under backups/, with the digest of each archive. It is taken while nothing runs,
since the two servers must be copied at one moment: a running system pauses for as long as the copy takes.
`restore FROM` puts it back bit for bit."""
RESTORE_HELP = """With a backup's folder: replace all data by it. Without: rebuild the ledger and its states in
PostgreSQL from Kafka alone, which the chain of hashes proves. Both need the system to be stopped."""


PROVINCE_HELP = """Everything goes through the door with the officer's token. It starts the system where none runs, and
compares what readers count with what the twin told; see docs/operating.md. Whatever interrupts it, the same command
goes on."""
IMPORT_HELP = """The whole file is checked first; see docs/operating.md. It works beside a running system, and
starts the two servers alone where none runs."""


UNITS_HELP = """Told again they change nothing, so whatever interrupts it, the same command goes on; see
docs/operating.md. It works beside a running system, and starts the two servers alone where none runs."""


def known_place(text: str) -> str:
    """Read a place, which also names a folder."""
    if text in REGISTERED or (text.isascii() and text.isdecimal() and int(text)):
        return text if text in REGISTERED else str(int(text))
    raise argparse.ArgumentTypeError(f"{', '.join(sorted(REGISTERED))}, or a number of households")


def some_months(text: str) -> int:
    """Read for how long a place lives; what is still to come would be refused as in the future."""
    most = province.months_so_far(time.time())
    if text.isascii() and text.isdecimal() and int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(f"a number of months from 0 to {most}, which have ended since {START}")


def start(settings: LocalSettings, given: argparse.Namespace) -> int:
    if given.tied:
        tie_to_parent(signal.SIGTERM)
    return run(settings)


def show_logs(settings: LocalSettings, given: argparse.Namespace) -> int:
    return operations.logs(settings, given.names, given.lines, follow=given.follow)


def rebuild(settings: LocalSettings, given: argparse.Namespace) -> int:
    return operations.rebuild(settings, given.services)


def save(settings: LocalSettings, given: argparse.Namespace) -> int:
    return operations.salvage(settings, given.file, given.sender)


def bring(settings: LocalSettings, given: argparse.Namespace) -> int:
    return operations.import_file(settings, given.file, given.arguments)


def bring_units(settings: LocalSettings, given: argparse.Namespace) -> int:
    chosen = [f"--province={code}" for code in given.province]
    since = [f"--known-since={given.known_since}"] if given.known_since else []
    return operations.import_units(settings, [*chosen, *since])


def load(settings: LocalSettings, given: argparse.Namespace) -> int:
    return province.province(settings, given.place, given.months, given.seed)


def restore(settings: LocalSettings, given: argparse.Namespace) -> int:
    if given.source is None:
        return operations.restore_ledger(settings)
    return operations.put_back(settings, given.source, sure=given.yes)


def described_settings() -> str:
    """Every setting with what it means and its default; a secret's default is nothing."""
    fields = LocalSettings.model_fields.items()
    lines = [f"  {PREFIX}{name.upper():<26} {field.description} [{field.default}]" for name, field in fields]
    return "\n".join(["settings, from the environment:", *lines])


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m deploy.local",
        description="The system on one machine.",
        epilog=described_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(required=True)

    def verb(name: str, act: Act, text: str, description: str | None = None) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=description or text)
        made.set_defaults(act=act)
        return made

    tied = verb("run", start, "start everything and stay until Ctrl-C")
    tied.add_argument("--tied", action="store_true", help="end when the process that started this one ends")
    verb("status", lambda settings, _: operations.status(settings), "what runs, and is it ready")
    shown = verb("logs", show_logs, "the last lines of the logs")
    shown.add_argument("names", nargs="*", help="such as events-api; all without")
    shown.add_argument("-n", "--lines", type=int, default=20)
    shown.add_argument("-f", "--follow", action="store_true", help="and what is added, until Ctrl-C")
    verb("stop", lambda settings, _: operations.stop(settings), "stop everything")
    reset = verb("reset", lambda settings, given: operations.reset(settings, sure=given.yes), "stop, delete all data")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    verb("backup", lambda settings, _: operations.take_backup(settings), "copy all data", BACKUP_HELP)
    source = verb("restore", restore, "from a backup, or the ledger from Kafka", RESTORE_HELP)
    source.add_argument("source", nargs="?", type=Path, help="folder of a backup")
    source.add_argument("--yes", action="store_true", help="do not ask before data that is there is replaced")
    compared = "walk the chain in PostgreSQL and Kafka, compare"
    walked = verb("verify", lambda settings, given: operations.verify(settings, deep=given.deep), compared)
    walked.add_argument("--deep", action="store_true", help="and what decisions rest on with what the ledger says")
    saved = verb("salvage", save, "the reports that stand behind a hole of the log, into a file")
    saved.add_argument("file", type=Path, help="NDJSON, a new file")
    saved.add_argument("--sender", metavar="CLIENT", help="the reports of this sender alone")
    brought = verb("import", bring, "an A0 book or P0 lists into the ledger", IMPORT_HELP)
    brought.add_argument("file", type=Path, help="CSV, XLSX or NDJSON")
    brought.add_argument(
        "arguments", nargs=argparse.REMAINDER, help="as `python -m services.events import --help` says"
    )
    units = verb("units", bring_units, "the official units of Việt Nam, before and after 1 July 2025", UNITS_HELP)
    units.add_argument("--province", action="append", default=[], metavar="CODE", help="a province of today alone")
    units.add_argument("--known-since", metavar="DATE", help="founding day of older units, for ever part of their ids")
    loaded = verb("province", load, "a whole invented province through the front door", PROVINCE_HELP)
    loaded.add_argument(
        "place",
        type=known_place,
        nargs="?",
        default="hai-duong",
        help=f"{', '.join(sorted(REGISTERED))}, or a number of households",
    )
    loaded.add_argument("--months", type=some_months, default=12, help="how long it lives after its first day")
    loaded.add_argument("--seed", type=int, default=province.SEED, help="another seed, other people")
    built = verb("rebuild", rebuild, "the readers' tables anew from the log, compared with those that serve")
    built.add_argument("services", nargs="*", help="such as reporting; all without")
    return top


def main() -> int:
    given = parser().parse_args()
    act: Act = given.act
    try:
        return act(LocalSettings.load(), given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone (`| head`); nothing more can be said, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
