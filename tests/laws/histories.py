"""Which random lives are told: few people, few households, few days, so that everything meets everything?

Most reports make sense at their day as far as the teller knows; many come late, twice, out of order, contradict
others, or put right and take back what was told.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from pydantic import ValidationError

from contracts.event import CATALOGUE, Report
from contracts.ids import uuid7
from contracts.kinds.correction import FactCorrected
from tests.laws.care_events import CARE_EVENTS
from tests.laws.causes import KINDS, Cause
from tests.laws.ground import AREAS, COMMUNES, DISTRICT, PROVINCE, SECOND_PROVINCE
from tests.laws.household_events import HOUSEHOLD_EVENTS, relatives
from tests.laws.keys import KEY_EVENTS
from tests.laws.oracle import WAITING, Oracle
from tests.laws.orders import ORDERS
from tests.laws.scene import FAR, Payload, State
from tests.laws.unit_events import UNIT_EVENTS

DAYS = (
    "2025-01-01", "2025-01-31", "2025-02-01", "2025-02-02", "2025-02-28", "2025-03-01", "2025-03-02", "2025-03-31",
    "2025-04-01", "2025-04-30", "2025-05-31", "2025-06-01",
)  # fmt: skip
BIRTHS = (None, "1961", "1988-03", "1990-05-20", "2004-02-29", "2012-11-30", "2025-02-01")
FOUNDING, FEW, NEVER = 10, 4, 999_999
PLACES = {PROVINCE, SECOND_PROVINCE, DISTRICT, *COMMUNES}


def named(kind: str, number: int) -> str:
    return uuid7(1_700_000_000_000, random.Random(f"{kind} {number}").randbytes(10))


PEOPLE = [named("person", n) for n in range(9)]
HOMES = [named("household", n) for n in range(6)]
SHEETS = HOMES[:4]


def report_of(kind: str, told: Payload, number: int, **attributes: Any) -> Report:
    return Report(
        id=uuid7(1_740_000_000_000 + number, random.Random(number).randbytes(10)),
        source="urn:laws",
        type=KINDS[kind].type_name(),
        data=msgspec.Raw(msgspec.json.encode(told)),
        **attributes,
    )


def founding() -> list[Report]:
    """Two provinces, a district, three communes and four areas."""
    reports: list[Report] = []

    def unit(unit: str, level: str, parent: str | None) -> None:
        new = {"unit": unit, "code": unit[:-9], "level": level, "names": {"vi": f"Nơi {unit[:-9]}"}, "parent": parent}
        reports.append(report_of("unit.established", {"on": "2019-01-01", "unit": new}, len(reports)))

    unit(PROVINCE, "province", None)
    unit(SECOND_PROVINCE, "province", None)
    unit(DISTRICT, "district", PROVINCE)
    for commune, parent in zip(COMMUNES, (DISTRICT, PROVINCE, SECOND_PROVINCE), strict=True):
        unit(commune, "commune", parent)
    for area in AREAS:
        told = {"on": "2019-01-01", "area": area, "commune": area[:-4], "names": {"vi": area}}
        reports.append(report_of("area.established", told, len(reports)))
    return reports


def _well_formed(kind: str, told: Payload, number: int) -> Report | None:
    made = report_of(kind, told, number)
    try:
        KINDS[kind].parse(made.data)
    except ValidationError:
        return None
    return made


class Author:
    """Makes up the next report from what the oracle knows so far."""

    def __init__(self, seed: int, oracle: Oracle) -> None:
        self.chance = random.Random(seed)
        self.oracle = oracle
        self.told: list[Report] = []
        self.number = 1_000
        self.sequence = 0
        self.owed: list[tuple[str, Payload]] = []

    def batch(self) -> list[Report]:
        """One submission: mostly one report, sometimes several; a phone's reports may come in another order."""
        if self.chance.random() < 0.7:
            return [self.report()]
        reports = list({one.id: one for one in (self.report() for _ in range(self.chance.randint(2, 5)))}.values())
        if self.chance.random() < 0.4:
            reports = [self._from_phone(report) for report in reports]
        if self.chance.random() < 0.4:
            self.chance.shuffle(reports)
        return reports

    def last(self) -> list[list[Report]]:
        """What comes behind all else."""
        return []

    def _from_phone(self, report: Report) -> Report:
        if any(report.id == one.id for one in self.told[:-1]):
            return report
        self.sequence += 1
        numbered = msgspec.structs.replace(report, device="phone", devicesequence=self.sequence)
        self.told = [numbered if one.id == report.id else one for one in self.told]
        return numbered

    def report(self) -> Report:
        """Something new, something that amends, or something told before."""
        self.number += 1
        made = None
        fate = self.chance.random()
        if self.told and fate < 0.03:
            return self.chance.choice(self.told)
        if self.told and fate < 0.08:
            again = self.chance.choice(self.told)
            made = report_of(CATALOGUE[again.type].kind, msgspec.json.decode(again.data), self.number)
        elif fate < 0.30:
            made = self._amendment()
        while made is None:
            kind, told = self._out_of_order() or self._event()
            made = _well_formed(kind, told, self.number)
        self.told.append(made)
        return made

    def _out_of_order(self) -> tuple[str, Payload] | None:
        """What is owed of a short history that is told out of its order, and now and then the next such history."""
        if not self.owed and self.chance.random() < 0.06:
            days: set[str] = set()
            while len(days) < 3:
                days.add(self._day())
            pick = Picks(self.chance, self.oracle.states(min(days)))
            self.owed = self.chance.choice(ORDERS)(pick, sorted(days))
        return self.owed.pop(0) if self.owed and self.chance.random() < 0.6 else None

    def _event(self) -> tuple[str, Payload]:
        on = self._day()
        states = self.oracle.states(on)
        kinds = list(_EVENTS)
        kind = self.chance.choices(kinds, [_EVENTS[kind][0] for kind in kinds])[0]
        whole = self.oracle.states()
        people = sum(state["sort"] == "person" for state in whole.values())
        if people < FEW and self.chance.random() < 0.7:
            kind = "household.registered"
        if kind == "household.registered":
            if all(home in whole for home in SHEETS) and self.chance.random() < 0.9:
                return self._event()
            on, states = self._sheet_day(at_first=people < FEW), whole
        told = _EVENTS[kind][1](Picks(self.chance, states), on)
        return kind, {"on": on, **{name: value for name, value in told.items() if value is not None}}

    def _day(self) -> str:
        if self.chance.random() < 0.02:
            return "2025-07-01"
        return self.chance.choice(DAYS)

    def _sheet_day(self, *, at_first: bool) -> str:
        return self.chance.choice(DAYS[:3] if at_first else DAYS)

    def _amendment(self) -> Report | None:
        standing = self.oracle.causes()
        known = [report for report, (fate, _) in self.oracle.reports.items() if fate == "recorded"]
        if self.chance.random() < 0.05:
            known = list(self.oracle.reports)
        waiting = [report for report, (fate, _) in self.oracle.reports.items() if fate in WAITING]
        if waiting and self.chance.random() < 0.08:
            known = waiting
        # Amended are rather the latest, and the founding of the units only now and then.
        start = 0 if known == waiting or self.chance.random() < 0.05 else FOUNDING
        known = known[start:] or known
        target = known[max(self.chance.randrange(len(known)), self.chance.randrange(len(known)))]
        void = 0.1 if target in standing and standing[target].kind == "household.registered" else 0.4
        if self.chance.random() < void:
            told: Payload = {"fact": target}
            if self.chance.random() < 0.2:
                told["previous"] = self.chance.choice([self.oracle.latest_correction(target), *self._previous()])
            return report_of("fact.voided", told, self.number)
        cause = standing.get(target) or self._waiting(target)
        if cause is None:
            return None
        previous = self.oracle.latest_correction(target)
        if self.chance.random() < 0.1:
            previous = self.chance.choice([None, *self._previous()])
        told = {"fact": target, "previous": previous, **self._changes(cause)}
        return report_of("fact.corrected", {k: v for k, v in told.items() if v is not None}, self.number)

    def _waiting(self, report: str) -> Cause | None:
        """What a report tells of people or places that is not recorded, as far as the teller knows it."""
        told = next((one for one in self.told if one.id == report), None)
        event = None if told is None else CATALOGUE[told.type].parse(told.data)
        if event is None or type(event).kind not in _EVENTS:
            return None
        return Cause(FAR, type(event).kind, event.model_dump(mode="json"))

    def _previous(self) -> list[str]:
        """A correction that may stand no more, or be of another report, and one that is never told."""
        corrections = [one.id for one in self.told if one.type == FactCorrected.type_name()]
        return [*corrections[-1:], report_of("fact.corrected", {}, NEVER).id]

    def _changes(self, cause: Cause) -> Payload:
        """One or two fields as another report of the kind would tell them, or a line of a sheet."""
        if cause.kind != "household.registered" and cause.told.get("members") and self.chance.random() < 0.3:
            line = self.chance.choice(cause.told["members"])["person"]
            return {"member": line, "changes": {"relation": self.chance.choice(["spouse", "child", "other"])}}
        if cause.kind == "household.registered" and cause.told["members"] and self.chance.random() < 0.6:
            line = self.chance.choice(cause.told["members"])["person"]
            other = Picks(self.chance, self.oracle.states(cause.told["on"])).line(line)
            told = next(one for one in cause.told["members"] if one["person"] == line)
            return {"member": line, "changes": self._some(other, told, {"person"})}
        on = self._day() if self.chance.random() < 0.5 else cause.told["on"]
        other = _EVENTS[cause.kind][1](Picks(self.chance, self.oracle.states(on)), on) | {"on": on}
        return {"changes": self._some(other, cause.told, KINDS[cause.kind].fixed)}

    def _some(self, other: Payload, told: Payload, fixed: set[str] | frozenset[str]) -> Payload:
        names = [name for name in sorted(other) if name not in fixed and other[name] != told[name]]
        if not names or self.chance.random() < 0.03:
            names = sorted(other)
        picked = self.chance.sample(names, min(len(names), self.chance.choice([1, 1, 2, 3])))
        if "on" in names and "on" not in picked and self.chance.random() < 0.4:
            picked.append("on")
        return {name: other[name] for name in picked}


