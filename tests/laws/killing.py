"""What if every process is killed now and then, at whatever it is doing, and started again?

The intake dies in the middle of a submission: nothing of it stands, or all of it and nobody heard the answer; whoever
sent then sends again. Relay and projectors are ended between two deliveries, in the middle of whatever they follow.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from contracts.event import Report
from deploy.local.databases import Database
from kit.http.problems import Problem, PurposeNotPermitted
from kit.log.kafka import KafkaReader, KafkaWriter
from kit.process.database import Connection, Connections
from kit.projections.projector import Projector, ProjectorSettings
from services.events.intake.answer import Answer
from services.events.settings import EventsSettings
from services.events.store.ledger import lock
from services.events.store.relay import Relay
from tests.laws.reads import SERVICES
from tests.laws.telling import Teller
from tests.support.projecting import reached

RELAY = "relay"
SHARE = 0.25
MOST_STATEMENTS = 12
QUICKLY = partial(ProjectorSettings, poll_seconds=0.05, refresh_seconds=0.05, backoff_seconds=0.01)


class Dying:
    """Connections that are cut after so many statements, wherever that is."""

    def __init__(self, connections: Connections, statements: int) -> None:
        self._connections = connections
        self._left = statements

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        async with self._connections.acquire() as connection:

            def count(_: object) -> None:
                self._left -= 1
                if self._left == 0:
                    connection.terminate()

            connection.add_query_logger(count)
            try:
                yield connection
            finally:
                connection.remove_query_logger(count)


class MortalTeller(Teller):
    """A teller whose intake is killed in some submissions, before it commits or before it answers."""

    unheard = 0

    async def tell(self, reports: Sequence[Report]) -> list[Answer]:
        unheard = self.unheard
        answers = await super().tell(reports)
        if self.unheard > unheard:
            await super().tell(reports)
        return answers

    async def submit(self, reports: Sequence[Report]) -> list[Answer]:
        chance = random.Random(f"{len(self.rows)} {self.unheard} {[one.id for one in reports]}")
        if chance.random() > SHARE:
            return await super().submit(reports)
        known, before = await self._known(reports), await self._mark()
        await self._begin(Dying(self.connections, chance.randint(1, MOST_STATEMENTS)))
        # Whoever has an answer has not heard it either: it died on the way back.
        with suppress(Problem):
            await super().submit(reports)
        await self._begin(self.connections)
        if await self._mark() == before:
            return await super().submit(reports)
        self.unheard += 1
        return await self._unheard(reports, known)

    async def _begin(self, connections: Any) -> None:
        """Start an intake in place of the one before."""
        await self.intake.stop()
        self.intake = self.new_intake(connections)
        await self.intake.start()

    async def _mark(self) -> tuple[int, ...]:
        """What every transaction that commits changes at least one of, once whoever is dying is dead."""
        async with self.connections.acquire() as connection, connection.transaction():
            await lock(connection)
            row = await connection.fetchrow(
                "select (select count(*) from ledger), (select count(*) from outcome), "
                "(select coalesce(sum(duplicates), 0) from outcome), (select coalesce(sum(passed), 0) from device)"
            )
        assert row is not None
        return tuple(row)

    async def _known(self, reports: Sequence[Report]) -> dict[str, tuple[str, int | None]]:
        async with self.connections.acquire() as connection:
            ids = [one.id for one in reports]
            rows = await connection.fetch("select report, fate, position from outcome where report = any($1)", ids)
        return {row["report"]: (row["fate"], row["position"]) for row in rows}

    async def _unheard(self, reports: Sequence[Report], known: dict[str, tuple[str, int | None]]) -> list[Answer]:
        """The answers that nobody heard, as the fates that stand since say what they were."""
        found, seen, answers = await self._known(reports), set(known), []
        for report in reports:
            again = report.id in seen
            fate, position = found.get(report.id, (None, None))
            was = known.get(report.id, ("recorded", None))[0]
            # What another line has voided since was answered as recorded.
            fate = was if fate == "voided" else fate
            problem = None if fate is not None else PurposeNotPermitted()
            answers.append(Answer(report.id, fate, position, duplicate=again and fate is not None, problem=problem))
            seen.add(report.id)
        return answers


@dataclass
class Crew:
    """The relay, and the projector of each read service, each in a task of its own."""

    settings: EventsSettings
    databases: dict[str, Database]
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def start(self, *names: str) -> None:
        for name in names or (RELAY, *SERVICES):
            self.tasks[name] = asyncio.create_task(self._relay() if name == RELAY else self._project(name))

    async def _relay(self) -> None:
        kafka = self.settings.kafka
        await Relay(self.settings, KafkaWriter(kafka), lambda: KafkaReader(kafka)).run()

    async def _project(self, service: str) -> None:
        connections = Connections(self.databases[service].writer_dsn, size=1)
        settings = QUICKLY(topic_prefix=self.settings.topic_prefix)
        try:
            await Projector(SERVICES[service], connections, partial(KafkaReader, self.settings.kafka), settings).run()
        finally:
            await connections.close()

    async def kill(self, *names: str) -> None:
        for name in names or tuple(self.tasks):
            task = self.tasks.pop(name)
            task.cancel()
            await asyncio.wait({task})

    async def strike(self, chance: random.Random) -> None:
        """Kill one of them and start it again."""
        name = chance.choice((RELAY, *SERVICES))
        await self.kill(name)
        await self.start(name)

    async def reach(self, position: int, seconds: float = 60) -> None:
        """Wait until every service is complete up to a position; say of whoever ended by itself why."""
        for service, projections in SERVICES.items():
            there = await reached(self.databases[service], position, projections, seconds)
            ended = {name: task for name, task in self.tasks.items() if task.done()}
            assert there, f"{service} has not reached {position}; ended: {ended}"


@asynccontextmanager
async def crew(settings: EventsSettings, databases: dict[str, Database]) -> AsyncIterator[Crew]:
    found = Crew(settings, databases)
    await found.start()
    try:
        yield found
    finally:
        await found.kill()
