"""Is a move matched only where no half of it is open and somebody told that it is one?"""

from twin.errors.truth import Double, Move, Slip, Told, Truth, Untold
from twin.scoring import moves
from twin.scoring.beliefs import Beliefs, Half
from twin.scoring.truths import collect

HERE, THERE, ELSEWHERE = "10525-20200101-001", "10525-20200101-002", "10513-20200101-001"
WHOLE = Move("lan", "d", "2025-03-01", HERE, "a", "2025-03-04", THERE)
BEGUN = Move("mai", "e", "2025-03-02", HERE)


def compare(*halves: Half, truth: tuple[Truth, ...] = (), areas: tuple[str, ...] = (HERE, THERE)) -> moves.Moves:
    return moves.compare(collect([WHOLE, BEGUN, *truth]), Beliefs(set(areas), [], set(halves)))


def test_a_move_without_an_open_half_is_matched_and_who_is_on_her_way_is_known() -> None:
    found = compare(Half("departure", "mai", "2025-03-02"))
    assert (found.both_ends, found.matched, found.open, found.on_the_way, found.known) == (1, 1, 0, 1, 1)


def test_an_open_half_at_either_end_keeps_a_move_open() -> None:
    for half in (Half("departure", "lan", "2025-03-01"), Half("arrival", "lan", "2025-03-04")):
        found = compare(half)
        assert (found.open, found.matched) == (1, 0)


def test_a_half_of_somebody_under_another_id_is_hers() -> None:
    found = compare(Half("departure", "two", "2025-03-01"), truth=(Double("two", "lan"),))
    assert (found.open, found.other) == (1, 0)


def test_a_move_that_nobody_told_as_one_is_unseen_and_not_matched() -> None:
    missing = Untold("d", Slip("missing-departure", "lan"))
    as_another = Told("a", "a", (Slip("arrival-as-another", "lan"),))
    found = compare(truth=(missing, as_another))
    assert (found.matched, found.unseen) == (0, 1)
    held = compare(Half("arrival", "lan", "2025-03-04"), truth=(missing, as_another))
    assert (held.open, held.unseen) == (1, 0)


def test_a_move_of_which_one_half_was_never_told_and_none_is_held_is_lost_and_not_matched() -> None:
    for event in ("d", "a"):
        found = compare(truth=(Untold(event, Slip("missing", "lan")),))
        assert (found.matched, found.lost) == (0, 1)
    held = compare(Half("departure", "lan", "2025-03-01"), truth=(Untold("a", Slip("missing", "lan")),))
    assert (held.open, held.lost) == (1, 0)


def test_a_half_that_belongs_to_no_move_is_another_one() -> None:
    assert compare(Half("arrival", "lan", "2025-04-01")).other == 1


def test_moves_between_places_that_nobody_read_are_left_out() -> None:
    assert compare(areas=(ELSEWHERE,)).both_ends == 0
