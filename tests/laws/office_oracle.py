"""What becomes of a report by who sends it: is it recorded, handed over, does it wait for the office, is it returned?

What a report would be if anybody could tell anything is the Oracle's; here it goes over the desks.
"""

from functools import partial
from itertools import islice

import msgspec
from pydantic import ValidationError

from contracts.event import CATALOGUE, Dated, Event, Report
from contracts.kinds.correction import FactCorrected, FactVoided
from contracts.kinds.office import Office, ReportAdvanced, ReportAmended
from contracts.scopes import Scope
from kit.auth.access import Access
from tests.laws import keys
from tests.laws.causes import ORDER, Cause, Step, amended, replay
from tests.laws.desks import (
    EVERYWHERE,
    OF_REPORTS,
    Desk,
    Effect,
    Ground,
    handed_over,
    key_place,
    looked_at,
    month_of,
    spoken_of,
)
from tests.laws.oracle import WAITING, Oracle, Verdict
from tests.laws.scene import FAR, State
from tests.laws.senders import APPROVAL, sender_of

OUTSIDE = "outside"
"""The answer to whoever has no business there; a report that waited so far is refused then."""


def counted_in(report: Report) -> bool:
    """Whether a report has a place in the count of its device."""
    return report.device is not None and report.devicesequence is not None


def effect_of(old: list[Step], new: list[Step], names: frozenset[str] = frozenset()) -> Effect:
    """Compare all states before and after: of whom anything differs, all that follows is told anew."""
    sides: tuple[list[tuple[str, State | None, State]], ...] = ([], [])
    timelines: tuple[dict[str, list[Step]], ...] = ({}, {})
    places: tuple[list[Step], ...] = ([], [])
    for told, steps in zip(timelines, (old, new), strict=True):
        for step in steps:
            told.setdefault(step.entity, []).append(step)
    for entity in timelines[0] | timelines[1]:
        was, now = (told.get(entity, []) for told in timelines)
        same = next((n for n, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), None)
        same = min(len(was), len(now)) if same is None else same
        for side, steps in zip(sides, (was[same:], now[same:]), strict=True):
            side += [(entity, step.before, step.after) for step in steps]
        for found, steps in zip(places, (was[same:], now[same:]), strict=True):
            found += [step for step in steps if step.after["sort"] == "unit"]
    return Effect(tuple(sides[1]), tuple(sides[0]), names, tuple(places[1]), tuple(places[0]))


class Unamendable(Exception):
    """A report that cannot be put right in this way."""


def _put_right(told: Report, event: ReportAmended) -> Report:
    """Give a report as it would have been told with the right values."""
    original = CATALOGUE[told.type].parse(told.data)
    if not isinstance(original, Dated):
        raise Unamendable("no original")
    former = Cause(FAR, type(original).kind, original.model_dump(mode="json"))
    changed = amended(former, FactCorrected(fact=event.report, changes=event.changes, member=event.member))
    lines = {line["person"] for line in former.told.get("members", ())}
    if event.member is not None and ("person" in event.changes or event.member not in lines):
        raise Unamendable("no such line")
    if event.member is None and type(original).fixed & set(event.changes):
        raise Unamendable("says who it is about")
    if changed == former:
        raise Unamendable("changes nothing")
    if any(
        one.get("destination") == "abroad" and one.get("place")
        for one in (changed.told, *changed.told.get("members", ()))
    ):
        raise Unamendable("goes abroad and to a place")
    return msgspec.structs.replace(told, data=msgspec.Raw(msgspec.json.encode(changed.told)))


