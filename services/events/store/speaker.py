"""How far has a long walk along the ledger come?"""

import sys
import time
from typing import Final

SPEAK_EVERY: Final = 5.0


class Speaker:
    """Says it on standard output, every few seconds; `what` is walked along."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._spoke = time.monotonic()

    def at(self, position: int) -> None:
        now = time.monotonic()
        if now - self._spoke >= SPEAK_EVERY:
            self._spoke = now
            sys.stdout.write(f"{self._what}: at position {position}\n")
            sys.stdout.flush()