class Picks:
    """Values that mostly make sense beside the states of a day."""

    people, homes, areas, births = PEOPLE, HOMES, AREAS, [birth for birth in BIRTHS if birth is not None]

    def __init__(self, chance: random.Random, states: dict[str, State]) -> None:
        self.chance = chance
        self.states = states

    def of(self, pool: Sequence[str], sense: Callable[[State | None], bool], share: float = 0.85) -> str:
        fitting = [one for one in pool if sense(self.states.get(one))]
        return self.chance.choice(fitting if fitting and self.chance.random() < share else list(pool))

    def resident(self) -> str:
        return self.of(PEOPLE, lambda state: state is not None and state["status"] == "resident")

    def alive(self, **wanted: str) -> str:
        return self.of(
            PEOPLE,
            lambda state: (
                state is not None
                and state["status"] not in {"dead", "merged"}
                and all(state[name] == value for name, value in wanted.items())
            ),
        )

    def new(self) -> str:
        return self.of(PEOPLE, lambda state: state is None)

    def away(self) -> str:
        return self.of(PEOPLE, lambda state: state is None or state["status"] in {"in_transit", "outside"}, 0.7)

    def home(self) -> str:
        return self.of(HOMES, lambda state: state is not None and state["status"] == "active", 0.93)

    def living_in(self, home: str) -> list[str]:
        return [one for one in PEOPLE if (self.states.get(one) or {}).get("household") == home]

    def unit(self, *levels: str) -> str:
        known = sorted(PLACES | {one for one, state in self.states.items() if state["sort"] == "unit"})
        return self.of(known, lambda s: s is not None and s["level"] in levels and s["valid_to"] is None, 0.93)

    def area(self) -> str:
        return self.chance.choice(AREAS)

    def relation(self) -> str:
        return self.chance.choice(["spouse", "child", "other", "unknown"])

    def line(self, person: str) -> Payload:
        number = PEOPLE.index(person)
        personal = {"name": f"Người {self.chance.randint(1, 3)}"}
        if self.chance.random() < 0.3:
            personal["identifiers"] = [{"type": "pid", "value": f"{number:012d}"}]  # type: ignore[assignment]
        return {
            "person": person,
            "sex": self.chance.choice(["male", "female", "female", "unknown"]),
            "birth": self.chance.choice(BIRTHS),
            "relation": self.relation(),
            "marital": self.chance.choice(["unknown", "single", "married", "married"]),
            "spouse": self.chance.choice([None, None, self.chance.choice(PEOPLE)]),
            "mother": self.chance.choice([None, None, self.chance.choice(PEOPLE)]),
            "personal": personal if self.chance.random() < 0.6 else None,
        }