class OfficeOracle(Oracle):
    """The Oracle with desks: `desk` is what offices have before them and have decided, `came` on which day a report
    came in.
    """

    def __init__(self, today: str) -> None:
        super().__init__(today)
        self.desk = Desk()
        self.came: dict[str, str] = {}
        self._told: dict[str, Report] = {}
        self._effects: dict[int, Effect] = {}

    def record(self, report: Report, position: int) -> None:
        super().record(report, position)
        event = CATALOGUE[report.type].parse(report.data)
        if isinstance(event, Office):
            self._pass_over(event)
            self.desk.take(event, position)

    def _pass_over(self, event: Event) -> None:
        """What waits for its turn is decided without the numbers before it."""
        if isinstance(event, ReportAdvanced):
            device, _, number = self.desk.turn_of(event.report).rpartition(":")
            self.devices |= {(device, one) for one in range(1, int(number) + 1)}

    def judge(self, report: Report) -> Verdict:
        self.came.setdefault(report.id, self.today)
        self._told[report.id] = report
        if report.id in self.desk.returned:
            return Verdict({"returned"})
        access = sender_of(report)
        verdict = super().judge(report)
        if EVERYWHERE in access.areas or verdict.fates == {"waiting"}:
            return verdict
        try:
            event = self.event_of(report)
        except ValidationError:
            event = CATALOGUE[report.type].parse(report.data)
        ground = self.ground(access)
        fates: set[str] = set()
        for fate in verdict.fates:
            if fate == "recorded" and isinstance(event, Office):
                verdict.handed_on = self._anothers_by_now(event, ground)
                fates.add("refused" if verdict.handed_on else self._way(report, event, ground))
            elif fate == "recorded":
                fates.add(self._way(report, event, ground))
            elif fate == "waiting" or self._to_come(event) or self._concerned(event, ground):
                fates.add(fate)
            elif fate == "duplicate" and report.id in self.desk.approved:
                # The office vouched for it.
                fates.add(fate)
            else:
                fates.add(OUTSIDE)
        if "recorded" in verdict.fates and fates & WAITING:
            verdict.needs.add(f"approved:{report.id}")
            verdict.places = self._desk_of(report, event, ground)
        # A number that had its turn is not used up without a fate.
        verdict.fates = {"refused" if fate == OUTSIDE and counted_in(report) else fate for fate in fates}
        return verdict

    def may_join(self, arrival: Report, event: Event) -> bool:
        """Only what no office sees first, and nobody else has to tell."""
        access = sender_of(arrival)
        return EVERYWHERE in access.areas or self._way(arrival, event, self.ground(access)) == "recorded"

    def _desk_of(self, report: Report, event: Event, ground: Ground) -> frozenset[str]:
        """On whose desk a report lies: by what amends from outside no office draws to itself what stands elsewhere."""
        effect, _ = self._effect_now(event)
        if effect.retracts and self._amends_own(report, event) and not ground.may_report(effect, amends=True):
            return frozenset(effect.areas(former=True))
        return ground.places(effect)

    def ground(self, access: Access) -> Ground:
        """All that stands at present, for whoever has some places."""
        return Ground(self.states(), access, self.steps(), self.today)

    def _judge_event(self, event: Event, device: str | None = None) -> Verdict:
        if not isinstance(event, Office):
            return super()._judge_event(event, device)  # type: ignore[arg-type]
        level, needs = None, set()
        if not isinstance(event, ReportAdvanced | OF_REPORTS):
            state = self.states().get(month_of(event)[0])
            needs = {month_of(event)[0]} if state is None else set()
            level = (state or {}).get("level")
        if isinstance(event, ReportAmended):
            return self._judge_amendment(event)
        if event.on > self.begun:
            return Verdict(against={"in the future"})
        if isinstance(event, ReportAdvanced) and self._had_its_turn(event.report):
            return Verdict(against={"had its turn"})
        return Verdict(needs=needs, against=set() if needs else self.desk.against(event, level))

    def _judge_amendment(self, event: ReportAmended) -> Verdict:
        """Approve a report and put it right, both or neither: either version can be told, and is not told already."""
        verdict = Verdict(against=self.desk.against(event, None))
        if event.correction in self.came:
            verdict.against.add("its id is another report's")
        if event.on > self.begun:
            verdict.against.add("in the future")
        if event.report not in self.desk.queue:
            return verdict
        told = self._told[event.report]
        versions = [told]
        try:
            versions.append(_put_right(told, event))
        except (Unamendable, ValidationError) as wrong:
            verdict.against.add(str(wrong))
        fates = [super(OfficeOracle, self).judge(version) for version in versions]
        for one in fates:
            verdict.needs |= one.needs if "waiting" in one.fates else set()
            verdict.against |= {f"{fate} so" for fate in one.fates - {"recorded", "waiting"}}
        if verdict.against <= {"duplicate so"} and all("recorded" in one.fates for one in fates):
            verdict.fates.add("recorded")
        return verdict

    def follows(self, report: Report) -> Report | None:
        """What puts the report right that an office has approved so, told by the office under an id of its own."""
        event = CATALOGUE[report.type].parse(report.data)
        if not isinstance(event, ReportAmended):
            return None
        told = {"fact": event.report, "changes": event.changes, "member": event.member, "reason": event.reason}
        return Report(
            id=event.correction,
            source=report.source,
            type=FactCorrected.type_name(),
            data=msgspec.Raw(msgspec.json.encode({name: one for name, one in told.items() if one is not None})),
            time=report.time,
            causationid=report.id,
        )

    def _had_its_turn(self, report: str) -> bool:
        device, _, number = self.desk.turn_of(report).rpartition(":")
        return bool(device) and (device, int(number)) in self.devices

    def hand_on(self, report: str) -> Verdict:
        """Lay a report on the desk of the office that it touches by now."""
        verdict = self.judge(self._told[report])
        if verdict.fates <= WAITING:
            self.desk.queue[report] = verdict.places
        return verdict

    def _anothers_by_now(self, event: Office, ground: Ground) -> tuple[str, ...]:
        """Which reports on an office's own desk touch or speak of nothing there any more."""
        if not isinstance(event, OF_REPORTS) or not self.desk.decides(event, ground):
            return ()
        return tuple(one for one in event.reports if one in self.desk.queue and not self._touches(one, ground))

    def _touches(self, report: str, ground: Ground) -> bool:
        told = self._told[report]
        if self._concerned(CATALOGUE[told.type].parse(told.data), ground):
            return True
        fates = super().judge(told).fates
        if "recorded" not in fates:
            return True
        effect, _ = self._effect_now(self.event_of(told))
        if "duplicate" in fates and not effect.changes:
            # One event with what is recorded of it (11), of which no more is told.
            return True
        return ground.holds(ground.places(effect))

    def _way(self, report: Report, event: Event, ground: Ground) -> str:
        """Where a report goes that nothing contradicts."""
        if isinstance(event, Office):
            return "recorded" if self.desk.decides(event, ground) else OUTSIDE
        if report.id in self.desk.approved:
            return "recorded"
        effect, days = self._effect_now(event)
        amends = isinstance(event, FactCorrected | FactVoided)
        if not (ground.may_report(effect, amends=amends) and self._could_tell(report, event)):
            return "handed_over" if handed_over(event) or self._amends_own(report, event) else OUTSIDE
        if Scope.EVENTS_REPORT_APPROVE in sender_of(report).scopes:
            return "recorded"
        if ground.anothers(ground.places(effect), sender_of(report).client_id, self.came[report.id]):
            return "handed_over"
        communes = partial(ground.communes, ground.places(effect))
        return "waiting" if self.desk.sees_first(report, event, days, communes, APPROVAL) else "recorded"

    def _could_tell(self, report: Report, event: Event) -> bool:
        """Whether who amends a report has the scope for its kind."""
        if not isinstance(event, FactCorrected | FactVoided):
            return True
        original = self._original(event)
        kind = next(type(one.event) for one in self._records if one.report == original)
        return kind.scope in sender_of(report).scopes

    def _amends_own(self, report: Report, event: Event) -> bool:
        """Whether a report puts right or takes back what its own sender told of people and households."""
        if not isinstance(event, FactCorrected | FactVoided):
            return False
        original = next(one for one in self._records if one.report == self._original(event))
        own = original.sender == sender_of(report).client_id
        return own and type(original.event).scope == Scope.EVENTS_REPORT_WRITE

    def _effect_now(self, event: Event) -> tuple[Effect, set[str]]:
        """What a report would change if it were recorded now, and the days in the world of which it speaks."""
        if type(event).kind in keys.KEY_KINDS:
            return Effect(), {event.find("on")}
        causes = self.causes()
        days: set[str] = set()
        if isinstance(event, FactCorrected | FactVoided):
            original = self._original(event)
            former = causes.pop(original)
            changed = self._amended(event, original, former)
            # What has changed nobody leaves its former month as it is.
            days |= {step.slot[0] for step in self.steps() if step.slot[2] == former.position}
            if changed is not None:
                causes[original] = changed
        else:
            lacking = type(event).kind == "person.arrived"
            former = changed = Cause(FAR, type(event).kind, event.model_dump(mode="json"), lacking=lacking)
            if former.kind == "person.left" and replay([*causes.values(), former])[1]:
                causes |= dict(islice(self.joining(former, causes).items(), 1))
            causes[""] = former
        told = changed or former
        days.add(told.told["on"])
        steps, _ = replay(causes.values())
        return effect_of(self.steps(), steps, spoken_of(told.kind, told.told)), days

    def _original(self, event: FactCorrected | FactVoided) -> str:
        target = next(one for one in self._records if one.report == event.fact)
        return target.event.fact if isinstance(target.event, FactCorrected) else event.fact

    def _amended(self, event: FactCorrected | FactVoided, original: str, former: Cause) -> Cause | None:
        if isinstance(event, FactCorrected):
            return amended(former, event)
        return None if original == event.fact else self.causes(leaving_out=[event.fact])[original]

    def effect_at(self, position: int) -> Effect:
        """What was changed by what is recorded at a position."""
        known = self._effects.get(position)
        if known is None:
            record = next(one for one in self._records if one.position == position)
            known = self._effects[position] = effect_of(
                self.steps(position - 1), self.steps(position), self._names(record.event, position)
            )
        return known

    def _names(self, event: Event, position: int) -> frozenset[str]:
        """Whom a recorded report is about; what amends another is about whom that is about."""
        if not isinstance(event, FactCorrected | FactVoided):
            return spoken_of(type(event).kind, event.model_dump(mode="json"))
        original = self._original(event)
        told = self.causes(position).get(original) or self.causes(position - 1)[original]
        return spoken_of(told.kind, told.told)

    def _to_come(self, event: Event) -> bool:
        """Whether a report is told of a day that has not begun, which says nothing of anybody."""
        return (event.find("on") or "") > self.begun and ORDER.get(type(event).kind.partition(".")[0]) != 0

    def _concerned(self, event: Event, ground: Ground) -> bool:
        """Whether a report that is refused speaks of anybody or anything within its sender's places."""
        if isinstance(event, Office):
            return self.desk.decides(event, ground)
        if not isinstance(event, FactCorrected | FactVoided):
            told = event.model_dump(mode="json")
            places = {place for one in looked_at(type(event).kind, told) for place in self._last_places(one, ground)}
            return ground.holds(places)
        target = next((one for one in self._records if one.report == event.fact), None)
        if target is None:
            return True
        if isinstance(target.event, Office):
            return self.desk.decides(target.event, ground)
        if type(target.event).kind in keys.KEY_KINDS:
            place = key_place((one.event for one in self._records), target.event)
            return place is not None and ground.holds([place])
        return ground.concerns(self.effect_at(target.position), recorded=True)

    def _last_places(self, entity: str, ground: Ground) -> set[str]:
        """An entity, or where somebody stood last who stands nowhere, or what was last told of who was taken off."""
        if ground.states.get(entity) is not None:
            return ground.stood([entity])
        told = [one.position for one in self._records if self._speaks(one.event, one.position, entity)]
        # Who was taken off the books stands nowhere either.
        steps = (step for at in told for effect in [self.effect_at(at)] for step in (*effect.asserts, *effect.retracts))
        a_person = any(one == entity and after["sort"] == "person" for one, _, after in steps)
        return self.effect_at(told[-1]).areas() if a_person else {entity}

    def _speaks(self, event: Event, position: int, entity: str) -> bool:
        effect = self.effect_at(position)
        return entity in effect.touched or (entity in effect.names and event.find("fact") is None)
