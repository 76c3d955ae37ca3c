"""How far behind is each reader, and when can everything that was told be read?"""

import time
from collections.abc import Callable
from typing import Any, Final

import httpx

from socai.client import Client, Run, TokenError

WATCHER: Final = "operator"
WRITER: Final = "events"
SERVICES: Final = ("registry", "reporting", "exchange")
PAUSE: Final = 0.5
PATIENCE: Final = 1_800.0


class TooFarBehind(RuntimeError):
    """A reader does not come to the end of what was told."""


class Watch:
    """Asks as the operator; who does not answer is taken to stand where it stood."""

    def __init__(self, run: Run) -> None:
        self._client = Client(run, WATCHER)
        self._at = dict.fromkeys(SERVICES, 0)

    def positions(self) -> dict[str, int]:
        """Give how far the last projection of each service is; 0 of who has never answered."""
        for service in SERVICES:
            told = self._ask(service)
            if told is not None:
                self._at[service] = min(one["position"] or 0 for one in told["projections"])
        return dict(self._at)

    def recorded(self, position: int) -> bool:
        """Say whether the ledger reaches a position; who keeps it is waited for."""
        until = time.monotonic() + PATIENCE
        while (told := self._ask(WRITER)) is None:
            if time.monotonic() > until:
                raise TooFarBehind(f"not within {PATIENCE:.0f} s does {WRITER} say where the ledger ends")
            time.sleep(PAUSE)
        return int(told["position"]) >= position

    def _ask(self, service: str) -> dict[str, Any] | None:
        try:
            answer = self._client.request("GET", f"/{service}/v1/status")
        except (httpx.TransportError, TokenError):
            return None
        told: dict[str, Any] | None = answer.json() if answer.is_success else None
        return told

    def behind(self, position: int) -> str:
        """Say of each service how far its last projection is behind a position."""
        return ", ".join(f"{service} {max(0, position - at):,}" for service, at in self.positions().items())

    def wait(self, position: int, say: Callable[[Callable[[], str]], None]) -> None:
        """Return once every projection is complete up to a position; `say` is given what to ask for a text."""
        until = time.monotonic() + PATIENCE
        while min(self.positions().values()) < position:
            if time.monotonic() > until:
                raise TooFarBehind(f"not within {PATIENCE:.0f} s; behind: {self.behind(position)}")
            say(lambda: f"waiting until it can be read; behind: {self.behind(position)}")
            time.sleep(PAUSE)

    def close(self) -> None:
        self._client.close()
