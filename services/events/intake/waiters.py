"""Who waits while a group is decided, for what, and what of it has come?"""

from collections import deque
from collections.abc import Iterable

from contracts.kinds.residence import PersonArrived, PersonLeft
from services.events.deciding.needs import Pending, Waiter, waits_for_itself
from services.events.intake.answer import Answer
from services.events.rules.residence import departed
from services.events.state.world import WAITING, World


class Waiters:
    """Those that wait by what they need (`pending`), the group's own among them by report (`held`), and which of the
    earlier groups were read (`pulled`), no longer wait (`released`) or could not be decided (`undecided`).

    `fresh` is what has come and was not offered to anybody yet, `provided` all that came, `asked` that of which it is
    known who waits for it; `written` says what is to be written down of those that go on waiting. `before`: whether
    anybody waited when the group began. `joined`: those that were decided together with another report, and how.
    """

    def __init__(self, world: World, *, before: bool) -> None:
        self._world = world
        self._before = before
        self.pending: dict[str, list[Pending]] = {}
        self.held: dict[str, Pending] = {}
        self.pulled: set[str] = set()
        self.released: list[str] = []
        self.undecided: list[str] = []
        self.fresh: deque[str] = deque()
        self.provided: set[str] = set()
        self.asked: set[str] = set()
        self.written: dict[str, Waiter] = {}
        self.left_over = False
        self.joined: list[tuple[Pending, Answer]] = []

    def provide(self, keys: Iterable[str]) -> None:
        """Note that what others may wait for is here now."""
        if self.pending or self._before:
            self.fresh.extend(keys)
            self.provided.update(self.fresh)

    def add(self, one: Pending) -> None:
        """Let a report wait for what it needs."""
        self.pending.setdefault(one.need, []).append(one)

    def add_first(self, one: Pending) -> None:
        """Let a report wait for what it needs, before all others that do."""
        self.pending.setdefault(one.need, []).insert(0, one)

    def arrivals(self, left: PersonLeft) -> list[Pending]:
        """Give those that wait for a departure and tell of a day on which whoever leaves so may have arrived."""
        waiting = self.pending.get(departed(left.person), ())
        return [one for one in waiting if isinstance(came := one.line.event, PersonArrived) and came.on >= left.on]

    def wait_for(self, report: str, need: str) -> bool:
        """Say whether a report with such a need would wait for itself; raises Unloaded."""
        return waits_for_itself(report, need, self._awaited_by)

    def _awaited_by(self, report: str) -> str:
        """Give what a report waits for by now; empty where it does not wait, or its need is here already."""
        if (held := self.held.get(report)) is not None:
            return held.need
        if report in self.pulled:
            waiters = (one for some in self.pending.values() for one in some)
            return next((one.need for one in waiters if one.line.report.id == report), "")
        known = self._world.outcome(report)
        queued = self._world.queued((report,))[report] if known is not None and known.fate in WAITING else None
        return "" if queued is None else queued.need
