"""Is every report told until its answer stands, in a bounded number of requests, with the pauses that are asked for?"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.ports import free_ports
from deploy.local.province.sending import Answer, Batch, NotTaken, Teller, Window
from socai.client import Entry, Run
from tests.support.door import serving

Respond = Callable[[list[dict[str, Any]]], Response]
LINES = [b'{"id":"%d"}\n' % n for n in range(3)]


def recorded(told: list[dict[str, Any]]) -> Response:
    lines = [json.dumps({"line": n, "id": one["id"], "fate": "recorded", "position": n}) for n, one in enumerate(told)]
    return Response("\n".join(lines) + "\n", media_type="application/x-ndjson")


@asynccontextmanager
async def door(respond: Respond) -> AsyncIterator[Run]:
    """A door that gives tokens to everybody and answers reports as a test says."""

    async def token(_: Request) -> Response:
        return JSONResponse({"access_token": "t", "token_type": "DPoP", "expires_in": 300})

    async def reports(request: Request) -> Response:
        told = [json.loads(line) for line in (await request.body()).splitlines()]
        return await asyncio.to_thread(respond, told)

    routes = [Route("/oauth/token", token, methods=["POST"]), Route("/events/v1/reports", reports, methods=["POST"])]
    (port,) = free_ports(1)
    base = f"http://127.0.0.1:{port}"
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    async with serving(Starlette(routes=routes), port):
        yield Run(base, base, {"officer": Entry("officer", key)})


async def told(run: Run, lines: list[bytes], patience: float = 10.0) -> list[Answer]:
    teller = Teller(run, Event(), patience)
    try:
        return await asyncio.to_thread(teller.tell, lines)
    finally:
        teller.close()


async def test_who_is_busy_or_away_is_asked_again_and_the_answers_keep_their_order() -> None:
    answers = [Response(status_code=503, headers={"Retry-After": "0"}), Response(status_code=429)]

    def respond(reports: list[dict[str, Any]]) -> Response:
        return answers.pop() if answers else recorded(reports)

    async with door(respond) as run:
        assert [one.id for one in await told(run, LINES)] == ["0", "1", "2"]


async def test_a_line_that_the_ledger_could_not_take_is_told_again_and_the_others_are_not() -> None:
    seen: Counter[str] = Counter()

    def respond(reports: list[dict[str, Any]]) -> Response:
        seen.update(one["id"] for one in reports)
        lines = [
            {"id": one["id"], "problem": {"status": 503}}
            if one["id"] == "1" and seen["1"] == 1
            else one | {"fate": "x"}
            for one in reports
        ]
        return Response("\n".join(map(json.dumps, lines)))

    async with door(respond) as run:
        assert [one.fate for one in await told(run, LINES)] == ["x", "x", "x"]
    assert seen == {"0": 1, "1": 2, "2": 1}


async def test_a_request_that_is_wrong_is_not_repeated() -> None:
    asked: list[int] = []

    def respond(reports: list[dict[str, Any]]) -> Response:
        asked.append(len(reports))
        return Response(status_code=413)

    async with door(respond) as run:
        with pytest.raises(NotTaken, match="413"):
            await told(run, LINES)
    assert asked == [3]


async def test_patience_ends() -> None:
    async with door(lambda _: Response(status_code=503, headers={"Retry-After": "0"})) as run:
        with pytest.raises(NotTaken, match="3 reports"):
            await told(run, LINES, patience=0.0)


async def test_so_many_requests_are_under_way_and_no_more_and_answers_are_taken_in_order() -> None:
    at_once: list[int] = []
    here = [0]
    both = Event()

    def respond(reports: list[dict[str, Any]]) -> Response:
        here[0] += 1
        at_once.append(here[0])
        if here[0] == 2:
            both.set()
        # The first waits for company, which must come while it is still unanswered.
        assert both.wait(10)
        here[0] -= 1
        return recorded(reports)

    taken: list[int] = []
    async with door(respond) as run:

        def send() -> None:
            with Window(run, 2, lambda batch, _: taken.append(batch.end), lambda _: None) as window:
                for n in range(6):
                    window.send(Batch([LINES[0]], n))
                window.drain()

        await asyncio.to_thread(send)
    assert taken == list(range(6))
    assert max(at_once) == 2


async def test_whoever_waits_for_an_answer_is_told_so() -> None:
    said = Event()
    seconds: list[float] = []

    def respond(reports: list[dict[str, Any]]) -> Response:
        assert said.wait(10)
        return recorded(reports)

    def unanswered(waited: float) -> None:
        seconds.append(waited)
        said.set()

    taken: list[int] = []
    async with door(respond) as run:

        def send() -> None:
            with Window(run, 1, lambda batch, _: taken.append(batch.end), unanswered, every=0.01) as window:
                window.send(Batch([LINES[0]], 1))
                window.drain()

        await asyncio.to_thread(send)
    assert taken == [1]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0.01
