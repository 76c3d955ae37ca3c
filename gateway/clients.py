"""Which systems may ask for tokens, with which keys, scopes and rates?"""

from enum import StrEnum
from typing import Any

import msgspec

from contracts.scopes import Scope
from gateway.limits import ClientClass
from kit.auth import jose
from kit.process.database import Connection


class ClientStatus(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class Client(msgspec.Struct, frozen=True):
    """`jwks`: the public P-256 keys with which it signs its assertions."""

    client_id: str
    name: str
    jwks: tuple[dict[str, Any], ...]
    scopes: frozenset[Scope]
    rate_class: ClientClass
    status: ClientStatus = ClientStatus.ACTIVE


_ALL = "select client_id, name, jwks, scopes, rate_class, status from client"


def check_key(jwk: dict[str, Any]) -> dict[str, Any]:
    """A public key for the register: only its public parts, named by its thumbprint. Raises `jose.MalformedError`."""
    try:
        key = msgspec.convert(jwk, jose.Jwk)
    except msgspec.ValidationError as error:
        raise jose.MalformedError("not a P-256 key") from error
    jose.public_key(key)
    return {"kty": "EC", "crv": "P-256", "x": key.x, "y": key.y, "kid": key.kid or jose.thumbprint(key)}


async def find_client(connection: Connection, client_id: str) -> Client | None:
    row = await connection.fetchrow(_ALL + " where client_id = $1", client_id)
    return _client(row) if row is not None else None


async def list_clients(connection: Connection) -> tuple[Client, ...]:
    return tuple(_client(row) for row in await connection.fetch(_ALL + " order by client_id"))


async def put_client(connection: Connection, client: Client) -> None:
    """Add a client, or bring its entry up to date; a revoked one stays revoked."""
    await connection.execute(
        "insert into client (client_id, name, jwks, scopes, rate_class, status) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (client_id) do update set name = excluded.name, jwks = excluded.jwks,"
        " scopes = excluded.scopes, rate_class = excluded.rate_class",
        client.client_id,
        client.name,
        msgspec.json.encode(client.jwks).decode(),
        sorted(client.scopes),
        client.rate_class,
        client.status,
    )


async def revoke_client(connection: Connection, client_id: str) -> bool:
    """From now on it gets no token; those it holds end by themselves within minutes. False: no such client."""
    done = await connection.execute(
        "update client set status = $2, revoked_at = coalesce(revoked_at, now()) where client_id = $1",
        client_id,
        ClientStatus.REVOKED,
    )
    return done != "UPDATE 0"


def _client(row: Any) -> Client:
    return Client(
        row["client_id"],
        row["name"],
        tuple(msgspec.json.decode(row["jwks"])),
        frozenset(Scope(scope) for scope in row["scopes"]),
        ClientClass(row["rate_class"]),
        ClientStatus(row["status"]),
    )
