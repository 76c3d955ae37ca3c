"""Where does the time of the in-process part go?"""

import asyncio
import cProfile
import gc
import io
import pstats
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from services.events.app import create_app
from services.events.settings import EventsSettings
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.inprocess import OFFICE
from tests.benchmarks.intake import BULK_CALLERS, HOUSEHOLD_SERIES, LIVE, NDJSON, REPORTS, bodies
from tests.benchmarks.lives import Lives
from tests.benchmarks.meters import Meter
from tests.benchmarks.people import areas_for, sheets
from tests.benchmarks.projections import apply, source_of
from tests.benchmarks.stage import EVENTS, EXCHANGE, REGISTRY, REPORTING, point_readers, stage

TOP = 45
"""Functions shown."""


class NoDoor:
    """Stands for the check of token and proof, which costs nothing a report in bulk."""

    async def access(self, *_: Any) -> Any:
        return OFFICE


def profiled(work: Callable[[], int], what: str) -> str:
    """Run (it gives how many items) and say which functions took the time: microseconds of processor time an item.

    The collector is set as in our processes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    profile = cProfile.Profile(time.process_time)
    began = time.process_time()
    profile.enable()
    items = work()
    profile.disable()
    seconds = time.process_time() - began
    text = io.StringIO()
    stats = pstats.Stats(profile, stream=text)
    rows: list[tuple[float, float, int, str]] = []
    for (file, line, name), (_, calls, own, total, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        place = f"{'/'.join(file.split('/')[-2:])}:{line} {name}" if line else name
        rows.append((own / items * 1e6, total / items * 1e6, calls, place))
    rows.sort(reverse=True)
    head = f"{what}: {items} in {seconds:.1f} s of processor time, the profiler's included, {seconds / items * 1e6:.0f} us each\n"
    lines = [f"{own:8.2f} {total:8.2f} {calls / items:7.2f}  {place}" for own, total, calls, place in rows[:TOP]]
    return head + f"{'own us':>8} {'with all':>8} {'calls':>7}\n" + "\n".join(lines) + "\n"


def intake(bench: Bench, *, registrations: bool) -> str:
    """The events API in this process, asked without a network; PostgreSQL is the real one."""
    if registrations:
        more = sheets(areas_for(bench.stock.size.persons), HOUSEHOLD_SERIES)
        lines = [next(more)[0] for _ in range(bench.of.households)]
    else:
        lines = Lives(bench.people, bench.of.bulk).take(bench.of.bulk)
    with stage(bench.ground, {EVENTS: bench.stock.template(EVENTS)}, LIVE) as opened:
        database = opened.databases[EVENTS]
        settings = EventsSettings.load(
            writer_dsn=database.writer_dsn, reader_dsn=database.reader_dsn, cursor_key="bench"
        )
        return profiled(lambda: running.run(_post(settings, lines)), "intake")


async def _post(settings: EventsSettings, lines: list[bytes]) -> int:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        app.state.verifier = NoDoor()
        left = iter(bodies(lines))

        async def work() -> None:
            for body in left:
                await _ask(app, body)

        await asyncio.gather(*(work() for _ in range(BULK_CALLERS)))
    return len(lines)


async def _ask(app: Any, body: bytes) -> None:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": REPORTS,
        "raw_path": REPORTS.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", NDJSON.encode()), (b"content-length", b"%d" % len(body))],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    assert statuses == [200], statuses


def projection(bench: Bench, *, service: str) -> str:
    """One projector in this process, on the stock."""
    kept = bench.stock
    with stage(bench.ground, {service: kept.template(service)}, kept.singles_topics) as opened:
        source = source_of(bench, opened, service, kept.singles_topics)
        point_readers(source.database, source.prefix)
        meter = Meter(opened)
        return profiled(lambda: running.run(apply(source, meter, bench.of.facts)).facts, service)


PROFILES: Mapping[str, Callable[[Bench], str]] = {
    "intake_bulk": partial(intake, registrations=False),
    "intake_households": partial(intake, registrations=True),
    "projection_registry": partial(projection, service=REGISTRY),
    "projection_reporting": partial(projection, service=REPORTING),
    "projection_exchange": partial(projection, service=EXCHANGE),
}
