"""Which clients does the sandbox offer, each with the least that its work needs?

Their private keys are known to the sandbox only, which keeps them beside the register: a second start finds the
same clients with the same keys. A production gateway never calls this.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypedDict

import msgspec
from joserfc.jwk import ECKey

from contracts.scopes import Scope
from gateway import audit
from gateway.agreements import Agreement, put_agreement
from gateway.clients import Client, check_key, put_client
from gateway.limits import ClientClass
from kit.process.database import Connection, Connections


class SandboxClient(TypedDict):
    """An entry of `clients` in run.json."""

    client_id: str
    private_jwk: dict[str, Any]
    scopes: list[str]
    purposes: list[str]
    areas: list[str]


class _Role(msgspec.Struct, frozen=True):
    name: str
    scopes: frozenset[Scope]
    purpose: str
    view: str
    rate_class: ClientClass = ClientClass.PARTNER


_LOOKS_UP: Final = frozenset({Scope.EXCHANGE_VIEW_READ, Scope.EXCHANGE_PERSON_VERIFY, Scope.EXCHANGE_FEED_READ})
_REPORTS: Final = frozenset(
    {
        Scope.EVENTS_REPORT_WRITE,
        Scope.EVENTS_REPORT_READ,
        Scope.REGISTRY_PERSON_READ,
        Scope.REGISTRY_HOUSEHOLD_READ,
        Scope.REGISTRY_SEARCH,
        Scope.REGISTRY_CARE_READ,
        Scope.REGISTRY_DISABILITY_READ,
    }
)
_LEGAL_BASIS: Final = "sandbox/synthetic-people-only"
_SINCE: Final = date(2020, 1, 1)

ROLES: Final[Mapping[str, _Role]] = {
    "health": _Role("Health agency", _LOOKS_UP, "health.maternal-and-child-care", "health"),
    "statistics": _Role(
        "Statistics office",
        frozenset({Scope.EXCHANGE_VIEW_READ, Scope.EXCHANGE_FEED_READ, Scope.REPORTING_FIGURES_READ}),
        "statistics.official",
        "statistics",
    ),
    "police": _Role("Police", _LOOKS_UP, "police.residence-registration", "police"),
    "social-insurance": _Role("Social insurance", _LOOKS_UP, "social-insurance.entitlement", "social-insurance"),
    "collaborator": _Role(
        "Population collaborator",
        _REPORTS,
        "population.collection",
        "",
        ClientClass.FIELD,
    ),
    "officer": _Role(
        "Commune population officer",
        _REPORTS
        | {
            Scope.EVENTS_UNIT_WRITE,
            Scope.EVENTS_DEVICE_WRITE,
            Scope.EVENTS_IDENTITY_WRITE,
            Scope.EVENTS_REPORT_APPROVE,
            Scope.REGISTRY_HISTORY_READ,
            Scope.REPORTING_FIGURES_READ,
        },
        "population.management",
        "",
        ClientClass.BULK,
    ),
    "operator": _Role(
        "Operator",
        frozenset({Scope.OPERATIONS_STATUS_READ, Scope.GATEWAY_CLIENT_READ, Scope.REPORTING_FIGURES_READ}),
        "operations.supervision",
        "",
        ClientClass.BULK,
    ),
}


async def ensure(
    dsn: str, areas: Mapping[str, Sequence[str]], rate_class: ClientClass | None = None
) -> dict[str, SandboxClient]:
    """Register every sandbox client and its agreement; safe to repeat, keys stay.

    `dsn`: the gateway's database as its writer. `areas`: ids of units or areas by name of client; the entry `*` is
    for those that are not named. `rate_class`: one for all, where the services and not the door are measured.
    """
    connections = Connections(dsn, size=1, name="sandbox")
    try:
        async with connections.acquire() as connection, connection.transaction():
            return {
                name: await _ensure(connection, name, role, _areas(areas, name), rate_class or role.rate_class)
                for name, role in ROLES.items()
            }
    finally:
        await connections.close()


def _areas(areas: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    return tuple(areas.get(name, areas.get("*", ())))


async def _ensure(
    connection: Connection, name: str, role: _Role, areas: tuple[str, ...], rate_class: ClientClass
) -> SandboxClient:
    client_id = f"sandbox-{name}"
    private = await _key(connection, client_id)
    await put_client(connection, Client(client_id, role.name, (check_key(_public(private)),), role.scopes, rate_class))
    await put_agreement(connection, Agreement(client_id, role.purpose, _LEGAL_BASIS, role.view, areas, _SINCE))
    await audit.write(connection, audit.Line(audit.Action.CLIENT_PUT, client_id), datetime.now(UTC))
    return {
        "client_id": client_id,
        "private_jwk": private,
        "scopes": sorted(str(scope) for scope in role.scopes),
        "purposes": [role.purpose],
        "areas": list(areas),
    }


async def _key(connection: Connection, client_id: str) -> dict[str, Any]:
    """The private key of a sandbox client, made on the first call."""
    key = ECKey.generate_key("P-256", private=True)
    made = msgspec.json.encode(dict(key.as_dict(private=True))).decode()
    await connection.execute(
        "insert into sandbox_key (client_id, private_jwk) values ($1, $2) on conflict do nothing", client_id, made
    )
    kept = await connection.fetchval("select private_jwk from sandbox_key where client_id = $1", client_id)
    jwk: dict[str, Any] = msgspec.json.decode(kept)
    return jwk


def _public(jwk: Mapping[str, Any]) -> dict[str, Any]:
    return {name: jwk[name] for name in ("kty", "crv", "x", "y")}
