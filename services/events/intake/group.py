"""How are the reports of one transaction decided, each in the world that those before it have left?"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import TypeVar

import msgspec

from contracts.calendar import today
from contracts.event import Event
from contracts.fact import Fact
from contracts.ids import EVERYWHERE
from contracts.kinds.office import ReportAmended
from contracts.kinds.residence import PersonLeft
from kit.http.problems import IdempotencyKeyReused, Internal
from kit.process.database import LOST
from services.events.deciding.decide import (
    Ended,
    Refused,
    Twice,
    Waits,
    decide,
    decide_by_own_ids,
    move_of,
    returned,
)
from services.events.deciding.needs import line_of, sequence_key
from services.events.deciding.office import OfReports, approval_of, decision_of
from services.events.deciding.reasons import problem_of, refusal
from services.events.intake.answer import Answer
from services.events.intake.approval import OUTSIDE_FATE, Filed, desk_of, still_touches, way_of
from services.events.intake.prefetch import prefetch
from services.events.intake.pulling import pull
from services.events.intake.recording import TOO_MUCH, Recording
from services.events.intake.turn import Overtaken, Transaction
from services.events.places import concerned
from services.events.report.line import Line, device_name
from services.events.report.pointers import Malformed
from services.events.rules.residence import departed
from services.events.settings import ApprovalRule
from services.events.state.aliases import by_own_ids, on_the_books
from services.events.state.clashes import with_clashes, with_number_twice
from services.events.state.keys import standing
from services.events.state.refold import LATER
from services.events.state.world import KnownAs, Outcome, Unloaded, World
from services.events.store import ledger

# Seconds by which a telephone's clock may be fast: shortly before midnight it tells of a day that has begun for it.
FAST = 300
FEW_LOADS, MOST_LOADS = 4, 60
# Everybody waits while one departure is tried with the arrivals that wait for it, and anybody may tell arrivals.
MOST_TRIED = 10
ID_TAKEN = Refused("contradicts-record", (("id-taken", ()),))
IN_THE_FUTURE = Refused("contradicts-record", (("in-the-future", ()),))
WAITS_FOR_ITSELF = Refused("contradicts-record", (("waits-for-itself", ()),))
ON_ANOTHER_DESK = Refused("contradicts-record", (("on-another-desk", ()),))
T = TypeVar("T")
_log = logging.getLogger("socai.events.group")


class Group(Recording):
    """One transaction's worth of reports, being decided."""

    def __init__(
        self,
        transaction: Transaction,
        head: ledger.Head,
        now: float,
        approval: Sequence[ApprovalRule],
        world: World | None = None,
    ) -> None:
        super().__init__(transaction, head, now, world)
        self.begun = today(now + FAST)
        self.approval = approval

    @cached_property
    def signing_day(self) -> str:
        """The day in Viet Nam by which a key's validity is judged: the one that whoever verifies later will see."""
        return today(self.recorded_at // 1_000_000)

    async def one(self, line: Line, trace: str, *, again: bool = False, behind: Event | None = None) -> Answer:
        """Decide one report and take its effect into the world; `again` for one that is known to wait, an arrival with
        the departure that is decided right `behind` it.
        """
        report = line.report.id
        known = None if again else self.world.reports.get(report)
        answer = await self._seen(lambda: self._repeat(line, known)) if known is not None else self.outdated(line)
        if answer is not None:
            return answer
        verdict = self.world.verdicts.get(report)
        if verdict is not None:
            line = self._vouched(line)
            if not verdict[0]:
                return self.refuse(line, returned(verdict[1]), "returned")
        try:
            on_desk = await self._foresee(line) if type(line.event).decision else ()
            decision = await self._seen(lambda: self._gate(line) or self._decided(line, behind))
            if isinstance(decision, Refused) and decision.code == LATER and isinstance(line.event, PersonLeft):
                decision = await self._moved(line, line.event, decision)
            if on_desk and isinstance(decision, Filed) and decision.way == "recorded":
                decision = await self._handed_on(line, on_desk) or decision
        except KnownAs as alias:
            return await self._by_own_id(line, trace, alias, again=again, behind=behind)
        except (Overtaken, *LOST):
            raise
        except Exception:  # noqa: BLE001 - one report must not sink the others of its group
            _log.exception("a report could not be decided", extra={"kind": type(line.event).kind})
            return Answer(report, problem=Internal())
        return await self._taken(line, trace, TOO_MUCH if decision is None else decision)

    async def _by_own_id(self, line: Line, trace: str, alias: KnownAs, *, again: bool, behind: Event | None) -> Answer:
        """Decide a report that names somebody by another id than the one on the books."""
        try:
            own = on_the_books(line, {alias.told: alias.person})
        except Malformed as wrong:
            return await self._taken(line, trace, Refused("invalid-request", errors=wrong.errors))
        return await self.one(own, trace, again=again, behind=behind)

    async def pull(self, needs: set[str]) -> None:
        """Read what waits for these needs, as far as that is not known."""
        unknown = needs - self.waiters.asked
        if self.head.waiting and unknown:
            await pull(self.waiters, self.world, await self.transaction.reader(), unknown)

    def _vouched(self, line: Line) -> Line:
        """Give a report as approved by the office, where it is."""
        approved, position = self.world.verdicts.get(line.report.id, (False, 0))
        return msgspec.structs.replace(line, approved=position) if approved else line

    async def _moved(self, line: Line, left: PersonLeft, refused: Refused) -> Ended | Filed | None:
        """Decide a departure that later facts contradict together with an arrival that waits for it, where both are
        true: the arrival is recorded first, for as long as the departure takes as a move of one day. What of the two is
        for the office first goes there by itself.
        """
        need = departed(left.person)
        await self.pull({need})
        for one in self.waiters.arrivals(left)[:MOST_TRIED]:
            filed = await self._seen(partial(self._together, self._vouched(one.line), line))
            if filed is None:
                continue
            if filed.way != "recorded":
                return filed
            self.waiters.pending[need].remove(one)
            answer = await self.one(one.line, one.trace, again=one.index is None, behind=left)
            self.waiters.joined.append((one, answer))
            # A departure that is told at its arrival changes nobody: who waits for it as well learns what became of it.
            self.waiters.provide([need])
            return await self._seen(lambda: self._decided(line))
        return refused

    def _together(self, came: Line, left: Line) -> Filed | None:
        """Give which way a departure goes that fits together with an arrival; None where it does not, or where that one
        is not to be recorded at once. Raises Unloaded.
        """
        arrival = decide_by_own_ids(came, self.world, self.position, self.begun, left.event)
        if not isinstance(arrival, Fact) or self._filed(came, arrival).way != "recorded":
            return None
        move = by_own_ids(came, lambda own: move_of(own, left, self.world, self.position))
        return None if move is None else self._filed(left, move)

    async def _taken(self, line: Line, trace: str, decision: Ended | Filed) -> Answer:
        report = line.report.id
        if isinstance(decision, Filed):
            return await self.file(line, trace, decision)
        if isinstance(decision, Waits):
            need = decision.need
            if not await self._seen(lambda: self.waiters.wait_for(report, need)):
                return Answer(report, "waiting", need=need)
            decision = WAITS_FOR_ITSELF
        # That a day has not begun says nothing of the record, whoever is spoken of.
        early = decision == IN_THE_FUTURE and (line.event.find("on") or "") > self.begun
        # What the office vouched for that is on the books already its sender told rightly, wherever it belongs.
        vouched = line.approved is not None and isinstance(decision, Twice)
        if not (early or vouched or await self._seen(lambda: concerned(self.world, line.event, line.areas))):
            return self.refuse_outside(line, decision)
        if isinstance(decision, Refused):
            return self.refuse(line, decision)
        return self.take_twice(line, trace, decision)

    def outdated(self, line: Line) -> Answer | None:
        """Refuse what comes in signed with a key that does not count (any more)."""
        if line.key is None:
            return None
        why = standing(self.world.key(line.key), self.position, self.signing_day)
        return None if why is None else Answer(line.report.id, problem=why())

    async def _seen(self, look: Callable[[], T]) -> T | None:
        """Look at the world, reading what of it is missing; None where that finds no end."""
        for loads in range(MOST_LOADS):
            try:
                return look()
            except Unloaded as missing:
                load = ledger.load if loads < FEW_LOADS else ledger.load_around
                await load(await self.transaction.reader(), self.world, missing)
        return None

    async def _foresee(self, line: Line) -> list[Line]:
        """Read at once what the reports mention about which an office decides, a thousand perhaps, and give those that
        wait on its desk; of who has the whole country nothing is looked at.
        """
        decision = decision_of(line.event)
        if not isinstance(decision, OfReports) or EVERYWHERE in line.areas:
            return []
        reports = decision.reports
        queued = await self._seen(lambda: self.world.queued(reports)) or {}
        told = [(line_of(one.body), one.need) for one in queued.values() if one is not None]
        await prefetch(await self.transaction.reader(), self.world, [one for one, _ in told])
        return [one for one, need in told if need == approval_of(one.report.id)]

    async def _handed_on(self, line: Line, on_desk: Iterable[Line]) -> Refused | None:
        """Refuse an office that decides about reports which belong on another desk by now, and have those judged anew.

        Each is looked at by itself: of a thousand of them each may have a past to be read.
        """
        others = []
        for told in on_desk:
            look = partial(still_touches, told, self.world, self.position, self.begun, line.areas)
            if await self._seen(look) is False:
                others.append(approval_of(told.report.id))
        self.waiters.provide(others)
        return ON_ANOTHER_DESK if others else None

    def _gate(self, line: Line) -> Waits | None:
        """A device's reports are decided in its own order: the one before must have arrived."""
        told = line.number
        if told is None:
            return None
        sender, name, number = told
        device = device_name(sender, name)
        passed = self.world.passed_by(device)
        if number > passed + 1:
            return Waits(sequence_key(device, number - 1))
        if number > passed:
            self.world.pass_number(device, number)
            self.world.numbered[told] = {line.report.id}
            self.waiters.provide([sequence_key(device, number)])
        return None

    async def have_turn(self, line: Line) -> None:
        """Let the number have its turn under which something is told again."""
        await self._seen(lambda: self._pass_again(line))

    def _pass_again(self, line: Line) -> None:
        """Let a device that tells again what is known, as one set up from a copy, go on behind the number under which
        it does: where that is a new one, it is in use from then on.
        """
        if line.number is None or line.count is None:
            return
        device, number = line.count
        if number > self.world.passed_by(device) and self._gate(line) is None:
            self.world.told_again[line.number] = line.report.id

    def _repeat(self, line: Line, known: Outcome) -> Answer:
        report = line.report.id
        if known.digest != line.digest:
            return Answer(report, problem=IdempotencyKeyReused())
        self._pass_again(line)
        self.repeat(line)
        problem = None
        if known.fate in {"refused", "returned"} and known.detail is not None:
            problem = problem_of(refusal(known.detail))
        instead = known.detail.decode() if known.fate == "duplicate" and known.detail is not None else None
        return Answer(report, known.fate, known.position, duplicate=True, problem=problem, instead=instead)

    def _decided(self, line: Line, behind: Event | None = None) -> Ended | Filed:
        """Decide a report, and which way its fact goes if it becomes one; raises Unloaded."""
        if line.number is not None:
            # Whatever becomes of it: one that waits or is refused was told under its number all the same.
            self.world.numbered_as(line.number).add(line.report.id)
        decision = decide(line, self.world, self.position, self.begun, behind)
        if not isinstance(decision, Fact):
            return decision
        # What waits within this group has no outcome yet.
        if type(line.event) is ReportAmended and line.event.correction in self.waiters.held:
            return ID_TAKEN
        return self._filed(line, decision)

    def _filed(self, line: Line, decision: Fact) -> Filed:
        """Say which way a fact goes; raises Unloaded."""
        way, *reasons = way_of(line, decision, self.world, self.approval, lambda: self.closed)
        if way == "recorded":
            return Filed(way, with_number_twice(with_clashes(decision, self.world), line, self.world))
        places = () if way == OUTSIDE_FATE else desk_of(decision, self.world, reasons)
        return Filed(way, decision, places, tuple(reasons))
