"""Is the chain as published, and does a fact tell everybody the present state, whatever it retracts?"""

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.fact import (
    AFTER_MOVES,
    GENESIS,
    Cause,
    Changes,
    Fact,
    PersonTransition,
    chain_hash,
    decode_fact,
    encode,
    position_of,
    present,
    rank_of,
)
from contracts.person import PersonState

PERSON = "01941f29-7c00-7000-8000-000000000001"
OTHER = "01941f29-7c00-7000-8000-000000000002"


def test_the_chain_gives_the_published_hash() -> None:
    body = hashlib.sha256(b"{}").digest()
    assert (
        chain_hash(GENESIS, 1, 1_767_225_600_000_000, "facts", body).hex()
        == "25c4510592aff57565285fc3631b31536052aded564f023aa3993c9ed67cc7af"
    )


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**47), st.integers(0, 2**62), st.binary(max_size=40))
def test_every_part_of_an_entry_stands_in_its_hash(previous: bytes, position: int, at: int, body: bytes) -> None:
    digest = hashlib.sha256(body).digest()
    head = chain_hash(previous, position, at, "facts", digest)
    assert head != chain_hash(previous, position + 1, at, "facts", digest)
    assert head != chain_hash(previous, position, at + 1, "facts", digest)
    assert head != chain_hash(previous, position, at, "reports", digest)
    assert head != chain_hash(previous, position, at, "facts", hashlib.sha256(body + b" ").digest())


@given(st.integers(0, 4), st.integers(1, AFTER_MOVES - 1), st.booleans())
def test_a_rank_keeps_the_position_of_its_cause(day_class: int, position: int, unions: bool) -> None:  # noqa: FBT001 - drawn
    assert position_of(rank_of(day_class, position, after_moves=unions)) == position


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(1, 2**46)), unique=True, min_size=2))
def test_ranks_order_by_class_then_unions_then_recording(causes: list[tuple[int, bool, int]]) -> None:
    ranks = [rank_of(day_class, position, after_moves=unions) for day_class, unions, position in sorted(causes)]
    assert all(one < next_one for one, next_one in pairwise(ranks))


Steps = tuple[PersonTransition, ...]
Change = tuple[str, tuple[str, int], str | None]


@dataclass
class Timeline:
    """One entity's causes by slot, folded naively: the state after a cause is the text of all before it."""

    entity: str
    slots: dict[tuple[str, int], str] = field(default_factory=dict)
    version: int = 0

    def fold(self) -> dict[tuple[str, int], tuple[PersonState | None, PersonState]]:
        steps: dict[tuple[str, int], tuple[PersonState | None, PersonState]] = {}
        before: PersonState | None = None
        for slot in sorted(self.slots):
            told = (before.occupation or "" if before else "") + self.slots[slot]
            after = PersonState(id=self.entity, status="resident", sex="female", occupation=told)
            steps[slot] = (before, after)
            before = after
        return steps

    def state(self) -> PersonState | None:
        steps = self.fold()
        return steps[max(steps)][1] if steps else None

    def change(self, slot: tuple[str, int], cause: str | None) -> tuple[Steps, Steps]:
        """Put a cause into a slot, or take it out: give the whole tail from there on, as it was and as it is now."""
        old = {at: step for at, step in self.fold().items() if at >= slot}
        self.slots.pop(slot, None)
        if cause is not None:
            self.slots[slot] = cause
        new = {at: step for at, step in self.fold().items() if at >= slot}
        return self._steps(old), self._steps(new)

    def _steps(self, steps: dict[tuple[str, int], tuple[PersonState | None, PersonState]]) -> Steps:
        made = []
        for (on, rank), (before, after) in steps.items():
            self.version += 1
            made.append(PersonTransition(self.entity, self.version, "person.moved", on, rank, before, after))
        return tuple(made)


slots = st.tuples(st.sampled_from(["2025-01-01", "2025-01-02", "2025-01-03"]), st.integers(1, 3))
changes = st.tuples(st.sampled_from([PERSON, OTHER]), slots, st.sampled_from(["a", "b", None]))


@given(st.lists(st.lists(changes, min_size=1, max_size=2, unique_by=lambda change: change[0]), max_size=12))
def test_the_present_of_all_facts_is_the_fold_of_all_causes(facts: list[list[Change]]) -> None:
    timelines = {entity: Timeline(entity) for entity in (PERSON, OTHER)}
    known: dict[str, tuple[int, object]] = {}
    for fact in facts:
        effects = [timelines[entity].change(slot, cause) for entity, slot, cause in fact]
        retracts = tuple(step for old, _ in effects for step in old)
        asserts = tuple(step for _, new in effects for step in new)
        for entity, version, state in present(retracts, asserts):
            assert version > known.get(entity, (0, None))[0], "a fact's last version is newer than all before it"
            known[entity] = (version, state)
    for entity, timeline in timelines.items():
        assert known.get(entity, (0, None)) == (timeline.version, timeline.state())


def test_where_nothing_is_asserted_again_the_person_is_gone() -> None:
    timeline = Timeline(PERSON)
    timeline.change(("2025-01-01", 1), "a")
    retracts, asserts = timeline.change(("2025-01-01", 1), None)
    assert list(present(retracts, asserts)) == [(PERSON, 2, None)]


def test_a_fact_is_written_back_as_it_was_read() -> None:
    state = PersonState(id=PERSON, status="resident", sex="female", personal=msgspec.Raw(b'{"name":"Lan"}'))
    step = PersonTransition(PERSON, 1, "person.born", "2025-03-14", None, None, state)
    cause = Cause(OTHER, "vn.socai.person.born.v1", "/sample", msgspec.Raw(b'{"on": "2025-03-14"}'))
    body = encode(Fact("person.born", "2025-03-14", cause, asserts=Changes(persons=(step,))))
    fact = decode_fact(body)
    assert encode(fact) == body
    assert bytes(fact.cause.data) == b'{"on": "2025-03-14"}'
    assert fact.asserts.persons[0].before is None
