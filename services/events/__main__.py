"""What can be told to the write side: `python -m services.events COMMAND`.

Each command loads what it needs when it runs: an import would else wait for the web framework, and the API for Excel.
"""

import argparse
import sys
from pathlib import Path

from kit import cli
from services.events.settings import EventsSettings

MIGRATIONS = Path(__file__).parent / "migrations"
NO_FURTHER = 3
"""Exit status of a restore that brought back what stands before a hole in the log."""


def api(_: argparse.Namespace) -> None:
    """Take reports and say what became of them."""
    from kit.http.application import run
    from services.events.app import create_app

    settings = EventsSettings.load()
    run(create_app(settings), settings)


def relay(_: argparse.Namespace) -> None:
    """Publish the ledger to Kafka; one leads, others stand by."""
    from fastapi import FastAPI

    from kit.http.application import create, run
    from kit.http.health import NotReady
    from kit.log.kafka import KafkaReader, KafkaWriter
    from kit.log.kafka_tls import kafka_security
    from services.events.store.relay import Relay

    settings = EventsSettings.load()
    security = kafka_security(settings)
    writer = KafkaWriter(settings.kafka, security=security)
    relaying = Relay(settings, writer, lambda: KafkaReader(settings.kafka, security=security))

    async def leads(_: FastAPI) -> str | None:
        trouble = relaying.fork or relaying.trouble
        if trouble is not None:
            raise NotReady(trouble)
        return f"published up to {relaying.position}" if relaying.leading else "standing by"

    run(create("relay", "Socai relay", settings, checks={"relay": leads}, documented=False), settings, relaying.run)


def migrate(_: argparse.Namespace) -> None:
    """Bring the ledger's tables up to date."""
    cli.migrate_or_exit(MIGRATIONS, EventsSettings.load().owner_dsn)


async def verify(chosen: argparse.Namespace) -> int:
    """Walk the hash chain in PostgreSQL and in Kafka, compare them, check signatures and what stands beside."""
    from services.events.store import verify as chains

    settings = EventsSettings.load()
    return await (chains.verify_log(settings) if chosen.kafka_alone else chains.verify(settings, deep=chosen.deep))


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--kafka-alone", action="store_true", help="as if there were no PostgreSQL")
    ways.add_argument("--deep", action="store_true", help="compare with it the tables on which decisions rest, too")


async def restore(_: argparse.Namespace) -> int:
    """Rebuild the ledger and its states from Kafka alone, into an empty database."""
    from services.events.store.restore import NoFurtherError, NotEmptyError
    from services.events.store.restore import restore as restore_ledger

    try:
        restored = await restore_ledger(EventsSettings.load())
    except NoFurtherError as error:
        sys.stdout.write(f"restored no further than the log is whole: {error}\n")
        return NO_FURTHER
    except NotEmptyError as error:
        sys.stdout.write(f"not restored: {error}\n")
        return 1
    sys.stdout.write(f"restored {restored} entries; the chain is whole\n")
    return 0


async def salvage(chosen: argparse.Namespace) -> int:
    """Write the reports that stand behind a hole of the log to a file, so that they can be told anew."""
    from services.events.store.salvage import salvage as salvage_reports

    try:
        found = await salvage_reports(EventsSettings.load(), chosen.file, chosen.sender)
    except FileExistsError:
        sys.stdout.write(f"{chosen.file} is there already; nothing was written\n")
        return 1
    if found.broken is None:
        sys.stdout.write("the log has no hole; nothing was written\n")
        return 0
    sys.stdout.write(f"the log is whole up to position {found.whole}: {found.broken}\n")
    for (sender, device), count in sorted(found.told.items()):
        sys.stdout.write(f"{sender or 'unknown'}, {f'device {device}' if device else 'no device'}: {count} reports\n")
    if found.unreadable:
        sys.stdout.write(f"no entries, from position {found.unreadable[0]}: {len(found.unreadable)}\n")
    if found.told:
        sys.stdout.write(f"{found.told.total()} reports are in {chosen.file}\n")
    return 0


def _of_salvage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="NDJSON, a new file that only its owner may read")
    parser.add_argument("--sender", metavar="CLIENT", help="the reports of this sender alone")


async def import_units(arguments: argparse.Namespace) -> int:
    """Put the official units of Viet Nam on the books: before and after 1 July 2025, and what changed since."""
    from services.events.intake.intake import Intake, connections_for
    from services.events.units.reports import provinces
    from services.events.units.sending import send

    connections = connections_for(EventsSettings.load().writer_dsn, name="socai-events-units")
    intake = Intake(connections)
    await intake.start()
    try:
        fates = await send(intake, arguments.province or provinces(), sys.stdout.write, arguments.known_since)
    finally:
        await intake.stop()
        await connections.close()
    return 1 if fates.keys() - {"recorded", "known"} else 0


def _of_units(parser: argparse.ArgumentParser) -> None:
    from services.events.units.reports import KNOWN_SINCE, provinces

    parser.add_argument("--province", action="append", choices=provinces(), metavar="CODE", help="a province of today")
    parser.add_argument(
        "--known-since",
        type=_before_the_reform,
        default=KNOWN_SINCE,
        metavar="DATE",
        help="founding day of the units from before 2025-07-01, for ever part of their ids (default %(default)s)",
    )


def _before_the_reform(text: str) -> str:
    from contracts.ids import iso_date
    from contracts.reference.units import REFORM

    if iso_date(text) >= REFORM:
        raise argparse.ArgumentTypeError(f"not before {REFORM}")
    return text


async def import_file(chosen: argparse.Namespace) -> int:
    """Import an A0 book or P0 lists: check the whole file, then send it through the intake."""
    from services.events.importing import command

    return await command.run(chosen)


def _of_import(parser: argparse.ArgumentParser) -> None:
    from services.events.importing import command

    command.configure(parser)


def template(chosen: argparse.Namespace) -> int:
    """Write an empty A0 book or P0 form as XLSX, with words to choose from."""
    from services.events.importing import templates

    return templates.run(chosen)


def _of_template(parser: argparse.ArgumentParser) -> None:
    from services.events.importing import templates

    templates.configure(parser)


COMMANDS = [
    cli.Command("api", api),
    cli.Command("relay", relay),
    cli.Command("migrate", migrate),
    cli.Command("verify", verify, _verify_arguments),
    cli.Command("restore", restore),
    cli.Command("salvage", salvage, _of_salvage),
    cli.Command("import-units", import_units, _of_units),
    cli.Command("import", import_file, _of_import),
    cli.Command("template", template, _of_template),
]

if __name__ == "__main__":
    sys.exit(cli.dispatch("services.events", "The write side: reports in, facts out.", COMMANDS))
