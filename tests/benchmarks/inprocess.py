"""How do reports get into a ledger and onto the log within this process, without door or API?"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from contracts.scopes import Scope
from contracts.topics import TOPICS
from deploy.local.databases import Database
from deploy.local.topics import create_topics
from kit.auth.access import Access
from kit.log.kafka import KafkaReader, KafkaWriter
from services.events.intake.answer import Answer
from services.events.report.parse import parse
from services.events.settings import EventsSettings
from services.events.store.relay import Relay
from tests.benchmarks.ground import Ground
from tests.support.intakes import intake_of

AT_ONCE = 1_000
PATIENCE = 600.0
OFFICE = Access("sandbox-officer", "sandbox-officer", frozenset(Scope), "bench", areas=("VN",))
# As long as the context that every request at the door brings along.
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


async def record(database: Database, lines: Iterable[bytes]) -> Counter[str]:
    """Have reports decided and recorded, two thousand under way at a time; how many of each fate."""
    fates: Counter[str] = Counter()
    left = iter(lines)
    async with intake_of(database) as intake:

        async def work() -> None:
            while chunk := list(islice(left, AT_ONCE)):
                fates.update(map(fate, await intake.submit([(parse(line, OFFICE), TRACE) for line in chunk])))

        await asyncio.gather(work(), work())
    return fates


def fate(answer: Answer) -> str:
    """Name what became of a report: its fate, or the first reason of its refusal."""
    if answer.problem is None:
        return answer.fate or "none"
    return f"refused: {answer.problem.body()[:400]!r}" if answer.fate != "refused" else "refused"


async def publish(ground: Ground, database: Database, prefix: str, position: int) -> None:
    """Publish a ledger up to a position, its last; the topics are made when they are not there."""
    await create_topics(ground.bootstrap, [prefix + name for name in TOPICS])
    settings = EventsSettings.load(writer_dsn=database.writer_dsn, kafka=ground.bootstrap, topic_prefix=prefix)
    relay = Relay(settings, KafkaWriter(ground.bootstrap), lambda: KafkaReader(ground.bootstrap))
    running = asyncio.create_task(relay.run())
    until = time.monotonic() + PATIENCE
    try:
        while relay.position < position or relay._marked < position:
            if running.done() or time.monotonic() > until:
                raise RuntimeError(f"the relay stands at {relay.position}")
            await asyncio.sleep(0.05)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