def _sheet(pick: Picks, on: str) -> Payload:
    people = [one for one in PEOPLE if pick.states.get(one) is None or pick.chance.random() < 0.02]
    people = pick.chance.sample(people, min(len(people), pick.chance.randint(0, 4)))
    if len(people) > 1 and pick.chance.random() < 0.3:
        couple = [pick.line(people[0]) | {"spouse": people[1], "marital": "married"}]
        couple.append(pick.line(people[1]) | {"spouse": people[0], "marital": "married"})
        lines = [*couple, *(pick.line(one) for one in people[2:])]
    else:
        lines = [pick.line(one) for one in people]
    lines = [{name: value for name, value in line.items() if value is not None} for line in lines]
    return {
        "household": pick.of(SHEETS, lambda state: state is None),
        "area": pick.area(),
        "head": people[0] if people and pick.chance.random() < 0.7 else None,
        "members": lines,
        "personal": pick.chance.choice([None, {"address": "Thôn 1"}]),
    }


def _arrival(pick: Picks, on: str) -> Payload:
    return pick.line(pick.away()) | {"household": pick.home()}


def _birth(pick: Picks, on: str) -> Payload:
    mother = pick.alive(sex="female") if pick.chance.random() < 0.7 else None
    sex = pick.chance.choice(["male", "female"])
    told: Payload = {
        "person": pick.new(),
        "household": pick.home(),
        "sex": sex,
        "mother": mother,
        "relation": pick.relation(),
    }
    if pick.chance.random() < 0.5:
        told["personal"] = {"name": f"Người {pick.chance.randint(1, 2)}"}
    return told


