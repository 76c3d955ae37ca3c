"""How does a cheap client load the door: raw HTTP/1.1 on kept connections, proofs signed before the clock starts?"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from joserfc.jwk import ECKey

from socai.client import Client, Run, proof

PATIENCE = 60.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


class Answer(NamedTuple):
    """What came back, and how many seconds after the request was sent."""

    status: int
    body: bytes
    seconds: float


class Signer:
    """One client's token, and as many single-use proofs as wanted; good for a minute or so."""

    def __init__(self, run: Run, name: str) -> None:
        self._base = run.gateway
        self._host = urlsplit(run.gateway).netloc
        self._key = ECKey.import_key(run.clients[name].private_jwk)
        client = Client(run, name)
        try:
            self._authorization = client.headers("GET", "/")["Authorization"]
        finally:
            client.close()
        self._token = self._authorization.partition(" ")[2]

    def request(self, method: str, path: str, body: bytes = b"", media: str = "application/json") -> bytes:
        """A whole request; its proof must be used within a minute and once only."""
        signed = proof(self._key, method, self._base + path.partition("?")[0], time.time(), self._token)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: {self._authorization}\r\n"
            f"DPoP: {signed}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Caller(asyncio.Protocol):
    """One kept connection: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._wanted = 0
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # That of uvloop is one without saying so.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, _: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the door has hung up"))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if not self._wanted:
            end = buffer.find(_END)
            if end < 0:
                return
            length = _LENGTH.search(buffer, 0, end)
            if length is None:
                raise ValueError("an answer without its length")
            self._wanted = end + len(_END) + int(length[1])
        if len(buffer) >= self._wanted and self._answer is not None:
            body = bytes(buffer[buffer.find(_END) + len(_END) :])
            status = int(buffer[9:12])
            buffer.clear()
            self._wanted = 0
            self._answer.set_result((status, body))

    async def ask(self, request: bytes) -> Answer:
        """Send one request and wait for its answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        sent = time.perf_counter()
        self._transport.write(request)
        status, body = await self._answer
        return Answer(status, body, time.perf_counter() - sent)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def callers(base: str, count: int) -> AsyncIterator[list[Caller]]:
    """So many open connections."""
    address = urlsplit(base)
    host, port = address.hostname or "", address.port or 80
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(Caller, host, port))[1] for _ in range(count)]
    try:
        yield made
    finally:
        for one in made:
            one.close()


async def all_asked(base: str, requests: Sequence[bytes], count: int) -> tuple[list[Answer], float]:
    """Send all requests through so many callers, each sending its next as soon as it has its answer.

    Gives the answers, in order of arrival, and the seconds from the first request to the last answer.
    """
    left = iter(requests)
    answers: list[Answer] = []
    async with callers(base, count) as open_, asyncio.timeout(PATIENCE + len(requests)):
        began = time.perf_counter()
        await asyncio.gather(*(_work(one, left, answers) for one in open_))
        return answers, time.perf_counter() - began


async def _work(caller: Caller, requests: Iterable[bytes], answers: list[Answer]) -> None:
    # Appended one by one: answers stand in the order in which they came.
    for request in requests:
        answers.append(await caller.ask(request))  # noqa: PERF401 - see above


def refused(answers: Iterable[Answer], *wanted: int) -> str:
    """Say what else than the wanted was answered, for a complaint; empty when all is well."""
    wrong = [answer for answer in answers if answer.status not in wanted]
    return f"{len(wrong)} times {wrong[0].status}: {wrong[0].body[:300]!r}" if wrong else ""
