"""How much goes through the whole product at once, and how soon is what was accepted seen by readers?"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import asyncpg
import msgspec

from deploy.local.roster import RELAY
from kit.projections.checkpoint import complete_position
from services.events.document import ONE
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Answer, Caller, Signer, callers
from tests.benchmarks.intake import LINES, LIVE, NDJSON, REPORTS, bodies, outcomes
from tests.benchmarks.lives import Lives
from tests.benchmarks.meters import Meter, middle, note, used
from tests.benchmarks.readers import PROJECTIONS
from tests.benchmarks.stage import (
    API_EVENTS,
    API_EXCHANGE,
    API_REGISTRY,
    API_REPORTING,
    PROJECTORS,
    READERS,
    Stage,
    stage,
)
from tests.benchmarks.table import Figure, figure, percentile

WATCH_SECONDS = 0.02
# Whoever sends waits from here on; what is under way by then still fits into the second that is allowed.
ENOUGH_LAG, ALLOWED_LAG = 0.4, 1.0
MOST_A_SECOND, FIRST_GUESS, SENDERS = 10_000, 3_000, 2
MILLI = 1_000


@contextmanager
def everything(bench: Bench, *more: object) -> Iterator[Stage]:
    """All processes of the write side and all projectors; read APIs where they are asked for."""
    with stage(bench.ground, bench.stock.templates, LIVE, bench.stock.position) as opened:
        opened.start(API_EVENTS, RELAY, *PROJECTORS, *more)  # type: ignore[arg-type]
        opened.start_door()
        yield opened


@dataclass
class Watch:
    """How far behind the readers are: the age of the oldest accepted position that one of them has not applied."""

    accepted: deque[tuple[float, int]] = field(default_factory=deque)
    lag: float = 0.0
    seen: list[float] = field(default_factory=list)

    def note(self, positions: int) -> None:
        self.accepted.append((time.perf_counter(), positions))

    def look(self, complete: int) -> None:
        while self.accepted and self.accepted[0][1] <= complete:
            self.accepted.popleft()
        self.lag = time.perf_counter() - self.accepted[0][0] if self.accepted else 0.0
        self.seen.append(self.lag)


@asynccontextmanager
async def watching(opened: Stage) -> AsyncIterator[Watch]:
    watch = Watch()
    connections = {service: await asyncpg.connect(opened.databases[service].reader_dsn) for service in READERS}
    names = {service: [one.name for one in PROJECTIONS[service]] for service in READERS}

    async def look() -> None:
        while True:
            watch.look(min([await complete_position(connections[one], names[one]) for one in READERS]))
            await asyncio.sleep(WATCH_SECONDS)

    looking = asyncio.create_task(look())
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        for connection in connections.values():
            await connection.close()


class Supply:
    """NDJSON bodies made before the clock starts: a client that invents people meanwhile takes the product's time."""

    def __init__(self, lives: Lives) -> None:
        self._lives = lives
        self._ready: deque[bytes] = deque()

    def fill(self, reports: float) -> None:
        while len(self._ready) * LINES < reports:
            self._ready.extend(bodies(self._lives.take(LINES)))

    def next(self) -> bytes:
        self.fill(LINES)
        return self._ready.popleft()


def end_to_end(bench: Bench) -> Figure:
    """As many reports as all readers can follow within a second; the sender waits when they fall behind."""
    seconds = bench.of.sustained_seconds
    supply = Supply(Lives(bench.people, round(bench.rounds * seconds * MOST_A_SECOND)))
    values: list[float] = []
    costs, lags = [], []
    fates: Counter[str] = Counter()
    with everything(bench) as opened:
        meter, run = Meter(opened), opened.run()
        for _ in range(bench.rounds):
            supply.fill(seconds * (1.2 * values[-1] if values else FIRST_GUESS))
            before = meter.read()
            answers, took, watch = running.run(_sustain(opened, Signer(run, "officer"), supply, seconds))
            found = outcomes(answers)
            fates += found
            values.append(found["recorded"] / took)
            costs.append(used(before, meter.read(), found["recorded"]))
            lags.append((percentile(watch.seen, 0.99), max(watch.seen)))
            bench.say(f"end_to_end: {values[-1]:,.0f} reports/s for {took:.0f} s, {_lag(*lags[-1])}")
    kept_up = f"{_lag(*max(lags))} (allowed {ALLOWED_LAG:.0f} s)"
    told = f"fates {dict(fates)}", note("report", costs)
    return figure("end_to_end", "reports/s", values, (), kept_up, *told, costs=middle(costs))


def _lag(usual: float, worst: float) -> str:
    return f"lag p99 {usual:.2f} s, at most {worst:.2f} s"


