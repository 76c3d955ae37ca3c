"""What does a small ledger look like whose facts count things in cells? For tests of the kit."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from contracts.topics import FACTS, RECORDED_TIME, SEQUENCE, TYPE, encode_watermark, instant_text, partition_of
from kit.log.records import Entry, LogWriter, Partition, Record
from kit.projections.projection import Merge, Projection, Row, Table, columns


class Counted(msgspec.Struct, frozen=True):
    """A thing moved between cells, for the `version`-th time."""

    thing: str
    version: int
    left: str | None
    entered: str | None
    sheet: str


THING = Table(
    "thing",
    columns(id="text", version="int", gone="boolean", cell="text", words="text[]"),
    Merge.UPSERT,
    key=("id",),
    indexes=("(cell)", "using gin (words)"),
    fillfactor=85,
)
CELL = Table("cell", columns(name="text", n="int"), Merge.SUM, key=("name",))
MOVE = Table("move", columns(position="bigint", n="smallint", thing="text"), Merge.APPEND, indexes=("(position)",))


def decode(value: bytes) -> Counted:
    return msgspec.json.decode(value, type=Counted)


def thing_rows(record: Record, fact: Counted) -> Iterator[tuple[Table, Row]]:
    yield THING, (fact.thing, fact.version, fact.entered is None, fact.entered, [fact.thing, fact.sheet])


def count_rows(record: Record, fact: Counted) -> Iterator[tuple[Table, Row]]:
    if fact.left is not None:
        yield CELL, (fact.left, -1)
    if fact.entered is not None:
        yield CELL, (fact.entered, 1)
    yield MOVE, (record.position, 0, fact.thing)


THINGS: Projection[Counted] = Projection("things", 1, (THING,), decode, thing_rows)
COUNTS: Projection[Counted] = Projection("counts", 1, (CELL, MOVE), decode, count_rows)
PROJECTIONS = (THINGS, COUNTS)


def history(seed: int, facts: int, *, things: int = 20, cells: int = 5) -> list[Counted]:
    """Random moves in ledger order; each is keyed by the cell entered, so versions overtake one another."""
    chance = random.Random(seed)
    where: dict[str, tuple[int, str | None]] = {}
    told = []
    for _ in range(facts):
        thing = f"thing-{chance.randrange(things)}"
        version, left = where.get(thing, (0, None))
        entered = None if left and chance.random() < 0.1 else f"cell-{chance.randrange(cells)}"
        told.append(Counted(thing, version + 1, left, entered, f"sheet-{chance.randrange(9)}"))
        where[thing] = (version + 1, entered)
    return told


def entry(position: int, fact: Counted, recorded_at: int | None = None) -> tuple[int, Entry]:
    """Partition and record of a fact."""
    key = fact.entered or fact.left or ""
    headers = (
        (SEQUENCE, b"%d" % position),
        (TYPE, b"vn.socai.thing.moved.v1"),
        (RECORDED_TIME, instant_text(recorded_at or time.time_ns() // 1000).encode()),
    )
    return partition_of(key), (key.encode(), msgspec.json.encode(fact), headers)


async def publish(
    writer: LogWriter, facts: Iterable[Counted], *, topic: str = FACTS, after: int = 0, every: int = 10
) -> int:
    """Append facts from position `after + 1` on, watermarks now and then and at the end; returns the last."""
    position = after
    for position, fact in enumerate(facts, after + 1):
        number, record = entry(position, fact)
        await writer.append(topic, number, [record])
        if position % every == 0:
            await publish_watermark(writer, position, topic)
    await publish_watermark(writer, position, topic)
    return position


async def publish_watermark(writer: LogWriter, position: int, topic: str = FACTS) -> None:
    for number in range(16):
        await writer.append(topic, number, [encode_watermark(position)])


def naive(facts: Sequence[Counted]) -> tuple[dict[str, tuple[int, str | None]], dict[str, int]]:
    """Last version and cell of each thing, and the things in each cell, counted the simple way."""
    things: dict[str, tuple[int, str | None]] = {}
    for fact in facts:
        things[fact.thing] = (fact.version, fact.entered)
    cells: dict[str, int] = {}
    for _, cell in things.values():
        if cell is not None:
            cells[cell] = cells.get(cell, 0) + 1
    return things, cells


async def eventually(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The condition's value once it is true; fails after a deadline."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, f"{condition} did not become true in {seconds} s"
        await asyncio.sleep(0.01)
    return value


def address(number: int, topic: str = FACTS) -> Partition:
    return Partition(topic, number)
