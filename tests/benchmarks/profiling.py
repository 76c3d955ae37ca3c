"""Where does the time of the in-process part go?"""

import asyncio
import cProfile
import gc
import pstats
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from types import FrameType
from typing import Any

from services.events.app import create_app
from services.events.settings import EventsSettings
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.inprocess import OFFICE
from tests.benchmarks.intake import BULK_CALLERS, HOUSEHOLD_SERIES, LIVE, NDJSON, REPORTS, bodies
from tests.benchmarks.lives import Lives
from tests.benchmarks.meters import MICRO, Meter
from tests.benchmarks.people import areas_for, sheets
from tests.benchmarks.projections import apply, source_of
from tests.benchmarks.stage import EVENTS, EXCHANGE, REGISTRY, REPORTING, point_readers, stage

TOP = 40
"""Functions shown."""
SAMPLE_SECONDS = 0.001
# One call a sample and no more, so that little of what is measured is the measuring.
Place = tuple[str, int, str]


class NoDoor:
    """Stands for the check of token and proof, which costs nothing a report in bulk."""

    async def access(self, *_: Any) -> Any:
        return OFFICE


class Samples:
    """Looks, each millisecond of processor time, at what runs: cheap, and C is counted where it is called from."""

    def __init__(self) -> None:
        self.own: Counter[Place] = Counter()
        self.total: Counter[Place] = Counter()
        self.count = 0

    def take(self, _: int, frame: FrameType | None) -> None:
        self.count += 1
        seen: set[Place] = set()
        while frame is not None:
            code = frame.f_code
            place = (code.co_filename, code.co_firstlineno, code.co_qualname)
            if not seen:
                self.own[place] += 1
            if place not in seen:
                seen.add(place)
                self.total[place] += 1
            frame = frame.f_back


def profiled(work: Callable[[], int], what: str) -> str:
    """Run twice (it gives how many items) and say where the time went: by samples, then by cProfile with its calls.

    Microseconds an item; the collector is set as in our processes. cProfile makes small functions look dear.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000)
    return _sampled(work, what) + "\n" + _counted(work, what)


def _sampled(work: Callable[[], int], what: str) -> str:
    samples = Samples()
    former = signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)
    began = time.process_time()
    try:
        items = work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
    each = (time.process_time() - began) * MICRO / items
    share = each / max(1, samples.count)
    lines = [
        f"{own * share:8.2f} {samples.total[place] * share:8.2f}  {_named(*place)}"
        for place, own in samples.own.most_common(TOP)
    ]
    head = f"{what}: {items} items, {each:.0f} us of this process each, {samples.count} samples\n"
    return head + f"{'own us':>8} {'with all':>8}\n" + "\n".join(lines) + "\n"


def _counted(work: Callable[[], int], what: str) -> str:
    profile = cProfile.Profile()
    profile.enable()
    items = work()
    profile.disable()
    found = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # the stubs do not know it
    rows = [
        (own * MICRO / items, total * MICRO / items, calls / items, _named(*place))
        for place, (_, calls, own, total, _callers) in found.items()
    ]
    lines = [f"{own:8.2f} {total:8.2f} {calls:7.2f}  {place}" for own, total, calls, place in sorted(rows)[::-1][:TOP]]
    head = f"{what}, again under cProfile\n{'own us':>8} {'with all':>8} {'calls':>7}\n"
    return head + "\n".join(lines) + "\n"


def _named(file: str, line: int, name: str) -> str:
    return f"{'/'.join(file.split('/')[-2:])}:{line} {name}" if line else name


def intake(bench: Bench, *, registrations: bool) -> str:
    """The events API in this process, asked without a network; PostgreSQL is the real one."""
    more = sheets(areas_for(bench.stock.size.persons), HOUSEHOLD_SERIES)
    lives = Lives(bench.people, 2 * bench.of.bulk)
    with stage(bench.ground, {EVENTS: bench.stock.template(EVENTS)}, LIVE) as opened:
        database = opened.databases[EVENTS]
        settings = EventsSettings.load(
            writer_dsn=database.writer_dsn, reader_dsn=database.reader_dsn, cursor_key="bench"
        )
        kept = [
            [line for line, *_ in islice(more, bench.of.households)] if registrations else lives.take(bench.of.bulk)
            for _ in range(2)
        ]
        return profiled(lambda: running.run(_post(settings, kept.pop(0))), "intake")


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
