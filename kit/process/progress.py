"""How far is long work? Whoever waits for it is told now and then."""

import sys
import time
from collections.abc import Callable
from typing import Final

Say = Callable[[str], object]
SAID_EVERY: Final = 5.0


def say(text: str) -> None:
    """Say a line on standard output, at once also to whoever reads a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def silent(_: str) -> None:
    """Say nothing."""


class Progress:
    """Says how far work is every few seconds, however often it may."""

    def __init__(self, to: Say) -> None:
        self._say = to
        self._said = time.monotonic()

    def may_say(self, text: Callable[[], str]) -> None:
        """Say something unless that was done a moment ago; what is not said is not asked for either."""
        now = time.monotonic()
        if now - self._said >= SAID_EVERY:
            self._said = now
            self._say(text())
