"""Do the examples of the help run as they stand, typed in the sandbox by whom each command speaks as?"""

import json
import re
import shlex
from contextlib import nullcontext, redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from contracts.ids import uuid7
from deploy.local.sandbox import AREAS, HOUSEHOLDS, SEED
from socai.arguments import parser
from socai.helping import COMMANDS
from socai.signing import Device, device_path, write_device
from tests.socai.conftest import Type, problem
from twin import generate

DEVICE = "phone-0417"
PLACE = r"\b[0-9]{2,5}-[0-9]{8}(?:-[0-9]{3})?\b"


def examples(command: str) -> list[str]:
    """List what the help of a command shows, without `socai` and whatever the shell does with it."""
    said = StringIO()
    with redirect_stdout(said), suppress(SystemExit):
        parser("en").parse_args([command, "--help"])
    shown = said.getvalue().split("examples:")[1].splitlines()
    return [line.strip().removeprefix("socai ") for line in shown if line.strip()]


@pytest.fixture(scope="module")
def sandbox() -> bytes:
    """What the people of the sandbox told."""
    return b"".join(generate(int(HOUSEHOLDS), seed=int(SEED), months=22))


@pytest.fixture
def folder(tmp_path: Path, run_path: Path, sandbox: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where somebody types who has started the sandbox."""
    run = json.loads(run_path.read_text())
    for name, client in run["clients"].items():
        client["areas"] = list(AREAS.get(name, AREAS["*"]))
    run_path.write_text(json.dumps(run))
    (tmp_path / ".socai").mkdir()
    (tmp_path / ".socai" / "sandbox.ndjson").write_bytes(sandbox)
    (tmp_path / "contracts").symlink_to(Path(__file__).parents[2] / "contracts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def enrol(run_path: Path) -> None:
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    write_device(device_path(run_path, DEVICE), Device("collaborator", DEVICE, key))


@pytest.mark.parametrize("example", [one for command in COMMANDS for one in examples(command)])
def test_an_example_is_asked_of_the_gateway_as_it_stands(
    example: str, folder: Path, run_path: Path, typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    if DEVICE in example and "enrol" not in example:
        enrol(run_path)
    whole = re.sub(r"\b01[0-9a-f-]+\.\.\.", lambda _: uuid7(), example)
    command, _, source = whole.split(" | ")[0].partition(" < ")
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return problem(404)

    with (folder / source).open() if source else nullcontext() as told:
        monkeypatch.setattr("sys.stdin", told)
        typed(answer, *shlex.split(command))
    assert asked or command.startswith("headers "), "what was typed was refused before anything was asked"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_places_of_an_example_are_those_of_the_sandbox(command: str, sandbox: bytes) -> None:
    known = set(re.findall(PLACE, sandbox.decode()))
    assert not {place for one in examples(command) for place in re.findall(PLACE, one)} - known
