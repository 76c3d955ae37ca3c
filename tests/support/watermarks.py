"""What can happen to a ledger on its way to a reader's rows? A model in memory, one seed a history.

Relays die with records in flight that arrive or not, also later, between those of their successor. Readers die before
and after a commit, are replaced without noticing, and go on. A client pages through the rows by position. Records,
tails, checkpoints and completeness are those of the kit; only time, death and the database are made up.
"""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contracts.topics import FACTS, SEQUENCE, TYPE, encode_watermark
from kit.log.records import (
    ORIGIN,
    Checkpoint,
    Entry,
    Partition,
    Record,
    Resume,
    complete_up_to,
    find_tail,
    resume_points,
)
from kit.projections.batch import Batch, Live
from kit.projections.checkpoint import Slot
from kit.projections.projection import Merge, Projection, Row, Table, columns
from tests.support.applying import collect
from tests.support.memory_log import MemoryLog

ROWS = Table("rows", columns(position="bigint"), Merge.APPEND)


def rows(record: Record, _: bytes) -> Iterator[tuple[Table, Row]]:
    yield ROWS, (record.position,)


LIVE = Live.of(Projection("rows", 1, (ROWS,), bytes, rows), 1, "")


@dataclass(frozen=True)
class Rules:
    """All that keeps readers right; each can be taken away."""

    lowest_over_partitions: bool = True
    checkpoint_compared: bool = True
    checkpoint_keeps_position: bool = True
    relay_starts_at_watermark: bool = True
    relay_skips_by_partition: bool = True
    watermark_after_confirmation: bool = True
    relay_stops_at_failure: bool = True


class Broken(Exception):
    """A fact was lost, doubled, out of reach, or promised too early."""


@dataclass
class Relay:
    resume: Resume
    next: int
    in_flight: dict[Partition, deque[tuple[int | None, Entry]]]

    def confirmed_up_to(self) -> int:
        waiting = [position for queue in self.in_flight.values() for position, _ in queue if position is not None]
        return min(waiting, default=self.next) - 1


@dataclass
class Reader:
    checkpoints: dict[Slot, Checkpoint] = field(default_factory=dict)


