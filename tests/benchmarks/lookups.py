"""How many lookups are answered, each with its durable disclosure line?"""

from collections.abc import Sequence
from random import Random

import msgspec
import psycopg

from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Signer, refused
from tests.benchmarks.door import READ
from tests.benchmarks.intake import asked
from tests.benchmarks.meters import Meter, note
from tests.benchmarks.stage import API_EXCHANGE, EXCHANGE, stage
from tests.benchmarks.table import Figure, figure, percentile

QUERY = "/exchange/v1/persons/query"
JSON = "application/json"
FIELDS = ["name", "sex", "birth", "status", "area"]


def lookup(bench: Bench) -> Figure:
    """One person by her number a request, 32 callers; beside it one read by key."""
    kept, chance = bench.stock, Random("lookups")
    values, limits, costs, bare_costs, waits = [], [], [], [], []
    with stage(bench.ground, {EXCHANGE: kept.template(EXCHANGE)}, kept.topics) as opened:
        opened.start(API_EXCHANGE)
        opened.start_door()
        meter, run = Meter(opened), opened.run()
        for _ in range(bench.rounds):
            people = chance.choices(range(len(bench.people.persons)), k=bench.of.lookups)
            lines = _lines(opened.databases[EXCHANGE].reader_dsn)
            answers, rate, cost = asked(opened, Signer(run, "health"), meter, QUERY, _questions(bench, people), JSON)
            assert not (wrong := refused(answers, 200)), wrong
            assert all(b'"found"' in answer.body for answer in answers), answers[0].body
            assert _lines(opened.databases[EXCHANGE].reader_dsn) == lines + len(people)
            reads = [msgspec.json.encode({"person": bench.people.persons[person]}) for person in people]
            bare, bare_rate, bare_cost = asked(opened, Signer(run, "health"), meter, READ, reads, JSON)
            assert not (wrong := refused(bare, 200)), wrong
            values.append(rate)
            limits.append(bare_rate)
            costs.append(cost)
            bare_costs.append(bare_cost)
            waits.append(1_000 * percentile([answer.seconds for answer in answers], 0.95))
            bench.say(f"lookup: {rate:,.0f}/s, p95 {waits[-1]:.1f} ms; bare {bare_rate:,.0f}/s")
    told = f"p95 {sorted(waits)[len(waits) // 2]:.1f} ms"
    return figure("lookup", "requests/s", values, limits, told, note("lookup", costs), note("bare", bare_costs))


def _questions(bench: Bench, people: Sequence[int]) -> list[bytes]:
    return [question(bench.people.numbers[person]) for person in people]


def question(number: str) -> bytes:
    """Ask for the person who bears a number."""
    return msgspec.json.encode({"identifier": {"type": "pid", "value": number}, "fields": FIELDS})


def _lines(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from disclosure").fetchone()
    assert row is not None
    return int(row[0])
