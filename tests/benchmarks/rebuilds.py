"""How fast do all read services come back from the log while people go on reading?"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import msgspec
import uvloop

from deploy.local.roster import READ_SERVICES, once
from kit.log.kafka import KafkaReader
from kit.process.progress import silent
from kit.projections.builds import owner_connection
from kit.projections.rebuild import Rebuild, RebuildSettings, Replay, fill
from socai.client import Run
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Caller, Signer, callers
from tests.benchmarks.lookups import QUERY, question
from tests.benchmarks.meters import Meter, note, used
from tests.benchmarks.people import People
from tests.benchmarks.projections import Source, source_of
from tests.benchmarks.stage import API_EXCHANGE, API_REGISTRY, API_REPORTING, READERS, Stage, stage
from tests.benchmarks.table import Figure, figure, percentile

READS_A_SECOND = 10
PATIENCE = 3_600.0
# A token lives for five minutes, a rebuild of a province longer.
TOKEN_SECONDS = 120.0


def rebuild(bench: Bench) -> Figure:
    """The three commands at once, as an operator would run them, with lookups, households and figures being read.

    Beside it each service alone, one after another: records, rows and COPY, without keys, proof or switch.
    """
    kept = bench.stock
    values, limits, costs, waits = [], [], [], []
    templates = {service: kept.template(service) for service in READERS}
    with stage(bench.ground, templates, kept.topics) as opened:
        opened.start(API_REGISTRY, API_REPORTING, API_EXCHANGE)
        opened.start_door()
        for _ in range(bench.rounds):
            meter = Meter(opened)
            commands = [opened.command(once(f"services.{name}", "rebuild")) for name in READ_SERVICES]
            with reading(bench.people, opened) as seen:
                before, began = meter.read(), time.perf_counter()
                opened.run_all(*commands, seconds=PATIENCE)
                values.append(kept.position / (time.perf_counter() - began))
                costs.append(used(before, meter.read(), kept.position))
            waits.append(1_000 * percentile(seen, 0.95))
            limits.append(kept.position / sum(running.run(alone(source)) for source in _sources(bench, opened)))
            bench.say(f"rebuild: {values[-1]:,.0f} facts/s, reads p95 {waits[-1]:.0f} ms; alone {limits[-1]:,.0f}")
    told = f"reads p95 {sorted(waits)[len(waits) // 2]:.0f} ms meanwhile"
    return figure("rebuild", "facts/s", values, limits, told, note("fact", costs))


def _sources(bench: Bench, opened: Stage) -> Iterator[Source]:
    for service in READERS:
        yield source_of(bench, opened, service, bench.stock.topics)


async def alone(source: Source) -> float:
    """Seconds that the projections of a service take to fill bare tables."""
    log = KafkaReader(source.bootstrap)
    await log.start()
    try:
        async with owner_connection(source.database.owner_dsn) as connection:
            replay = Replay(connection, log, RebuildSettings(topic_prefix=source.prefix), silent)
            began = time.perf_counter()
            await fill([Rebuild(projection, replay) for projection in source.projections], replay)
            return time.perf_counter() - began
    finally:
        await log.stop()


@contextmanager
def reading(people: People, opened: Stage) -> Iterator[list[float]]:
    """Reads of each service through the door, some a second, until the block ends; how long each took."""
    stop, seen = threading.Event(), list[float]()
    run = opened.run()
    thread = threading.Thread(target=lambda: uvloop.run(_read(people, run, stop, seen)), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


async def _read(people: People, run: Run, stop: threading.Event, seen: list[float]) -> None:
    chance = Random("reads")
    signers, renewed = dict[str, Signer](), float("-inf")
    async with callers(run.gateway, 1) as (caller,):
        while not stop.is_set():
            if time.monotonic() - renewed > TOKEN_SECONDS:
                renewed = time.monotonic()
                signers = {name: Signer(run, name) for name in ("officer", "health")}
            person = chance.randrange(len(people.persons))
            household = {"household": people.households[people.homes[person]]}
            for signer, path, body in (
                ("health", QUERY, question(people.numbers[person])),
                ("officer", "/registry/v1/households/query", msgspec.json.encode(household)),
            ):
                await _ask(caller, signers[signer].request("POST", path, body), seen)
            unit = people.areas[people.area_of[people.homes[person]]]
            path = f"/reporting/v1/population?unit={unit}"
            await _ask(caller, signers["officer"].request("GET", path), seen)
            await asyncio.sleep(1 / READS_A_SECOND)


async def _ask(caller: Caller, request: bytes, seen: list[float]) -> None:
    answer = await caller.ask(request)
    assert answer.status == 200, answer
    seen.append(answer.seconds)
