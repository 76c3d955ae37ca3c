"""How do many batches go through the door at a time, answered in order, whatever dies or is busy meanwhile?

Sending again is safe: a report's id is its idempotency key, and what was told before gets its first outcome.
"""

import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event, local
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import httpx
import msgspec

from kit.process.progress import SAID_EVERY
from socai.client import Client, Run, TokenError

PATH: Final = "/events/v1/reports"
NDJSON: Final = "application/x-ndjson"
TELLER: Final = "officer"
OK, BUSY, FAILED = 200, 429, 500
# Somebody else has told of a unit or area before, of its beginning or of what became of it.
KNOWN: Final = frozenset({"already-known"})
KNOWN_OF_UNITS: Final = KNOWN | {"already-there", "unit-ended"}
PATIENCE: Final = 300.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What one report was answered."""

    id: str | None = None
    fate: str | None = None
    position: int | None = None
    problem: dict[str, Any] | None = None

    @property
    def stands(self) -> bool:
        """Whether asking again would give the same."""
        return self.problem is None or int(self.problem.get("status", FAILED)) < FAILED

    def known(self, line: bytes) -> bool:
        """Whether somebody else has told before what the line tells: all places of the twin share their units."""
        codes = {one.get("code") for one in (self.problem or {}).get("reasons", ())}
        return bool(codes) and codes <= (KNOWN_OF_UNITS if _OF_UNITS.search(line) else KNOWN)


class Batch(NamedTuple):
    """Reports that go in one request; `end` is the byte of the file at which the next ones begin."""

    lines: Sequence[bytes]
    end: int


class NotTaken(RuntimeError):
    """The door takes no reports; what was answered before stands, and the rest can be sent later."""


_OF_UNITS = re.compile(rb'"type":"vn\.socai\.(?:unit|area)\.')
_decode = msgspec.json.Decoder(Answer).decode


class Teller:
    """Tells reports until each has an answer that stands; not for several threads at once."""

    def __init__(self, run: Run, stopping: Event, patience: float = PATIENCE) -> None:
        self._client = Client(run, TELLER)
        self._stopping = stopping
        self._patience = patience

    def tell(self, lines: Sequence[bytes]) -> list[Answer]:
        """Give the answers in the order of the lines."""
        answers: dict[int, Answer] = {}
        left = list(range(len(lines)))
        until, pause = time.monotonic() + self._patience, FIRST_PAUSE
        while left:
            told, wait = self._post([lines[index] for index in left])
            answers |= {index: answer for index, answer in zip(left, told, strict=False) if answer.stands}
            left = [index for index in left if index not in answers]
            if left:
                if time.monotonic() > until or self._stopping.wait(wait or pause):
                    raise NotTaken(f"{len(left)} reports were not taken")
                pause = min(pause * 2, LONGEST_PAUSE)
        return [answers[index] for index in range(len(lines))]

    def _post(self, lines: Sequence[bytes]) -> tuple[list[Answer], float]:
        """Give what was answered, nothing where nobody could, and for how many seconds we are asked to wait."""
        try:
            answer = self._client.request("POST", PATH, content=b"".join(lines), headers={"Content-Type": NDJSON})
        except (httpx.TransportError, TokenError):
            return [], 0.0
        if answer.status_code == OK:
            return [_decode(line) for line in answer.content.splitlines()], 0.0
        if answer.status_code != BUSY and answer.status_code < FAILED:
            raise NotTaken(f"the door answered {answer.status_code}: {answer.text[:300]}")
        asked = answer.headers.get("retry-after", "")
        return [], min(float(asked), LONGEST_PAUSE) if asked.isdecimal() else 0.0

    def close(self) -> None:
        self._client.close()


class Window:
    """So many batches under way; `take` gets each batch with its answers, in the order in which they were given.

    `unanswered` is told every few seconds for how many the first of them has not been answered.
    """

    def __init__(
        self,
        run: Run,
        most: int,
        take: Callable[[Batch, list[Answer]], None],
        unanswered: Callable[[float], None],
        every: float = SAID_EVERY,
    ) -> None:
        self._run, self._most, self._take = run, most, take
        self._unanswered, self._every = unanswered, every
        self._stopping = Event()
        self._of_thread = local()
        self._tellers: list[Teller] = []
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="teller")
        self._under_way: deque[tuple[Batch, Future[list[Answer]]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._threads.shutdown(cancel_futures=True)
        for teller in self._tellers:
            teller.close()

    def send(self, batch: Batch) -> None:
        """Take one more; waits while enough are under way."""
        while len(self._under_way) >= self._most:
            self._settle()
        self._under_way.append((batch, self._threads.submit(self._tell, batch)))

    def drain(self) -> None:
        """Wait for all answers."""
        while self._under_way:
            self._settle()

    def _settle(self) -> None:
        batch, answers = self._under_way[0]
        began = time.monotonic()
        while wait([answers], self._every).not_done:
            self._unanswered(time.monotonic() - began)
        self._take(batch, answers.result())
        self._under_way.popleft()

    def _tell(self, batch: Batch) -> list[Answer]:
        teller: Teller | None = getattr(self._of_thread, "teller", None)
        if teller is None:
            teller = self._of_thread.teller = Teller(self._run, self._stopping)
            self._tellers.append(teller)
        return teller.tell(batch.lines)
