"""What do the conventions make of reports, counted out from scratch every time?

The Oracle keeps every cause that was recorded, with what amends it, and replays all of them in the order of
conventions 2 (day, class of the kind, moves before unions, order of recording) whenever it is asked anything. It
decides the fate of a report itself: recorded if a replay with it holds together everywhere, waiting if it names
something that nobody ever put on the books.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

import msgspec
from pydantic import ValidationError

from contracts.event import CATALOGUE, Dated, Event, Report
from contracts.kinds.correction import FactCorrected, FactVoided
from contracts.kinds.office import Office
from tests.laws import keys, second_ids
from tests.laws.causes import DEEDS, KINDS, ORDER, Cause, Step, amended, by_the_other, can_have_come, named, replay
from tests.laws.scene import FAR, State
from tests.laws.senders import sender_of

WAITING = {"waiting", "handed_over"}
LATER = "later facts no longer fit"


@dataclass
class Verdict:
    """The fates that the conventions allow, what the report may wait for, and why it may be refused.

    `instead`: who a newborn is that is told again. `places`: those of the office that it waits for, if it does.
    `handed_on`: the reports that an office is refused to decide about since they are another's by now. `joined`: those
    of which one is recorded right before it, as neither could be without the other.
    """

    fates: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    against: set[str] = field(default_factory=set)
    instead: str | None = None
    places: frozenset[str] = frozenset()
    handed_on: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()

    def settle(self) -> "Verdict":
        """A report that needs something and contradicts as well may be answered either way."""
        if self.needs:
            self.fates.add("waiting")
        if self.against:
            self.fates.add("refused")
        if not self.fates:
            self.fates.add("recorded")
        return self


@dataclass
class _Record:
    position: int
    report: str
    event: Event
    own: dict[str, str]
    device: str | None
    sender: str


class Oracle:
    """Everything that was recorded, in order of recording; `today` is the server's date, `begun` that of a clock five
    minutes ahead. `awaiting` gives the reports that wait.
    """

    def __init__(self, today: str) -> None:
        self.today = self.begun = today
        self.awaiting: Callable[[], Iterable[Report]] = lambda: ()
        self.reports: dict[str, tuple[str, int | None]] = {}
        self.devices: set[tuple[str, int]] = set()
        self.second_ids: dict[str, str] = {}
        self._records: list[_Record] = []
        self._lacking: set[int] = set()

    def record(self, report: Report, position: int) -> None:
        """Take in a report that was recorded."""
        event = self.event_of(report)
        told = set(second_ids.strings(msgspec.json.decode(report.data)))
        own = {one: first for one, first in self.second_ids.items() if one in told}
        if type(event).kind == "person.arrived" and self._lacks(cast("Dated", event), self.causes()):
            self._lacking.add(position)
        self._records.append(_Record(position, report.id, event, own, counting(report), sender_of(report).client_id))
        self.reports[report.id] = ("recorded", position)
        if isinstance(event, FactVoided):
            self.reports[event.fact] = ("voided", self.reports[event.fact][1])

    def learn(self, report: Report, instead: str) -> None:
        """Take in that a newborn was told again: an id of which nothing was ever recorded leads to the child."""
        second = self.event_of(report).find("person")
        if not any(second in self.states(known=one.position) for one in self._records):
            self.second_ids.setdefault(second, instead)

    def event_of(self, report: Report) -> Event:
        """What a report says: who is needed under a second id, or would come on the books under it, is the child."""
        event = CATALOGUE[report.type].parse(report.data)
        while own := {
            one: self.second_ids[one] for one in self._needed(event, counting(report)) & self.second_ids.keys()
        }:
            event = second_ids.put(event, own)
        return event

    def _needed(self, event: Event, device: str | None) -> set[str]:
        """Whom a report needs on the books or brings there; a correction speaks of people as its original did."""
        if not self.second_ids.keys() & set(second_ids.strings(event.model_dump(mode="json"))):
            return set()
        standing = self.causes()
        cause = Cause(FAR, type(event).kind, event.model_dump(mode="json"), device)
        if isinstance(event, FactCorrected):
            known = next((one.own for one in self._records if one.report == event.fact), {})
            named = known.keys() & set(second_ids.strings(event.model_dump(mode="json")))
            former = standing.pop(event.fact, None)
            if named or former is None:
                return set(named)
            try:
                cause = amended(former, event)
            except ValidationError:
                return set()
        elif cause.kind not in DEEDS or (cause.kind == "person.born" and self._one_newborn(cause, standing)):
            return set()
        _, failed = replay([*standing.values(), cause])
        return set(cause.makes()) | (failed[cause.position].needs if cause.position in failed else set())

    def causes(self, known: int = FAR, leaving_out: Iterable[str] = ()) -> dict[str, Cause]:
        """What stands as known at a position, by report: payloads with their corrections, without what was voided."""
        records = [one for one in self._records if one.position <= known and one.report not in set(leaving_out)]
        gone = {one.event.fact for one in records if isinstance(one.event, FactVoided)}
        lacking = self._lacking & {one.position for one in records[-1:]}
        told: dict[str, Cause] = {}
        for one in records:
            untouched = isinstance(one.event, FactVoided | Office) or type(one.event).kind in keys.KEY_KINDS
            if one.report in gone or untouched:
                continue
            if isinstance(one.event, FactCorrected):
                if one.event.fact in told:
                    told[one.event.fact] = amended(told[one.event.fact], one.event)
            else:
                payload = one.event.model_dump(mode="json")
                told[one.report] = Cause(
                    one.position, type(one.event).kind, payload, one.device, one.position in lacking
                )
        return told

    def steps(self, known: int = FAR) -> list[Step]:
        """Every state that ever changed, in order, as known at a position."""
        steps, failed = replay(self.causes(known).values())
        assert not failed, f"what was recorded does not hold together: {failed}"
        return steps

    def states(self, as_of: str = "9999-12-31", known: int = FAR) -> dict[str, State]:
        """All states at the end of a day, as known at a position."""
        found: dict[str, State] = {}
        for step in self.steps(known):
            if step.slot[0] <= as_of:
                found[step.entity] = step.after
        return found

    def latest_correction(self, report: str) -> str | None:
        """The id of the latest correction of a report that stands."""
        gone = {one.event.fact for one in self._records if isinstance(one.event, FactVoided)}
        standing = [
            one.report
            for one in self._records
            if isinstance(one.event, FactCorrected) and one.event.fact == report and one.report not in gone
        ]
        return standing[-1] if standing else None

    def judge(self, report: Report) -> Verdict:
        """Say which fates a report may have now."""
        gate = (device_of(report), (report.devicesequence or 1) - 1)
        if report.device is not None and gate[1] and gate not in self.devices:
            return Verdict({"waiting"}, {f"sequence:{gate[0]}:{gate[1]}"})
        try:
            event = self.event_of(report)
        except ValidationError:
            told = CATALOGUE[report.type].parse(report.data)
            needs = (
                set()
                if isinstance(told, FactCorrected)
                else self._judge_event(cast("Dated", told), counting(report)).needs
            )
            return Verdict(needs=needs - self.second_ids.keys(), against={"speaks of somebody twice"}).settle()
        if isinstance(event, FactCorrected):
            return self._judge_correction(event).settle()
        if isinstance(event, FactVoided):
            return self._judge_void(event).settle()
        return self._judge_event(cast("Dated", event), counting(report)).settle()

    def _judge_event(self, event: Dated, device: str | None = None) -> Verdict:
        if type(event).kind in keys.KEY_KINDS:
            return self._judge_key(event)
        cause = Cause(FAR, type(event).kind, event.model_dump(mode="json"), device)
        standing = self.causes()
        verdict = self._with(standing, None, cause)
        verdict.against |= self._doubles(named(cause.told))
        if cause.kind == "person.born" and not verdict.against & {"in the future", "names a double"}:
            verdict = self._one_newborn(cause, standing) or verdict
        same = (cause.told, by_the_other(cause))
        if any(one.kind == cause.kind and one.told in same for one in standing.values()):
            # Whoever goes to and fro on one day and tells each way could mean it; all else is one event (11).
            verdict.fates |= {"duplicate"} if verdict.against or verdict.needs else {"duplicate", "recorded"}
            verdict.against.clear()
        if cause.kind == "person.left" and verdict.against == {LATER}:
            verdict.joined = tuple(self.joining(cause, standing))
            if verdict.joined:
                verdict.against.clear()
        return verdict

    def joining(self, left: Cause, standing: dict[str, Cause]) -> dict[str, Cause]:
        """The arrivals that wait for a departure with which it could be recorded, where alone it could not (32)."""
        found: dict[str, Cause] = {}
        for report in self.awaiting():
            event = self.event_of(report) if CATALOGUE[report.type].kind == "person.arrived" else None
            if event is None or event.find("person") != left.told["person"]:
                continue
            came = Cause(FAR - 1, type(event).kind, event.model_dump(mode="json"))
            is_behind = came.told["on"] >= left.told["on"] and not self._doubles(named(came.told))
            if not is_behind or not self._lacks(cast("Dated", event), standing):
                continue
            if not replay([*standing.values(), came, left])[1] and self.may_join(report, event):
                found[report.id] = came
        return found

    def may_join(self, _arrival: Report, _event: Event) -> bool:
        """Whether an arrival may be recorded at once."""
        return True

    def _lacks(self, arrival: Dated, standing: dict[str, Cause]) -> bool:
        """Whether an arrival has nothing against it but that a departure is missing."""
        cause = Cause(FAR, type(arrival).kind, arrival.model_dump(mode="json"))
        _, failed = replay([*standing.values(), cause])
        own = failed.get(FAR)
        return own is not None and not own.against and own.needs == {f"departed:{cause.told['person']}"}

    def _one_newborn(self, cause: Cause, standing: dict[str, Cause]) -> Verdict | None:
        """One child told under two ids (11): of one mother, day, household, sex and name, and no two birth orders. Whom
        one device tells under two ids are two.
        """
        child = cause.told
        for one in standing.values():
            other = one.told
            if one.kind != "person.born" or child["mother"] is None or other["person"] == child["person"]:
                continue
            if cause.device is not None and cause.device == one.device:
                continue
            alike = all(child[name] == other[name] for name in ("on", "mother", "household", "sex"))
            names = [(told["personal"] or {}).get("name", "").lower() for told in (child, other)]
            orders = {told["birth_order"] for told in (child, other)} - {None}
            if alike and names[0] and names[0] == names[1] and child["sex"] != "unknown" and len(orders) <= 1:
                return Verdict({"duplicate"}, instead=other["person"])
        return None

    def _judge_key(self, event: Dated) -> Verdict:
        needs, against = keys.judge((one.event for one in self._records), event, self.states().keys())
        return Verdict(needs=needs, against=against | ({"in the future"} if event.on > self.begun else set()))

    def _with(self, standing: dict[str, Cause], report: str | None, cause: Cause) -> Verdict:
        """Replay with a cause in place of a report's, or as a new one."""
        verdict = Verdict()
        others = [one for told, one in standing.items() if told != report]
        steps, failed = replay([*others, cause])
        own = failed.pop(cause.position, None)
        if own is not None:
            for person, household in own.awaited.items():
                if not can_have_come(steps, cause, person, household):
                    own.needs.discard(f"arrived:{person}")
                    own.refuse("cannot have come")
            # Whether it waits for its own sake or is refused for others depends on which of them is looked at first.
            others_fail = {"other facts no longer fit"} if failed else set()
            verdict.needs, verdict.against = (
                own.needs,
                own.against or (own.doubts | others_fail if own.needs else set()),
            )
        elif failed:
            verdict.against = {LATER}
        resettled = any(part["households"] for part in cause.told.get("parts") or ())
        if cause.told["on"] > self.begun and (resettled or ORDER.get(cause.kind.partition(".")[0]) != 0):
            verdict.against.add("in the future")
        return verdict

    def _judge_correction(self, event: FactCorrected) -> Verdict:
        verdict = self._amendable(event.fact)
        if verdict.needs or verdict.against:
            return verdict
        standing = self.causes()
        former = standing.get(event.fact)
        verdict = self._follows(event.fact, event.previous)
        if former is None or verdict.needs:
            return Verdict(against={"no original"}) if former is None else verdict
        lines = {line["person"] for line in former.told.get("members", ())}
        if event.member is not None and ("person" in event.changes or event.member not in lines):
            verdict.against.add("no such line")
        elif event.member is None and KINDS[former.kind].fixed & set(event.changes):
            verdict.against.add("says who it is about")
        if verdict.against:
            return verdict
        try:
            changed = amended(former, event)
        except ValidationError:
            return Verdict(against={"malformed"})
        if changed == former:
            return Verdict(against={"changes nothing"})
        verdict = self._with(standing, event.fact, changed)
        verdict.against |= self._doubles(named(changed.told) - named(former.told))
        if verdict.needs & set(former.makes()):
            # It is on the books so far, and may come there again by another report.
            verdict.against.add("rests on what it takes back")
        return verdict

    def _judge_void(self, event: FactVoided) -> Verdict:
        verdict = self._amendable(event.fact)
        if verdict.needs or verdict.against:
            return verdict
        target = next(one for one in self._records if one.report == event.fact)
        if isinstance(target.event, FactVoided | Office):
            return Verdict(against={"a void or a decision of the office"})
        original = target.event.fact if isinstance(target.event, FactCorrected) else event.fact
        standing = self.causes()
        verdict = Verdict() if event.previous is None else self._follows(original, event.previous)
        if original not in standing or verdict.needs or verdict.against:
            return verdict if original in standing else Verdict(against={"voided"})
        if original != event.fact:
            try:
                without = self.causes(leaving_out=[event.fact])[original]
            except ValidationError:
                return Verdict(against={"later corrections no longer fit"})
            return self._with(standing, original, without)
        _, failed = replay(one for told, one in standing.items() if told != event.fact)
        return Verdict(against={LATER} if failed else set())

    def _doubles(self, people: set[str]) -> set[str]:
        """Whoever is struck off as a double by now is not named anew, for whatever day."""
        states = self.states()
        doubles = {one for one, state in states.items() if state["sort"] == "person" and state["status"] == "merged"}
        return {"names a double"} if people & doubles else set()

    def _follows(self, original: str, previous: str | None) -> Verdict:
        """Whoever amends must have seen the latest correction that stands (13), and one to come is waited for (9)."""
        if previous == self.latest_correction(original):
            return Verdict()
        if previous is not None and self._is_to_come(previous):
            return Verdict(needs={f"report:{previous}"})
        return Verdict(against={"not the latest"})

    def _is_to_come(self, report: str) -> bool:
        """Whether nothing has become of a report yet: it is waited for."""
        return report not in self.reports or self.reports[report][0] in WAITING

    def _amendable(self, report: str) -> Verdict:
        if self._is_to_come(report):
            return Verdict(needs={f"report:{report}"})
        fate, _ = self.reports[report]
        return Verdict(against=set() if fate == "recorded" else {f"target {fate}"})


def counting(report: Report) -> str | None:
    """The device that tells a report, if one does."""
    return None if report.device is None else device_of(report)


def device_of(report: Report) -> str:
    """A device is one of its sender's and of nobody else's."""
    return f"{sender_of(report).client_id}/{report.device}"