async def _sustain(opened: Stage, signer: Signer, supply: Supply, seconds: float) -> tuple[list[Answer], float, Watch]:
    answers: list[Answer] = []
    async with watching(opened) as watch, callers(opened.base, SENDERS) as open_:
        began = time.perf_counter()

        async def work(caller: Caller) -> None:
            while time.perf_counter() - began < seconds:
                if watch.lag > ENOUGH_LAG:
                    await asyncio.sleep(WATCH_SECONDS)
                    continue
                answer = await caller.ask(signer.request("POST", REPORTS, supply.next(), NDJSON))
                watch.note(_highest(answer.body))
                answers.append(answer)

        await asyncio.gather(*(work(caller) for caller in open_))
        took = time.perf_counter() - began
        while watch.accepted:  # noqa: ASYNC110 - the readers are polled
            await asyncio.sleep(WATCH_SECONDS)
    return answers, took, watch


def _highest(body: bytes) -> int:
    return max(msgspec.json.decode(line)["position"] or 0 for line in body.splitlines()[-20:])


FRESH_A_SECOND, SAMPLES_A_SECOND, FRESH_CALLERS = 500, 20, 32
# The cheapest read of each service that takes `not_before`; it answers as soon as the position is visible.
SEEN = {
    "registry": ("POST", "/registry/v1/persons/query", "officer"),
    "reporting": ("GET", "/reporting/v1/units", "officer"),
    "exchange": ("GET", "/exchange/v1/views", "health"),
}


def freshness(bench: Bench) -> Figure:
    """From the answer that a report is accepted to the answer of a read that asks for it, one report a request."""
    seconds = bench.of.freshness_seconds
    lives = Lives(bench.people, round(bench.rounds * seconds * FRESH_A_SECOND))
    found: dict[str, list[float]] = {service: [] for service in SEEN}
    costs, rates = [], []
    with everything(bench, API_REGISTRY, API_REPORTING, API_EXCHANGE) as opened:
        meter, run = Meter(opened), opened.run()
        for _ in range(bench.rounds):
            signers = {name: Signer(run, name) for name in ("officer", "health")}
            count = round(seconds * FRESH_A_SECOND)
            before = meter.read()
            seen, rate = running.run(_fresh(opened, signers, lives.take(count)))
            costs.append(used(before, meter.read(), count))
            rates.append(rate)
            for service, waits in seen.items():
                found[service].append(MILLI * percentile(waits, 0.95))
            told = ", ".join(f"{service} {waits[-1]:.0f} ms" for service, waits in found.items())
            bench.say(f"freshness: p95 {told} at {rate:.0f} reports/s")
    worst = [max(waits) for waits in zip(*found.values(), strict=True)]
    middles = ", ".join(f"{service} {sorted(waits)[len(waits) // 2]:.0f}" for service, waits in found.items())
    told = f"the slowest of {middles} ms at {min(rates):.0f} reports/s"
    return figure("freshness_p95", "ms", worst, (), told, note("report", costs))


async def _fresh(opened: Stage, signers: dict[str, Signer], lines: list[bytes]) -> tuple[dict[str, list[float]], float]:
    requests = [signers["officer"].request("POST", REPORTS, line, ONE) for line in lines]
    person = msgspec.json.decode(lines[0])["data"].get("person")
    seen: dict[str, list[float]] = {service: [] for service in SEEN}
    reading: list[asyncio.Task[None]] = []

    async def read(service: str, position: int, accepted: float) -> None:
        method, path, name = SEEN[service]
        body = msgspec.json.encode({"person": person}) if method == "POST" else b""
        request = signers[name].request(method, f"{path}?not_before={position}", body)
        caller = await readers.get()
        answer = await caller.ask(request)
        readers.put_nowait(caller)
        assert answer.status in {200, 404}, answer
        seen[service].append(time.perf_counter() - accepted)

    async def send(index: int) -> None:
        caller = await senders.get()
        answer = await caller.ask(requests[index])
        accepted = time.perf_counter()
        senders.put_nowait(caller)
        position = msgspec.json.decode(answer.body).get("position")
        if position and index % (FRESH_A_SECOND // SAMPLES_A_SECOND) == 0:
            reading.extend(asyncio.create_task(read(service, position, accepted)) for service in SEEN)

    async with callers(opened.base, FRESH_CALLERS) as one, callers(opened.base, FRESH_CALLERS) as other:
        senders, readers = asyncio.Queue[Caller](), asyncio.Queue[Caller]()
        for caller, queue in (*((c, senders) for c in one), *((c, readers) for c in other)):
            queue.put_nowait(caller)
        began, sending = time.perf_counter(), []
        for index in range(len(requests)):
            await asyncio.sleep(max(0.0, began + index / FRESH_A_SECOND - time.perf_counter()))
            sending.append(asyncio.create_task(send(index)))
        await asyncio.gather(*sending)
        rate = len(requests) / (time.perf_counter() - began)
        await asyncio.gather(*reading)
    return seen, rate
