"""How far behind is each reader, and when can everything that was told be read?"""

import time
from collections.abc import Callable
from typing import Final

import httpx

from socai.client import Client, Run, TokenError

WATCHER: Final = "operator"
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
            try:
                answer = self._client.request("GET", f"/{service}/v1/status")
            except (httpx.TransportError, TokenError):
                continue
            if answer.is_success:
                self._at[service] = min(one["position"] or 0 for one in answer.json()["projections"])
        return dict(self._at)

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
