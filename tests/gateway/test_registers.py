"""Do the registers keep what was put into them, of each client its own?"""

import argparse
import json
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from pathlib import Path

import asyncpg
import pytest

from contracts.calendar import VIET_NAM
from contracts.scopes import Scope
from deploy.local.databases import Database
from gateway.agreements import Agreement, put_agreement, read_agreements
from gateway.clients import Client, ClientStatus, check_key, find_client, list_clients, put_client, revoke_client
from gateway.limits import ClientClass
from gateway.registers import configure
from kit.process.database import Connection
from tests.support.gateway import migrate_gateway
from tests.support.tokens import CLIENT_KEY, OTHER_KEY

KEY, OTHER = (check_key(dict(key.as_dict(private=False))) for key in (CLIENT_KEY, OTHER_KEY))
CLINIC = Client("clinic", "Clinic", (KEY,), frozenset({Scope.REGISTRY_SEARCH}), ClientClass.PARTNER)
POLICE = Client("police", "A police", (OTHER,), frozenset({Scope.EXCHANGE_VIEW_READ}), ClientClass.BULK)
PLACES = ("31-20200101", "10507-20250701")
CARE = Agreement("clinic", "health.care", "act-1", "health", PLACES, date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
async def connection(fresh_database: Callable[..., Database]) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(fresh_database("socai_gateway", build=migrate_gateway).writer_dsn)
    for client in (POLICE, CLINIC):
        await put_client(opened, client)
    yield opened
    await opened.close()


async def test_a_client_is_found_by_its_own_id_only(connection: Connection) -> None:
    assert await find_client(connection, "clinic") == CLINIC
    for odd in ("%", "clini_", "CLINIC", "", "nobody"):
        assert await find_client(connection, odd) is None
    assert await list_clients(connection) == (CLINIC, POLICE)


async def test_an_entry_that_is_put_again_replaces_all_of_the_former_one(connection: Connection) -> None:
    """A key, a scope or a rate that was taken from a client is not its own any more."""
    changed = Client("clinic", "Hospital", (OTHER,), frozenset({Scope.REPORTING_FIGURES_READ}), ClientClass.FIELD)
    await put_client(connection, changed)
    assert await list_clients(connection) == (changed, POLICE)


async def test_a_revocation_is_of_one_client_and_of_the_day_when_it_was_made(connection: Connection) -> None:
    for odd in ("%", "clini_", "nobody"):
        assert not await revoke_client(connection, odd)
    assert await revoke_client(connection, "clinic")
    revoked_at = await connection.fetchval("select revoked_at from client where client_id = 'clinic'")
    assert revoked_at is not None
    assert await revoke_client(connection, "clinic")
    assert await connection.fetchval("select revoked_at from client where client_id = 'clinic'") == revoked_at
    await put_client(connection, CLINIC)
    assert {one.client_id: one.status for one in await list_clients(connection)} == {
        "clinic": ClientStatus.REVOKED,
        "police": ClientStatus.ACTIVE,
    }


async def test_an_agreement_is_kept_as_it_was_made(connection: Connection) -> None:
    endless = Agreement("clinic", "births", "act-2", "", ("01",), date(2025, 7, 1))
    others = Agreement("police", "health.care", "act-3", "police", ("79",), date(2024, 1, 1), date(2024, 1, 2))
    for agreement in (CARE, endless, others):
        await put_agreement(connection, agreement)
    assert await read_agreements(connection, "clinic") == (endless, CARE)
    assert await read_agreements(connection, "police") == (others,)
    assert await read_agreements(connection, "%") == ()


async def test_an_agreement_for_the_same_purpose_replaces_all_of_the_former_one(connection: Connection) -> None:
    others = Agreement("police", "health.care", "act-3", "police", ("79",), date(2024, 1, 1))
    changed = Agreement("clinic", "health.care", "act-9", "", PLACES[1:], date(2026, 2, 1), date(2026, 2, 28))
    for agreement in (CARE, others, changed):
        await put_agreement(connection, agreement)
    assert await read_agreements(connection, "clinic") == (changed,)
    assert await read_agreements(connection, "police") == (others,)
    await put_agreement(connection, CARE)
    assert await read_agreements(connection, "clinic") == (CARE,)


def test_a_key_keeps_the_name_that_its_owner_gave_it() -> None:
    assert check_key(dict(CLIENT_KEY.as_dict(private=False)) | {"kid": "of-may"})["kid"] == "of-may"
    assert KEY["kid"] == CLIENT_KEY.thumbprint()


async def typed(connection: Connection, *arguments: str) -> None:
    """What `python -m gateway clients ...` does with these arguments."""
    parser = argparse.ArgumentParser()
    configure(parser)
    given = parser.parse_args(arguments)
    await given.action(connection, given)


TERMS = ("--purpose", "health.care", "--legal-basis", "act-1")
AGREE = ("agree", "clinic", *TERMS, "--area", PLACES[0], "--area", PLACES[1])


async def test_what_an_operator_types_is_what_is_agreed(connection: Connection) -> None:
    await typed(connection, *AGREE, "--view", "health", "--valid-from", "2026-01-01", "--valid-to", "2026-06-30")
    assert await read_agreements(connection, "clinic") == (CARE,)
    earliest = datetime.now(VIET_NAM).date()
    await typed(connection, *AGREE)
    (agreement,) = await read_agreements(connection, "clinic")
    assert earliest <= agreement.valid_from <= datetime.now(VIET_NAM).date()
    assert (agreement.view, agreement.valid_to) == ("", None)


async def test_a_client_has_the_keys_scopes_and_rate_that_an_operator_types(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [KEY, OTHER]}))
    add = ("add", "school", "--jwks", str(file), "--scope", "registry.search")
    await typed(connection, *add, "--name", "School", "--rate-class", "field")
    scopes = frozenset({Scope.REGISTRY_SEARCH})
    assert await find_client(connection, "school") == Client(
        "school", "School", (KEY, OTHER), scopes, ClientClass.FIELD
    )
    await typed(connection, *add)
    again = Client("school", "school", (KEY, OTHER), scopes, ClientClass.PARTNER)
    assert await find_client(connection, "school") == again
    file.write_text('{"keys": []}')
    with pytest.raises(SystemExit, match="the key set is empty"):
        await typed(connection, *add)
    file.unlink()
    with pytest.raises(SystemExit, match="the key file cannot be read"):
        await typed(connection, *add)
    assert await find_client(connection, "school") == again


async def test_every_change_of_the_registers_stands_in_the_audit(connection: Connection, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(KEY))
    await typed(connection, "add", "clinic", "--jwks", str(file), "--scope", "registry.search")
    await typed(connection, *AGREE)
    await typed(connection, "revoke", "clinic")
    rows = await connection.fetch("select action, client_id, purpose from audit order by line")
    assert [tuple(row) for row in rows] == [
        ("client.put", "clinic", ""),
        ("agreement.put", "clinic", "health.care"),
        ("client.revoked", "clinic", ""),
    ]