class World:
    def __init__(self, seed: int, rules: Rules) -> None:
        self.chance = random.Random(seed)
        self.rules = rules
        self.partitions = [Partition(FACTS, number) for number in range(self.chance.randint(1, 4))]
        self.ledger: list[Partition] = []
        self.log = MemoryLog()
        self.relay: Relay | None = None
        self.lingering: list[deque[tuple[int | None, Entry]]] = []
        self.lingering_at: list[Partition] = []
        self.readers = [Reader() for _ in range(self.chance.randint(1, 3))]
        self.stored = {LIVE.slot(partition): ORIGIN for partition in self.partitions}
        self.rows: Counter[int] = Counter()
        self.cursor = 0
        self.paged: list[int] = []

    async def run(self, steps: int = 150) -> None:
        happenings: list[tuple[Callable[[], object], int]] = [
            (self.tell, 20),
            (self.send, 25),
            (self.deliver, 25),
            (self.write_watermark, 8),
            (self.fail_send, 2),
            (self.kill_relay, 3),
            (self.deliver_lingering, 6),
            (self.take_over, 6),
            (self.read, 30),
            (self.kill_reader, 3),
            (self.page, 5),
        ]
        what, weights = zip(*happenings, strict=True)
        for happening in self.chance.choices(what, weights, k=steps):
            if self.relay is None:
                await self.start_relay()
            happening()
        await self.settle()

    async def settle(self) -> None:
        """Everybody starts once more and nothing goes wrong; then nothing may be missing."""
        self.kill_relay()
        while self.lingering:
            self.deliver_lingering()
        await self.start_relay()
        assert self.relay is not None
        while self.relay.next <= len(self.ledger):
            self.send()
        while any(self.relay.in_flight.values()):
            self.deliver()
        self.write_watermark()
        while any(self.relay.in_flight.values()):
            self.deliver()
        self.readers = [Reader(dict(self.stored))]
        for _ in range(2 * sum(len(self.log.records(partition)) for partition in self.partitions)):
            self.read(surely=True)
        self.page()
        if self.paged != list(range(1, len(self.ledger) + 1)):
            raise Broken(f"paged {self.paged} of {len(self.ledger)}")
        self.check(len(self.ledger))

    def check(self, complete: int) -> None:
        for position in range(1, complete + 1):
            if self.rows[position] != 1:
                raise Broken(f"{position} is there {self.rows[position]} times, complete up to {complete}")

    def tell(self) -> None:
        self.ledger += self.chance.choices(self.partitions, k=self.chance.randint(1, 4))

    async def start_relay(self) -> None:
        reader = self.log.reader()
        tails = {
            partition: await find_tail(reader, partition, step=self.chance.randint(1, 4))
            for partition in self.partitions
        }
        start, skip_up_to = resume_points(tails)
        highest = max(tail.position for tail in tails.values())
        if not self.rules.relay_starts_at_watermark:
            start = highest + 1
        if not self.rules.relay_skips_by_partition:
            skip_up_to = dict.fromkeys(self.partitions, highest)
        self.relay = Relay(Resume(start, skip_up_to), start, {partition: deque() for partition in self.partitions})

    def send(self) -> None:
        relay = self.relay
        assert relay is not None
        for partition in self.ledger[relay.next - 1 : relay.next - 1 + self.chance.randint(1, 5)]:
            position, relay.next = relay.next, relay.next + 1
            if position > relay.resume.skip_up_to[partition]:
                headers = ((SEQUENCE, b"%d" % position), (TYPE, b"fact"))
                relay.in_flight[partition].append((position, (b"key", b"", headers)))

    def deliver(self) -> None:
        assert self.relay is not None
        partition = self.chance.choice(self.partitions)
        self._arrive(partition, self.relay.in_flight[partition], self.chance.randint(1, 4))

    def _arrive(self, partition: Partition, queue: deque[tuple[int | None, Entry]], number: int) -> None:
        self.log.extend(partition, [queue.popleft()[1] for _ in range(min(number, len(queue)))])

    def write_watermark(self) -> None:
        relay = self.relay
        assert relay is not None
        vouched = relay.confirmed_up_to() if self.rules.watermark_after_confirmation else relay.next - 1
        if vouched:
            for queue in relay.in_flight.values():
                queue.append((None, encode_watermark(vouched)))

    def fail_send(self) -> None:
        assert self.relay is not None
        partition = self.chance.choice(self.partitions)
        queue = self.relay.in_flight[partition]
        if not queue:
            return
        for _ in range(self.chance.randint(1, len(queue))):
            queue.popleft()
        if self.rules.relay_stops_at_failure:
            # What stood behind it was never sent: a producer gives up the whole partition.
            queue.clear()
            self.kill_relay()

    def kill_relay(self) -> None:
        """What was in flight arrives in order, up to some record; perhaps much later, between its successor's."""
        if self.relay is None:
            return
        for partition, queue in self.relay.in_flight.items():
            left = deque(list(queue)[: self.chance.randint(0, len(queue))])
            if self.chance.random() < 0.5:
                self._arrive(partition, left, len(left))
            elif left:
                self.lingering.append(left)
                self.lingering_at.append(partition)
        self.relay = None

    def deliver_lingering(self) -> None:
        if not self.lingering:
            return
        which = self.chance.randrange(len(self.lingering))
        self._arrive(self.lingering_at[which], self.lingering[which], self.chance.randint(1, 3))
        if not self.lingering[which]:
            del self.lingering[which], self.lingering_at[which]

    def take_over(self) -> None:
        """A reader begins anew with some partitions; whoever had them is not told."""
        taken = self.chance.sample(self.partitions, self.chance.randint(1, len(self.partitions)))
        slots = [LIVE.slot(partition) for partition in taken]
        self.chance.choice(self.readers).checkpoints = {slot: self.stored[slot] for slot in slots}

    def read(self, *, surely: bool = False) -> None:
        reader = self.chance.choice(self.readers)
        records: list[Record] = []
        for slot, checkpoint in reader.checkpoints.items():
            if surely or self.chance.random() < 0.7:
                held = self.log.records(slot.partition)
                records += held[checkpoint.offset : checkpoint.offset + self.chance.randint(1, 6)]
        if not records:
            return
        batch = collect([LIVE], reader.checkpoints, records)
        fate = 1.0 if surely else self.chance.random()
        if fate < 0.05:
            reader.checkpoints = {}
        elif not self.commit(reader, batch) or fate < 0.1:
            # Fenced, or died after a commit that it never heard of.
            reader.checkpoints = {}
        else:
            reader.checkpoints.update(batch.checkpoints)

    def commit(self, reader: Reader, batch: Batch) -> bool:
        expected = {slot: reader.checkpoints[slot].offset for slot in batch.checkpoints}
        actual = {slot: self.stored[slot].offset for slot in batch.checkpoints}
        if self.rules.checkpoint_compared and expected != actual:
            return False
        self.stored.update(batch.checkpoints)
        self.rows.update(position for (position,) in batch.rows.get(ROWS, ()))
        return True

    def kill_reader(self) -> None:
        self.chance.choice(self.readers).checkpoints = {}

    def page(self) -> None:
        applied = {slot.partition: checkpoint.position for slot, checkpoint in self.stored.items()}
        complete = complete_up_to(applied) if self.rules.lowest_over_partitions else max(applied.values())
        self.check(complete)
        self.paged += sorted(position for position in self.rows.elements() if self.cursor < position <= complete)
        self.cursor = max(self.cursor, complete)
