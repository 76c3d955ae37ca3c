"""How do the sandbox's clients and people come to be?

The people arrive as reports through the door, with real tokens: the twin writes them into files, the command line
sends those files as one of the sandbox's clients. Each named step is done once for a data folder.
"""

import asyncio
import importlib.util
import json
import sys
from dataclasses import dataclass
from typing import Any

from deploy.local.crew import Crew, Say
from deploy.local.folder import write_private
from deploy.local.processes import Command
from deploy.local.roster import Wiring
from deploy.local.settings import ROOT
from gateway.sandbox.clients import ensure


@dataclass(frozen=True)
class Step:
    """One file of reports: what the twin is asked for, and as which client it is sent."""

    name: str
    twin: tuple[str, ...]
    client: str


# The whole of the sandbox: its province of today, and the two that became it on 1 July 2025.
AREAS = {"*": ["31-20250701", "31-19550513", "30-19970101"]}
STEPS = (
    Step("places", ("places",), "officer"),
    Step("households", ("households",), "collaborator"),
    Step("a year of changes", ("year",), "collaborator"),
)


def clients(wiring: Wiring) -> dict[str, Any]:
    """{client_id, private_jwk, scopes, purposes, areas} by the client's name; their keys stay from run to run."""
    if not wiring.settings.sandbox:
        return {}
    return dict(asyncio.run(ensure(wiring.databases["socai_gateway"].writer_dsn, AREAS)))


def fill(crew: Crew, wiring: Wiring, say: Say) -> None:
    if not wiring.settings.sandbox:
        return
    if not all(importlib.util.find_spec(f"{package}.__main__") for package in ("twin", "socai")):
        say("sandbox: nobody makes people yet")
        return
    path = wiring.folder.data / "sandbox.json"
    done: list[str] = json.loads(path.read_text()) if path.exists() else []
    for step in STEPS:
        if step.name in done:
            continue
        say(f"sandbox: {step.name}")
        crew.run_once([command(wiring, "twin", *step.twin, "--out", str(reports_file(wiring, step)))])
        crew.run_once([command(wiring, "socai", "report", "--as", step.client, str(reports_file(wiring, step)))])
        done.append(step.name)
        write_private(path, done)


def reports_file(wiring: Wiring, step: Step) -> Any:
    folder = wiring.folder.data / "sandbox"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{step.twin[0]}.ndjson"


def command(wiring: Wiring, package: str, *arguments: str) -> Command:
    return Command(
        name=f"sandbox-{package}",
        argv=(sys.executable, "-m", package, *arguments),
        log=wiring.folder.log("sandbox"),
        env={"PATH": "/usr/bin:/bin", "SOCAI_RUN": str(wiring.folder.run_file), "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
    )
