"""How do scripts and people learn where everything is?"""

import json
import os
from contextlib import suppress
from typing import Any

from deploy.local.folder import Folder, product_version, write_private
from deploy.local.roster import SERVICES, Wiring
from deploy.local.settings import LocalSettings


def write_run_file(wiring: Wiring, clients: dict[str, Any]) -> None:
    """`run.json`, and beside it the settings that this run uses, for the commands that find it running."""
    write_private(wiring.folder.data / "settings.json", wiring.settings.model_dump(mode="json"))
    write_private(wiring.folder.run_file, facts(wiring, clients))


def facts(wiring: Wiring, clients: dict[str, Any]) -> dict[str, Any]:
    settings = wiring.settings
    return {
        "version": product_version(),
        "supervisor": os.getpid(),
        "gateway": settings.public_base(),
        "issuer": settings.public_base(),
        "services": {name: wiring.address(getattr(settings, f"{name}_api_port")) for name in SERVICES},
        "health": {one.name: wiring.health(one) for one in wiring.running},
        "kafka": wiring.bootstrap,
        "logs": str(wiring.folder.logs),
        "clients": clients,
    }


def remove_run_file(folder: Folder, owner: int) -> None:
    """Remove it if it is that supervisor's: where it is, the system is up."""
    with suppress(OSError, ValueError):
        if json.loads(folder.run_file.read_text()).get("supervisor") == owner:
            folder.run_file.unlink()


def settings_of_run(folder: Folder, otherwise: LocalSettings) -> LocalSettings:
    path = folder.data / "settings.json"
    return LocalSettings(**json.loads(path.read_text())) if path.exists() else otherwise


def describe(wiring: Wiring) -> str:
    """What `make run` ends with: addresses, and three lines to paste."""
    base = wiring.settings.public_base()
    return "\n".join(
        [
            "",
            f"Socai is up:  {base}/",
            f"  documents   {'  '.join(f'{base}/{name}/docs' for name in SERVICES)}",
            f"  for scripts {wiring.folder.run_file}",
            f"  logs        {wiring.folder.logs}",
            "",
            "Try, from the project's folder:",
            *(f"  {line}" for line in curl_lines(base, wiring.folder)),
            "",
            "Ctrl-C stops everything; the data stays.",
        ]
    )


TRIED = (
    ("statistics", "/reporting/v1/units"),
    ("health", "/exchange/v1/feed"),
    ("officer", "/events/v1/reports?fate=recorded"),
)


def curl_lines(base: str, folder: Folder) -> list[str]:
    """Tokens last minutes and a proof fits one request, so a small command makes both for each line."""
    usual = folder.data == LocalSettings.model_fields["data"].default
    command = ".venv/bin/socai" if usual else f".venv/bin/socai --run '{folder.run_file}'"
    return [f"{command} headers {client} GET '{base}{path}' | curl -sS -H @- '{base}{path}'" for client, path in TRIED]
