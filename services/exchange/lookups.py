"""How are many lookups answered at once, each with its durable disclosure lines?

Whoever is free takes all requests that wait, reads their subjects in one statement, adds all lines by one COPY,
commits, and only then hands out the answers. A commit costs as much for one request as for a hundred.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

from kit.http.problems import Problem
from kit.process.database import Connection, Connections, Unavailable
from services.exchange.disclosures import Line, write
from services.exchange.homes import home_sql
from services.exchange.places import Places, Territory

_MOST_SUBJECTS: Final = 2_000

_READ: Final = """
select i.value, p.id, coalesce(p.area, {home}), p.state from identifier i join person p on p.id = i.person
where i.value = any($1::text[]) and not i.gone and not p.gone
union all
select null, p.id, coalesce(p.area, {home}), p.state from person p where p.id = any($2::uuid[]) and not p.gone
""".format(home=home_sql("p.id"))

_log = logging.getLogger(__name__)


class Subject(NamedTuple):
    """Whom a request asks for: the key of an identifier, or a person's id."""

    key: str | None
    person: str | None


class Known(NamedTuple):
    """Somebody found: `area` is where she lives or last lived."""

    person: str
    area: int | None
    state: bytes


class Found:
    """What one read, made `at` that instant, knows of all subjects of a group."""

    def __init__(self, rows: Iterable[Any], territory: Territory, at: datetime) -> None:
        self.territory = territory
        self.at = at
        self._found: dict[Subject, list[Known]] = {}
        for value, id_, area, state in rows:
            person = str(id_)
            subject = Subject(value, None if value is not None else person)
            self._found.setdefault(subject, []).append(Known(person, area, state))

    def persons(self, subject: Subject) -> Sequence[Known]:
        """Give everybody found for a subject, in sight or not; several may bear one number in the books."""
        return self._found.get(subject, ())


class Question(Protocol):
    """A request that waits. `settle` is pure: its answer, and a line for everything that the answer says."""

    @property
    def position(self) -> int:
        """Up to where the answer must be complete, at least."""

    @property
    def subjects(self) -> Sequence[Subject]: ...

    def settle(self, found: Found) -> tuple[Any, Sequence[Line]]: ...


class Lookups:
    """Answers questions in groups on a few connections of its own."""

    def __init__(self, database: Connections, places: Places, *, lanes: int = 2) -> None:
        self._database = database
        self._places = places
        self._lanes = lanes
        self._waiting: deque[tuple[Question, asyncio.Future[Any]]] = deque()
        self._arrived = asyncio.Event()

    async def ask(self, question: Question) -> Any:
        """Give the answer once its lines are durable; raises what `settle` raises, or Unavailable."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        self._arrived.set()
        return await answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer for as long as the block lasts; what still waits at its end is turned away."""
        lanes = [asyncio.create_task(self._work()) for _ in range(self._lanes)]
        try:
            yield
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            _fail(self._waiting, Unavailable("shutting down"))

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            group = self._take()
            if not group:
                continue
            try:
                outcomes = await self._answer([question for question, _ in group])
            except asyncio.CancelledError:
                _fail(group, Unavailable("shutting down"))
                raise
            except Exception as error:  # noqa: BLE001 - nobody got an answer; each caller is told so
                if not isinstance(error, Unavailable):
                    _log.exception("A group of lookups failed", extra={"batch": len(group)})
                _fail(group, error)
                continue
            for (_, waiting), outcome in zip(group, outcomes, strict=True):
                _settle(waiting, outcome)

    def _take(self) -> list[tuple[Question, "asyncio.Future[Any]"]]:
        group, subjects = [], 0
        while self._waiting and subjects < _MOST_SUBJECTS:
            question, waiting = self._waiting.popleft()
            subjects += len(question.subjects)
            group.append((question, waiting))
        if not self._waiting:
            self._arrived.clear()
        return group

    async def _answer(self, questions: Sequence[Question]) -> list[Any]:
        async with self._database.acquire() as connection, connection.transaction():
            territory = await self._places.today(connection, max(question.position for question in questions))
            found = Found(await _read(connection, questions), territory, self._places.now())
            lines: list[Line] = []
            outcomes: list[Any] = []
            for question in questions:
                try:
                    answer, told = question.settle(found)
                except Problem as refusal:
                    outcomes.append(refusal)
                else:
                    outcomes.append(answer)
                    lines += told
            await write(connection, lines)
            return outcomes


async def _read(connection: Connection, questions: Sequence[Question]) -> Sequence[Any]:
    subjects = {subject for question in questions for subject in question.subjects}
    keys = [subject.key for subject in subjects if subject.key is not None]
    persons = [subject.person for subject in subjects if subject.person is not None]
    return await connection.fetch(_READ, keys, persons)


def _settle(waiting: "asyncio.Future[Any]", outcome: Any) -> None:
    if waiting.done():
        return
    if isinstance(outcome, Exception):
        waiting.set_exception(outcome)
    else:
        waiting.set_result(outcome)


def _fail(group: Iterable[tuple[Question, "asyncio.Future[Any]"]], error: Exception) -> None:
    for _, waiting in group:
        _settle(waiting, error)
