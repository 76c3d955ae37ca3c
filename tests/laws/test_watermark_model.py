"""Do the rules of watermarks, checkpoints and the relay's start hold in any history, and is none of them idle?"""

import dataclasses

import pytest

import kit.projections.batch
from kit.log.records import Checkpoint, advance
from tests.support.watermarks import Broken, Rules, World

HISTORIES = 1_500


async def first_broken(rules: Rules, histories: int) -> int | None:
    for seed in range(histories):
        try:
            await World(seed, rules).run()
        except Broken:
            return seed
    return None


async def test_with_all_rules_nothing_is_lost_doubled_or_promised_too_early() -> None:
    assert await first_broken(Rules(), HISTORIES) is None


@pytest.mark.parametrize("rule", [field.name for field in dataclasses.fields(Rules)])
async def test_without_any_one_rule_some_history_breaks(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if rule == "checkpoint_keeps_position":
        monkeypatch.setattr(kit.projections.batch, "advance", advance_by_offset)
    assert await first_broken(dataclasses.replace(Rules(), **{rule: False}), HISTORIES) is not None


def advance_by_offset(checkpoint: Checkpoint, offset: int, position: int) -> tuple[Checkpoint, bool]:
    """As `advance`, but trusting that a record never comes twice."""
    return advance(Checkpoint(checkpoint.offset, 0), offset, position)