def _head(pick: Picks, on: str) -> Payload:
    head = pick.resident()
    home = (pick.states.get(head) or {}).get("household") if pick.chance.random() < 0.9 else pick.home()
    others = [one for one in pick.living_in(home or "") if one != head]
    members = relatives(pick, others) if pick.chance.random() < 0.3 else []
    return {
        "household": home or pick.home(),
        "head": head,
        "former_relation": pick.relation(),
        "members": members,
    }


def _union(pick: Picks, on: str) -> Payload:
    def free(state: State | None) -> bool:
        return state is not None and state["status"] != "dead" and state["marital"] != "married"

    person = pick.of(PEOPLE, free)
    others = [one for one in PEOPLE if one != person] if pick.chance.random() < 0.98 else PEOPLE
    return {"person": person, "spouse": pick.of(others, free) if pick.chance.random() < 0.85 else None}


def _departure(pick: Picks, on: str) -> Payload:
    place = pick.chance.choice([None, None, pick.unit("commune"), pick.area()])
    destination = pick.chance.choice(["inside_country", "abroad", "unknown"])
    # Who goes abroad goes to no place on the books.
    return {"person": pick.resident(), "destination": destination, "place": None if destination == "abroad" else place}


def _close(pick: Picks, on: str) -> Payload:
    def away(state: State | None) -> bool:
        return state is not None and state["status"] == "in_transit"

    return {"person": pick.of(PEOPLE, away, 0.9), "whereabouts": pick.chance.choice(["abroad", "unknown"])}


def _double(pick: Picks, on: str) -> Payload:
    double = pick.alive()
    others = [one for one in PEOPLE if one != double] if pick.chance.random() < 0.98 else PEOPLE
    return {"person": double, "into": pick.of(others, lambda s: s is not None and s["status"] != "merged", 0.95)}


_EVENTS: dict[str, tuple[float, Callable[[Picks, str], Payload]]] = {
    "household.registered": (10, _sheet),
    "household.moved": (8, lambda pick, on: {"household": pick.home(), "area": pick.area()}),
    "household.head_changed": (6, _head),
    "person.born": (8, _birth),
    "person.died": (7, lambda pick, on: {"person": pick.alive()}),
    "person.moved": (12, lambda pick, on: {"person": pick.resident(), "household": pick.home()}),
    "person.arrived": (10, _arrival),
    "person.left": (10, _departure),
    "person.married": (10, _union),
    "person.divorced": (6, lambda pick, on: {"person": pick.alive(marital="married")}),
    "person.merged": (4, _double),
    "move.closed": (4, _close),
    **UNIT_EVENTS,
    **CARE_EVENTS,
    **HOUSEHOLD_EVENTS,
    **KEY_EVENTS,
}
