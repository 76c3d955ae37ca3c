"""How do the sandbox's clients and people come to be?

The people arrive as reports through the door, with real tokens: the twin writes them into files, the command line
sends those files as one of the sandbox's clients. Each named step is done once for a data folder.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

from contracts.ids import EVERYWHERE
from deploy.local.crew import Crew, NotStarted
from deploy.local.folder import write_private
from deploy.local.processes import Command
from deploy.local.roster import Wiring
from deploy.local.settings import ROOT
from gateway.sandbox.clients import ensure
from kit.process.progress import Say
from twin.places import PROVINCES

SEED = "1"
HOUSEHOLDS = "40"

AREAS = {"*": PROVINCES, "statistics": (EVERYWHERE,), "officer": (EVERYWHERE,), "operator": (EVERYWHERE,)}


@dataclass(frozen=True)
class Step:
    """Something that is done once for a data folder."""

    name: str
    command: Command
    seconds: float


def steps(wiring: Wiring) -> tuple[Step, ...]:
    file = wiring.folder.data / "sandbox.ndjson"
    makes = ("--seed", SEED, "--households", HOUSEHOLDS, "--out", str(file))
    return (
        Step("people are invented", command(wiring, "twin", *makes), 120),
        Step("their reports go through the door", command(wiring, "socai", "report", str(file)), 600),
    )


def clients(wiring: Wiring) -> dict[str, Any]:
    """{client_id, private_jwk, scopes, purposes, areas} by the client's name; their keys stay from run to run."""
    if not wiring.settings.sandbox:
        return {}
    return dict(asyncio.run(ensure(wiring.databases["socai_gateway"].writer_dsn, AREAS)))


def fill(crew: Crew, wiring: Wiring, say: Say) -> None:
    """A step that fails is told and tried again at the next start; sending reports again is safe."""
    if not (wiring.settings.sandbox and wiring.settings.people):
        return
    path = wiring.folder.data / "sandbox.json"
    done: list[str] = json.loads(path.read_text()) if path.exists() else []
    for step in steps(wiring):
        if step.name in done:
            continue
        say(f"sandbox: {step.name}")
        try:
            crew.wait({}, step.seconds, once=[step.command])
        except NotStarted as problem:
            say(str(problem))
            return
        done.append(step.name)
        write_private(path, done)


def command(wiring: Wiring, package: str, *arguments: str) -> Command:
    return Command(
        name=f"sandbox-{package}",
        argv=(sys.executable, "-m", package, *arguments),
        log=wiring.folder.log("sandbox"),
        env={"PATH": "/usr/bin:/bin", "SOCAI_RUN": str(wiring.folder.run_file), "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
    )
