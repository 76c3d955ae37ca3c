"""How does an operator keep the registers of clients and agreements from the command line?"""

import argparse
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from contracts.calendar import VIET_NAM
from contracts.ids import EVERYWHERE, PLACE
from contracts.scopes import Scope
from gateway import audit
from gateway.agreements import Agreement, put_agreement
from gateway.clients import Client, check_key, find_client, list_clients, put_client, revoke_client
from gateway.limits import ClientClass
from kit.auth.jose import MalformedError
from kit.process.database import Connection


def configure(parser: argparse.ArgumentParser) -> None:
    """The actions of `python -m gateway clients` and their arguments."""
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
    agree.add_argument(
        "--area", action="append", required=True, type=_place, help="id of a unit or an area; VN: everywhere"
    )
    agree.add_argument("--valid-from", type=date.fromisoformat, default=datetime.now(VIET_NAM).date())
    agree.add_argument("--valid-to", type=date.fromisoformat, help="last day; none: until further notice")
    agree.set_defaults(action=_agree)
    actions.add_parser("list", help="show every client").set_defaults(action=_list)
    revoke = actions.add_parser("revoke", help="give a client no more tokens")
    revoke.add_argument("client_id")
    revoke.set_defaults(action=_revoke)


def _place(told: str) -> str:
    if told != EVERYWHERE and re.fullmatch(PLACE, told) is None:
        raise argparse.ArgumentTypeError(f"{told!r} is no id as 10525-20250701 or 10525-20200101-001 is")
    return told


async def _add(connection: Connection, arguments: argparse.Namespace) -> None:
    name = arguments.name or arguments.client_id
    scopes = frozenset(Scope(scope) for scope in arguments.scope)
    client = Client(arguments.client_id, name, _public_keys(arguments.jwks), scopes, arguments.rate_class)
    await put_client(connection, client)
    await _note(connection, audit.Action.CLIENT_PUT, arguments.client_id)
    say(f"{arguments.client_id} may ask for {', '.join(sorted(scopes))}")


async def _agree(connection: Connection, arguments: argparse.Namespace) -> None:
    if await find_client(connection, arguments.client_id) is None:
        raise SystemExit("no such client")
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
    await _note(connection, audit.Action.AGREEMENT_PUT, arguments.client_id, arguments.purpose)
    say(f"{arguments.client_id}: {arguments.purpose} agreed")


async def _list(connection: Connection, _: argparse.Namespace) -> None:
    for client in await list_clients(connection):
        say(f"{client.client_id}\t{client.status}\t{client.rate_class}\t{' '.join(sorted(client.scopes))}")


async def _revoke(connection: Connection, arguments: argparse.Namespace) -> None:
    if not await revoke_client(connection, arguments.client_id):
        raise SystemExit("no such client")
    await _note(connection, audit.Action.CLIENT_REVOKED, arguments.client_id)
    say(f"{arguments.client_id} gets no token from now on")


def _public_keys(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        given = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        keys = msgspec.convert(given.get("keys", [given]), list[dict[str, Any]])
        public = tuple(check_key(jwk) for jwk in keys)
    except OSError as error:
        raise SystemExit(f"the key file cannot be read: {error.strerror}") from None
    except (MalformedError, msgspec.MsgspecError):
        raise SystemExit("the key file holds no public P-256 key or key set (JWK, RFC 7517)") from None
    if not public:
        raise SystemExit("the key set is empty")
    return public


async def _note(connection: Connection, action: audit.Action, client_id: str, purpose: str = "") -> None:
    await audit.write(connection, audit.Line(action, client_id, purpose=purpose), datetime.now(UTC))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
