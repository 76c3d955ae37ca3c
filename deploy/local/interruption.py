"""How do Ctrl-C and SIGTERM end the work at a point where nothing is half begun?"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# The exit status of what Ctrl-C ended, as shells have it.
INTERRUPTED = 130


class Stopped(BaseException):
    """Somebody asked us to end. Not an Exception: nothing on the way may swallow it."""


class Interruption:
    """The first signal raises `Stopped` in the main thread, later ones only set `impatient`."""

    def __init__(self) -> None:
        self.impatient = False
        self._asked = False
        self._held = False
        self._pending = False
        # nohup ignores SIGHUP on purpose; SIGINT is ignored by shells for "&", yet it is how we are stopped.
        hangup = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
        for number in (signal.SIGINT, signal.SIGTERM, *hangup):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            self.impatient = True
        elif self._held:
            self._asked = self._pending = True
        else:
            self._asked = True
            raise Stopped

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is begun in here is finished before a signal counts: starting a process and noting it, say."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            raise Stopped
