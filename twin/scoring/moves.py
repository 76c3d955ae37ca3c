"""Which moves in two halves has the platform put together, and which halves does it hold open?"""

from collections.abc import Iterator
from dataclasses import dataclass

from twin.errors.doubles import AS_ANOTHER
from twin.scoring.beliefs import Beliefs, Half
from twin.scoring.truths import Truths


@dataclass(slots=True)
class Moves:
    """Moves with both ends are `matched`, held `open` at one end, `lost`: told as a move at one end and held open at
    none, or `unseen`: told as one at neither.

    Who is truly on her way is `on_the_way`, of whom `known` are held open. `other` halves belong to no true move.
    """

    both_ends: int = 0
    matched: int = 0
    open: int = 0
    lost: int = 0
    unseen: int = 0
    on_the_way: int = 0
    known: int = 0
    other: int = 0


def compare(truths: Truths, beliefs: Beliefs) -> Moves:
    """Compare true moves that begin or end in the areas that were read with the halves that are held open there."""
    moves = Moves()
    halves = {Half(half.side, truths.who(half.person), half.since) for half in beliefs.halves}
    left = set(halves)
    apart = {record.event for record in truths.untold} | set(_of_nobody_known(truths))
    for move in truths.moves:
        if not {move.origin, move.destination} & beliefs.areas:
            continue
        departure = Half("departure", move.person, move.left)
        ends = {departure} if move.arrived is None else {departure, Half("arrival", move.person, move.arrived)}
        held = bool(ends & halves)
        left -= ends
        if move.arrival is None:
            moves.on_the_way += 1
            moves.known += held
            continue
        untold = (move.departure in apart) + (move.arrival in apart)
        moves.both_ends += 1
        moves.open += held
        moves.matched += not held and untold == 0
        moves.lost += not held and untold == 1
        moves.unseen += not held and untold == 2  # noqa: PLR2004 - both ends
    moves.other = len(left)
    return moves


def _of_nobody_known(truths: Truths) -> Iterator[str]:
    """Give the arrivals of people who were told as new to the books."""
    for record in truths.told:
        if any(slip.error == AS_ANOTHER for slip in record.slips):
            yield record.event
