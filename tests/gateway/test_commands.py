"""Does the command line keep the registers and the keys?"""

import json
import time
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from deploy.local.databases import Database
from gateway.settings import GatewaySettings
from tests.support.gateway import BASE, ask_token, authority, run_gateway


async def test_a_client_that_an_operator_adds_and_agrees_with_gets_a_token(database: Database, tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256", private=True)
    file = tmp_path / "key.json"
    file.write_text(json.dumps(key.as_dict(private=False)))
    scopes = ("--scope", "exchange.view.read", "--scope", "exchange.feed.read")
    assert run_gateway(database, "clients", "add", "justice", "--jwks", str(file), *scopes).returncode == 0
    agreement = (
        "--purpose",
        "justice.civil-status",
        "--legal-basis",
        "law",
        "--area",
        "31-20250701",
        "--view",
        "justice",
    )
    assert run_gateway(database, "clients", "agree", "justice", *agreement).returncode == 0
    listed = run_gateway(database, "clients", "list").stdout
    assert "justice\tactive\tpartner\texchange.feed.read exchange.view.read" in listed
    async with authority(GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE)) as http:
        answer = await ask_token(http, "justice", key, time.time())
    assert answer.json()["authorization_details"][0]["view"] == "justice"


async def test_a_client_is_registered_with_the_public_half_of_a_key_that_is_made_once(
    database: Database, tmp_path: Path
) -> None:
    name = str(tmp_path / "ctv")
    assert run_gateway(database, "new-key", name).returncode == 0
    private, public = tmp_path / "ctv.private.jwk", tmp_path / "ctv.jwk"
    assert private.stat().st_mode & 0o077 == 0
    added = run_gateway(database, "clients", "add", "ctv", "--jwks", str(public), "--scope", "events.report.write")
    assert added.returncode == 0, added.stderr
    agreement = ("--purpose", "collection", "--legal-basis", "law", "--area", "10525-20200101-001")
    assert run_gateway(database, "clients", "agree", "ctv", *agreement).returncode == 0
    made = private.read_text()
    async with authority(GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE)) as http:
        answer = await ask_token(http, "ctv", ECKey.import_key(json.loads(made)), time.time())
    assert answer.status_code == 200
    again = run_gateway(database, "new-key", name)
    assert (again.returncode, again.stderr) == (1, f"{private}: File exists\n")
    assert private.read_text() == made


@pytest.mark.parametrize("part", ["d", "none", "text"])
def test_a_private_or_broken_key_is_not_registered(database: Database, tmp_path: Path, part: str) -> None:
    key = ECKey.generate_key("P-256", private=True)
    texts = {"d": json.dumps(key.as_dict(private=True)), "none": '{"kty":"oct","k":"AA"}', "text": "no json"}
    file = tmp_path / "key.json"
    file.write_text(texts[part])
    added = run_gateway(database, "clients", "add", "careless", "--jwks", str(file), "--scope", "registry.search")
    assert added.returncode != 0
    assert "Traceback" not in added.stderr
    assert "careless" not in run_gateway(database, "clients", "list").stdout


def test_an_unknown_client_cannot_be_revoked_or_agreed_with(database: Database) -> None:
    assert "no such client" in run_gateway(database, "clients", "revoke", "nobody").stderr
    agreed = run_gateway(
        database, "clients", "agree", "nobody", "--purpose", "p", "--legal-basis", "l", "--area", "31-20250701"
    )
    assert agreed.returncode != 0
    assert "Traceback" not in agreed.stderr


@pytest.mark.parametrize("area", ["khu 9", "10525", "Phường Hải Dương", "10525-20250701-9", "VN "])
def test_nothing_is_agreed_for_a_place_that_no_unit_or_area_can_be(database: Database, area: str) -> None:
    agreed = run_gateway(database, "clients", "agree", "nobody", "--purpose", "p", "--legal-basis", "l", "--area", area)
    assert agreed.returncode != 0
    assert "is no id as 10525-20250701 or 10525-20200101-001 is" in agreed.stderr


async def test_the_next_key_takes_over_at_once_and_the_old_one_stays_published(database: Database) -> None:
    settings = GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE)
    async with authority(settings) as http:
        before = [key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]]
    said = run_gateway(database, "rotate-keys").stdout
    async with authority(settings) as http:
        after = [key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]]
    assert said.startswith(before[1])
    assert after[:2] == before
    assert len(after) == 3


async def test_a_compromised_key_is_published_no_more(database: Database) -> None:
    settings = GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE)
    async with authority(settings) as http:
        before = [key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]]
    said = run_gateway(database, "rotate-keys", "--compromised").stdout
    async with authority(settings) as http:
        after = [key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]]
    signing = said.partition(" ")[0]
    assert signing in before
    assert after[after.index(signing) :] != before
    assert before[before.index(signing) - 1] not in after


async def test_after_two_rotations_neither_the_key_that_signed_nor_the_next_one_is_published(
    database: Database,
) -> None:
    settings = GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE)
    run_gateway(database, "rotate-keys", "--compromised")
    async with authority(settings) as http:
        before = {key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]}
    said = [run_gateway(database, "rotate-keys", "--compromised").stdout.partition(" ")[0] for _ in range(2)]
    async with authority(settings) as http:
        after = {key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]}
    assert (said[0] in before - after, said[1] in after) == (True, True)
    assert len(before - after) >= 2


async def test_a_key_is_given_up_also_where_the_clock_of_an_authority_was_put_back(database: Database) -> None:
    settings, ahead = GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE), [3600.0]
    async with authority(settings, lambda: time.time() + ahead[0]) as http:
        before = {key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]}
        ahead[0] = 0
        run_gateway(database, "rotate-keys", "--compromised")
        after = {key["kid"] for key in (await http.get("/oauth/jwks")).json()["keys"]}
    assert before - after


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert run_gateway(database, "migrate").returncode == 0
