"""Do the settings of one machine say which ports are ours, and are they given to the right processes?"""

import os
from pathlib import Path

import pytest

from deploy.local.databases import DATABASES, Database
from deploy.local.folder import Folder
from deploy.local.roster import AUTHORITY, DOOR, OURS, READ_SERVICES, RELAY, RUNNING, Wiring, api, once
from deploy.local.settings import LocalSettings


@pytest.fixture(autouse=True)
def as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have ports of her own in the environment."""
    for name in [name for name in os.environ if name.startswith("SOCAI_LOCAL_")]:
        monkeypatch.delenv(name)


def wiring(settings: LocalSettings, tmp_path: Path) -> Wiring:
    found = {name: Database(name, f"owner of {name}", f"writer of {name}", f"reader of {name}") for name in DATABASES}
    return Wiring(settings, Folder(tmp_path), OURS, "127.0.0.1:19092", found, "key")


def test_every_port_of_ours_differs() -> None:
    ports = list(LocalSettings().ports_needed().values())
    assert len(set(ports)) == len(ports)


def test_ports_of_parts_that_the_person_runs_are_not_needed() -> None:
    ours = LocalSettings(postgres="postgresql://me@db/postgres", kafka="log:9092", door="https://door.example")
    needed = ours.ports_needed()
    assert not {name for name in needed if "POSTGRES" in name or "KAFKA" in name or "DOOR" in name}
    assert "SOCAI_LOCAL_AUTHORITY_PORT" in needed


def test_what_runs_never_gets_the_owner_of_the_ledger(tmp_path: Path) -> None:
    environment = wiring(LocalSettings(), tmp_path).environment(RELAY)
    assert environment["SOCAI_EVENTS_OWNER_DSN"] == ""
    assert environment["SOCAI_EVENTS_WRITER_DSN"] == "writer of socai_events"


def test_who_only_answers_may_only_read(tmp_path: Path) -> None:
    for name in READ_SERVICES:
        environment = wiring(LocalSettings(), tmp_path).environment(api(name, "reader"))
        assert environment[f"SOCAI_{name.upper()}_READER_DSN"] == f"reader of socai_{name}"
        assert environment[f"SOCAI_{name.upper()}_WRITER_DSN"] == environment[f"SOCAI_{name.upper()}_OWNER_DSN"] == ""
    assert all(api(name, "reader") in RUNNING for name in READ_SERVICES)


def test_migrations_get_the_owner(tmp_path: Path) -> None:
    environment = wiring(LocalSettings(), tmp_path).environment(once("services.registry", "migrate"))
    assert environment["SOCAI_REGISTRY_OWNER_DSN"] == "owner of socai_registry"


def test_the_door_finds_every_service_and_its_own_ports(tmp_path: Path) -> None:
    environment = wiring(LocalSettings(door_port=9000), tmp_path).environment(DOOR)
    assert environment["SOCAI_GATEWAY_DOOR_PORT"] == "9000"
    assert environment["SOCAI_PUBLIC_BASE"] == "http://127.0.0.1:9000"
    for service, port in (("EVENTS", 8101), ("REGISTRY", 8111), ("REPORTING", 8121), ("EXCHANGE", 8131)):
        assert environment[f"SOCAI_GATEWAY_{service}_ADDRESS"] == f"http://127.0.0.1:{port}"


def test_readiness_is_asked_of_the_process_itself_and_of_the_doors_administration(tmp_path: Path) -> None:
    wired = wiring(LocalSettings(), tmp_path)
    assert wired.health(AUTHORITY) == "http://127.0.0.1:8082/readyz"
    assert wired.health(DOOR) == "http://127.0.0.1:8081/ready"


def test_a_door_of_the_person_is_not_started(tmp_path: Path) -> None:
    assert DOOR not in wiring(LocalSettings(door="https://door.example"), tmp_path).running
