"""What changed in an area since a telephone last asked, so that it can follow its area or build it from nothing?

Whoever ever stood in the area is looked at, in the order of the last fact that speaks of her: as many rows as the area
has history, however many other areas there are. What they were since is compared as the caller may see it: who always
was the same then has not changed.
"""

from bisect import bisect_right
from collections.abc import Mapping
from operator import itemgetter
from typing import Final, NamedTuple, Self

import msgspec

from contracts.household import HouseholdState
from contracts.person import PersonState
from kit.http.paging import Round
from kit.process.database import Connection
from services.events.sensitive import Names, plain_state
from services.events.state.timeline import Pasts
from services.events.state.world import State, World, positions_in
from services.events.store import ledger

_MARK_BYTES: Final = 8
_HASH: Final = "select hash from ledger where position = $1"
_EVER: Final = """
with homes as (select distinct dependant as entity from tie where entity = $1)
select s.entity, s.facts from state s join (
  select entity from homes union select t.dependant from tie t join homes on t.entity = homes.entity
) as ever on s.entity = ever.entity
"""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a follower stands: how far it is, and where the ledger stood when it was answered last, with the beginning
    of that entry's hash.
    """

    round: Round = Round()
    seen: int = 0
    mark: str = ""

    @classmethod
    def at(cls, reached: Round, head: ledger.Head) -> Self:
        """Stand where an answer ended."""
        return cls(reached, head.position, head.hash[:_MARK_BYTES].hex())

    async def stands(self, connection: Connection) -> bool:
        """Say whether the ledger still is the one that was told of: a restore may have lost what it ended with."""
        if not self.seen:
            return True
        found = await connection.fetchval(_HASH, self.seen)
        return found is not None and found[:_MARK_BYTES].hex() == self.mark


class Changed(NamedTuple):
    """Households and persons that stand in the area as they are now, ids of those who stand there no longer.

    `reached`: how far the caller is with it; `more`: there is more.
    """

    households: list[HouseholdState]
    persons: list[PersonState]
    left: list[str]
    reached: Round
    more: bool


async def changed_since(
    connection: Connection, area: str, names: Names, since: Round, limit: int, position: int
) -> Changed:
    """Give what changed of an area since the caller knew it; the ledger stands at `position`. All that one fact changed
    comes together.

    A person stands in the area while her household does; who died, left or was taken off the books since is in `left`.
    Who differs in nothing but `names`, which are withheld, has not changed, and stands on no page and in no order as if
    she had.
    """
    world, this = World(), since.begun(position)
    ever = await ever_in(connection, area)
    told = {one: told for one, every in ever.items() if (told := _between(every, this.known, this.until))}
    told = {one: positions for one, positions in told.items() if positions[-1] > this.reached}
    if names:
        told = await _seen(connection, world, told, names)
    todo = sorted((positions[-1], one) for one, positions in told.items() if positions[-1] > this.reached)
    more = len(todo) > limit
    if more:
        todo = todo[: bisect_right(todo, todo[limit - 1][0], key=itemgetter(0))]
    page = {one: told[one] for _, one in todo}
    await ledger.load_rows(connection, world, page)
    states = {one: plain_state(None if (row := world.rows[one]) is None else row.state, names) for one in page}
    here, left = {one for one, state in states.items() if stands_in(state, area)}, []
    # Who knows nothing of the area yet is told of everybody there, and misses nobody who left.
    if this.known:
        stood = await _stood(connection, world, page, names)
        left = [one for one in page if one not in here and any(stands_in(state, area) for state in stood[one])]
        here = {one for one in here if any(state != states[one] for state in stood[one])}
    stand = [states[one] for one in page if one in here]
    return Changed(
        [state for state in stand if isinstance(state, HouseholdState)],
        [state for state in stand if isinstance(state, PersonState)],
        left,
        msgspec.structs.replace(this, reached=todo[-1][0]) if more else this.ended(),
        more or this.until < position,
    )


async def ever_in(connection: Connection, area: str) -> dict[str, list[int]]:
    """Give every household and person who ever stood in an area, with the positions that speak of each, ascending."""
    return {row["entity"]: positions_in(row["facts"]) for row in await connection.fetch(_EVER, area)}


def _between(positions: list[int], after: int, until: int) -> list[int]:
    return positions[bisect_right(positions, after) : bisect_right(positions, until)]


def stands_in(state: State | None, area: str) -> bool:
    """Say whether somebody or a household stands in an area."""
    return getattr(state, "area", None) == area


async def _seen(
    connection: Connection, world: World, told: Mapping[str, list[int]], names: Names
) -> dict[str, list[int]]:
    """Leave out whoever became no other as a caller sees her, and of the others what lies behind the last position at
    which they did. It is looked for from the end, twice as far back each time: all that was ever told is much more.
    """
    pasts, found, back = Pasts(world), dict[str, list[int]](), 1
    while told:
        await _load(connection, world, {one: positions[-back:] for one, positions in told.items()})
        for one, positions in told.items():
            ends = range(len(positions), max(len(positions) - back, 0), -1)
            if last := next((end for end in ends if _differs(pasts, positions[end - 1], one, names)), 0):
                found[one] = positions[:last]
        told = {one: before for one, every in told.items() if one not in found and (before := every[:-back])}
        back *= 2
    return found


def _differs(pasts: Pasts, at: int, one: str, names: Names) -> bool:
    both = _sides(pasts, at, one, names)
    return bool(both) and both[0] != both[1]


async def _stood(
    connection: Connection, world: World, page: Mapping[str, list[int]], names: Names
) -> Mapping[str, list[State | None]]:
    """Give everybody's present state before and after each of the facts at these positions, as a caller sees it."""
    await _load(connection, world, page)
    pasts = Pasts(world)
    return {
        one: [state for at in positions for state in _sides(pasts, at, one, names)] for one, positions in page.items()
    }


async def _load(connection: Connection, world: World, told: Mapping[str, list[int]]) -> None:
    await ledger.load_facts(connection, world, sorted({at for positions in told.values() for at in positions}))


def _sides(pasts: Pasts, at: int, one: str, names: Names) -> tuple[State | None, ...]:
    """Give somebody's present state before and after a fact, as a caller sees it."""
    retracted, asserted = pasts.sides(at, one)
    # Whom a fact only names it changes in nothing.
    if not (retracted or asserted):
        return ()
    before = retracted[-1].after if retracted else asserted[0].before
    after = asserted[-1].after if asserted else retracted[0].before
    return plain_state(before, names), plain_state(after, names)
