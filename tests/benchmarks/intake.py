"""How many reports does the write side take through the door, and how long does one alone wait?"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

import msgspec
import psycopg

from deploy.local.processes import wait_until
from deploy.local.roster import RELAY
from services.events.document import ONE
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Answer, Signer, all_asked, refused
from tests.benchmarks.door import COMMIT
from tests.benchmarks.limits import BARE_TABLE, copy_rate, execute, ledger_rows
from tests.benchmarks.lives import Lives
from tests.benchmarks.meters import Meter, note, used
from tests.benchmarks.people import areas_for, sheets
from tests.benchmarks.stage import API_EVENTS, EVENTS, EXCHANGE, Stage, stage
from tests.benchmarks.table import Figure, figure, percentile

REPORTS = "/events/v1/reports"
NDJSON = "application/x-ndjson"
LINES = 1_000
BULK_CALLERS, SINGLE_CALLERS = 4, 32
LIVE = "live."
MILLI = 1_000
DRAIN_SECONDS = 30.0
HOUSEHOLD_SERIES = 2


@contextmanager
def writing(bench: Bench) -> Iterator[Stage]:
    """The write side with its relay behind the door; no projector runs."""
    kept = bench.stock
    templates = {service: kept.template(service) for service in (EVENTS, EXCHANGE)}
    with stage(bench.ground, templates, LIVE, kept.position) as opened:
        execute(opened.databases[EVENTS].owner_dsn, BARE_TABLE)
        opened.start(API_EVENTS, RELAY)
        opened.start_door()
        yield opened


def bulk(bench: Bench) -> Figure:
    """Single-person reports of all kinds, NDJSON of 1,000, relay running, nobody reading."""
    lives = Lives(bench.people, bench.rounds * bench.of.bulk)
    return _bulk(bench, "intake_bulk", "reports/s", lambda: (lives.take(bench.of.bulk), bench.of.bulk))


def households(bench: Bench) -> Figure:
    """Household registrations, the same way; counted in persons."""
    more = sheets(areas_for(bench.stock.size.persons), HOUSEHOLD_SERIES)

    def next_round() -> tuple[list[bytes], int]:
        made = list(islice(more, bench.of.households))
        return [line for line, *_ in made], sum(len(sheet["members"]) for _, _, sheet in made)

    return _bulk(bench, "intake_households", "persons/s", next_round)


def _bulk(bench: Bench, name: str, unit: str, next_round: Callable[[], tuple[list[bytes], int]]) -> Figure:
    values, limits, costs = [], [], []
    fates: Counter[str] = Counter()
    with writing(bench) as opened:
        meter, run = Meter(opened), opened.run()
        for _ in range(bench.rounds):
            lines, items = next_round()
            signer = Signer(run, "officer")
            requests = [signer.request("POST", REPORTS, body, NDJSON) for body in bodies(lines)]
            start = _position(opened)
            before = meter.read()
            answers, seconds = running.run(all_asked(opened.base, requests, BULK_CALLERS))
            after = meter.read()
            end = _position(opened)
            wait_until(lambda end=end: opened.relayed(end), DRAIN_SECONDS)  # type: ignore[misc]  # bound now
            accepted = outcomes(answers)
            fates += accepted
            share = accepted["recorded"] / len(lines)
            values.append(items * share / seconds)
            costs.append(used(before, after, items))
            rows = ledger_rows(opened.databases[EVENTS], start)
            limits.append(running.run(copy_rate(opened.databases[EVENTS], rows, LINES)) * items / len(lines))
            bench.say(f"{name}: {values[-1]:,.0f} {unit}, COPY alone {limits[-1]:,.0f}, {dict(accepted)}")
    return figure(name, unit, values, limits, f"fates {dict(fates)}", note(unit.partition("s/")[0], costs))


def single(bench: Bench) -> Figure:
    """One report a request, 32 callers, each with its next as soon as it has its answer."""
    lives = Lives(bench.people, bench.rounds * bench.of.single)
    values, limits, costs, bare_costs, rates = [], [], [], [], []
    with writing(bench) as opened:
        meter, run = Meter(opened), opened.run()
        for _ in range(bench.rounds):
            lines = lives.take(bench.of.single)
            answers, rate, cost = asked(opened, Signer(run, "officer"), meter, REPORTS, lines, ONE)
            assert not (wrong := refused(answers, 200, 201, 202, 409)), wrong
            bare, bare_rate, bare_cost = asked(opened, Signer(run, "officer"), meter, COMMIT, lines, ONE)
            assert not (wrong := refused(bare, 200)), wrong
            values.append(MILLI * percentile([answer.seconds for answer in answers], 0.95))
            limits.append(MILLI * percentile([answer.seconds for answer in bare], 0.95))
            costs.append(cost)
            bare_costs.append(bare_cost)
            rates.append((rate, bare_rate))
            bench.say(
                f"report_single: p95 {values[-1]:.1f} ms, {rate:,.0f}/s; bare {limits[-1]:.1f}, {bare_rate:,.0f}/s"
            )
    middle = sorted(rates)[len(rates) // 2]
    told = f"{middle[0]:,.0f}/s against {middle[1]:,.0f}/s"
    return figure("report_single_p95", "ms", values, limits, told, note("report", costs), note("bare", bare_costs))


def asked(
    opened: Stage, signer: Signer, meter: Meter, path: str, bodies_: Sequence[bytes], media: str
) -> tuple[list[Answer], float, dict[str, float]]:
    """Ask one by one: answers, requests a second, and processor time a request."""
    requests = [signer.request("POST", path, body, media) for body in bodies_]
    before = meter.read()
    answers, seconds = running.run(all_asked(opened.base, requests, SINGLE_CALLERS))
    return answers, len(requests) / seconds, used(before, meter.read(), len(requests))


def bodies(lines: Iterable[bytes]) -> list[bytes]:
    """NDJSON of a thousand lines each."""
    left = iter(lines)
    return [b"\n".join(chunk) + b"\n" for chunk in iter(lambda: list(islice(left, LINES)), [])]


def outcomes(answers: Iterable[Answer]) -> Counter[str]:
    """Count what became of the lines of bulk answers."""
    fates: Counter[str] = Counter()
    for answer in answers:
        assert answer.status == 200, answer
        for line in answer.body.splitlines():
            fates[msgspec.json.decode(line)["fate"] or "problem"] += 1
    return fates


def _position(opened: Stage) -> int:
    with psycopg.connect(opened.databases[EVENTS].reader_dsn) as connection:
        row = connection.execute("select max(position) from ledger").fetchone()
    assert row is not None
    return int(row[0])
