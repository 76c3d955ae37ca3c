"""Which years are told, by telephones that are offline for weeks and offices that decide, both at times wrong?

A telephone numbers what it is told and sends it some day, in parts, in any order, and again; what an office decides
rests on what lies on its desk by then. The clock of the server goes on between two deliveries.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contracts.event import CATALOGUE, Report
from contracts.ids import uuid7
from tests.laws.histories import FEW, Author, report_of
from tests.laws.office_oracle import OfficeOracle
from tests.laws.scene import Payload
from tests.laws.senders import ANYBODY, COLLABORATORS, DEVICES, OFFICES, SENDERS, day_of, sent_by
from tests.laws.telling import START, YEARS

DAY = 86_400.0
PAUSES = (0, 1, 3, 10, 20, 30, 45, 60)
AGO = (0, 0, 1, 3, 10, 30, 60, 120, 250)
LATE = (16 * 3_600 + 50 * 60, 16 * 3_600 + 58 * 60)
"""From the morning at which all begins to ten and to two minutes before midnight in Viet Nam."""
FIRST_DAYS = ("2022-06-01", "2022-06-02", "2022-06-15")


@dataclass
class Telephone:
    """What it has numbered, what of that it has not sent yet, and what it has."""

    sender: str
    name: str
    numbered: int = 0
    waiting: list[Report] = field(default_factory=list)
    sent: list[Report] = field(default_factory=list)


class Years(Author):
    """Tells of three years in as many deliveries as there is patience for."""

    oracle: OfficeOracle

    def __init__(self, seed: int, oracle: OfficeOracle) -> None:
        super().__init__(seed, oracle)
        self.now = START - YEARS + 30 * DAY
        self.telephones = [Telephone(*one) for one in DEVICES]

    def batch(self) -> list[Report]:
        """One session: a telephone's, an office's, or that of whoever may tell of everything."""
        if sum(state["sort"] == "person" for state in self.oracle.states().values()) < FEW:
            return self._in_session([self.report()])
        self.now = min(self.now + DAY * self.chance.choice(PAUSES), START)
        for telephone in self.chance.sample(self.telephones, 2):
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                self._note(telephone)
        sent: list[Report] = []
        while not sent:
            sent = self.chance.choice((self._sync, self._sync, self._decide, self._decide, self._directly))()
        return self._in_session(sent)

    def last(self) -> list[list[Report]]:
        """What comes at the end: most telephones send all that they still have, in whatever order."""
        late = [one for one in self.telephones if one.waiting and self.chance.random() < 0.8]
        return [self._in_session(self._send(one, self.chance.sample(one.waiting, len(one.waiting)))) for one in late]

    def _in_session(self, sent: Sequence[Report]) -> list[Report]:
        at = self.now + self.chance.choice((0, 0, 0, *LATE))
        session = uuid7(int(at * 1000), self.chance.randbytes(10))
        return [msgspec.structs.replace(report, correlationid=session) for report in sent]

    def _note(self, telephone: Telephone) -> None:
        """Tell a telephone something, which it numbers with the time that its clock shows."""
        known = len(self.told)
        report = self._sheet(telephone.sender) if self.chance.random() < 0.07 else self.report()
        if len(self.told) == known or CATALOGUE[report.type].scope not in SENDERS[telephone.sender].scopes:
            del self.told[known:]
            return
        telephone.numbered += 1
        wrong = self.now + DAY * self.chance.choice((0, 0, 0, -9_000, 400))
        numbered = msgspec.structs.replace(
            sent_by(report, telephone.sender),
            device=telephone.name,
            devicesequence=telephone.numbered,
            time=f"{day_of(wrong)}T12:00:00Z",
        )
        self.told[-1] = numbered
        telephone.waiting.append(numbered)

    def _sync(self) -> list[Report]:
        """All that waits, mostly; or a part, or none of it in order; and now and then what was sent before."""
        telephone = self.chance.choice(self.telephones)
        part = list(telephone.waiting)
        if part and self.chance.random() < 0.3:
            part = self.chance.sample(part, self.chance.randint(1, len(part)))
        again = self.chance.sample(telephone.sent, min(len(telephone.sent), self.chance.choice((0, 0, 0, 1, 3))))
        return self._send(telephone, part) + again

    def _send(self, telephone: Telephone, part: list[Report]) -> list[Report]:
        gone = {report.id for report in part}
        telephone.waiting = [report for report in telephone.waiting if report.id not in gone]
        telephone.sent += part
        # A session that broke off is begun again from its first report.
        return part + part[:1] if self.chance.random() < 0.1 else part

    def _directly(self) -> list[Report]:
        """One to three reports of an office, or of whoever has all places; nothing that a telephone still has."""
        sender = self.chance.choice([ANYBODY.client_id, ANYBODY.client_id, *OFFICES])
        found: dict[str, Report] = {}
        held = {report.id for telephone in self.telephones for report in telephone.waiting}
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            known = len(self.told)
            report = self.report()
            if len(self.told) > known:
                able = CATALOGUE[report.type].scope in SENDERS[sender].scopes
                report = self.told[-1] = sent_by(report, sender if able else ANYBODY.client_id)
            if report.id not in held:
                found[report.id] = report
        return list(found.values())

    def _decide(self) -> list[Report]:
        """An office looks at its desk, a sheet or a month; another office than the right one now and then."""
        office = self.chance.choice(sorted(OFFICES))
        what = self.chance.random()
        if what < 0.1:
            return self._of_waiting(office)
        if what < 0.6:
            return self._of_reports(office)
        if what < 0.75:
            return [self._sheet(office)]
        return self._of_a_month(office)

    def _of_waiting(self, office: str) -> list[Report]:
        """An office waits no longer for a number of a telephone's, or gives back what waits for anything else; now and
        then it takes the one for the other.
        """
        waits = sorted(one for one, (_, at) in self.oracle.desk.waits.items() if self._has(office, at))
        turns = [one for one in waits if self.oracle.desk.turn_of(one)]
        others = [one for one in waits if not self.oracle.desk.turn_of(one)]
        if others and self.chance.random() < 0.4:
            some = waits if self.chance.random() < 0.1 else others
            some = self.chance.sample(some, self.chance.randint(1, min(3, len(some))))
            return [self._decision("reports.returned", office, reports=some, reason="Không rõ")]
        some = waits if self.chance.random() < 0.1 else turns
        return [self._decision("report.advanced", office, report=self.chance.choice(some))] if some else []

    def _of_reports(self, office: str) -> list[Report]:
        queue = sorted(self.oracle.desk.queue)
        mine = [one for one in queue if self._has(office, self.oracle.desk.queue[one])]
        if self.chance.random() < 0.08:
            mine = list(dict.fromkeys([*queue, self.chance.choice(self.told).id]))
        if not mine:
            return []
        some = self.chance.sample(mine, self.chance.randint(1, min(3, len(mine))))
        what = self.chance.random()
        if what < 0.3:
            # Now and then the telephone sends the report once more with the decision about it.
            again = [one for one in self.told if one.id == some[0] and self.chance.random() < 0.2]
            return [*again, self._amended(some[0], office)]
        if what < 0.85:
            return [self._decision("reports.approved", office, reports=some)]
        return [self._decision("reports.returned", office, reports=some, reason="Sai")]

    def _amended(self, report: str, office: str) -> Report:
        """A report approved with a correction, now and then under an id that another report has."""
        cause = self._waiting(report)
        told = self._changes(cause) if cause is not None else {"changes": {"on": self._day()}}
        self.number += 1
        correction = report_of("fact.corrected", {}, self.number).id
        if self.chance.random() < 0.04:
            correction = self.chance.choice([one.id for one in self.told if one.id != report] or [correction])
        return self._decision("report.amended", office, report=report, correction=correction, **told)

    def _has(self, office: str, places: frozenset[str]) -> bool:
        return self.oracle.ground(OFFICES[office]).holds(places)

    def _of_a_month(self, office: str) -> list[Report]:
        communes = sorted(one for one, state in self.oracle.states().items() if state.get("level") == "commune")
        mine = [one for one in communes if self._has(office, frozenset({one}))]
        if self.chance.random() < 0.05:
            mine = communes
        if not mine:
            return []
        commune = self.chance.choice(mine)
        closed = [month for (place, month), at in self.oracle.desk.months.items() if place == commune and at]
        if closed and self.chance.random() < 0.45:
            told = {"commune": commune, "month": self.chance.choice(closed), "reason": "Báo muộn"}
            return [self._decision("month.reopened", office, **told)]
        months = [self._month(ago) for ago in range(1, self.chance.randint(2, 8))]
        return [self._decision("month.closed", office, commune=commune, month=month) for month in months]

    def _sheet(self, sender: str) -> Report:
        areas = sorted(one for one, state in self.oracle.states().items() if state.get("level") == "area")
        told = {"area": self.chance.choice(areas), "month": self._month(self.chance.randint(0, 2))}
        if sender in COLLABORATORS:
            return self._decision("sheet.drawn_up", sender, **told, lines=3)
        if self.chance.random() < 0.5:
            return self._decision("sheet.appraised", sender, **told)
        return self._decision("sheet.returned", sender, **told, reason="Thiếu")

    def _decision(self, kind: str, sender: str, **told: Any) -> Report:
        self.number += 1
        payload: Payload = {"on": day_of(self.now), **told}
        self.told.append(sent_by(report_of(kind, payload, self.number), sender))
        return self.told[-1]

    def _month(self, ago: int) -> str:
        first = datetime.fromtimestamp(self.now, UTC).replace(day=1)
        for _ in range(ago):
            first = (first - timedelta(days=1)).replace(day=1)
        return first.date().isoformat()[:7]

    def _day(self) -> str:
        """A day not long ago, and of its month rather the first, the second, the middle or the last; or one to come."""
        if self.chance.random() < 0.04:
            return day_of(self.now + self.chance.choice((1, 1, 40)) * DAY)
        day = datetime.fromtimestamp(self.now, UTC).date() - timedelta(days=self.chance.choice(AGO))
        if day.isoformat() < FIRST_DAYS[0]:
            return FIRST_DAYS[0]
        months_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        days = [one for one in (months_end, *(day.replace(day=n) for n in (15, 2, 1))) if one <= day]
        return days[0].isoformat()

    def _sheet_day(self, *, at_first: bool) -> str:
        return self.chance.choice(FIRST_DAYS) if at_first else self._day()
