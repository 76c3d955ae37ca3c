"""Who lives or lived in an area, so that a row which names somebody by name and household finds her?"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec
import psycopg

from contracts.fact import decode_fact
from contracts.household import HouseholdState
from contracts.ids import AREA
from contracts.person import PersonState, identifier_key
from contracts.unit import UnitState, decode_unit
from services.events.importing.naming import Names
from services.events.importing.words import plain
from services.events.rules.personal import carried
from services.events.state.timeline import slot_of
from services.events.state.world import HOUSEHOLD, PERSON, UNIT, Slot, positions_in

CONNECT_SECONDS = 10
EVER_SINCE, STILL = "0000-01-01", "9999-12-31"
_household = msgspec.json.Decoder(HouseholdState).decode
# Units that lie in none have codes of two digits; all others are tied to what they lie or lay in.
_UNITS = f"""
with recursive unit (entity, body) as (
  select s.entity, s.body from generate_series(0, 99) n
  join state s on s.entity > lpad(n::text, 2, '0') || '-' and s.entity < lpad(n::text, 2, '0') || '.'
  where s.kind = {UNIT} and s.body is not null
  union
  select s.entity, s.body from unit u join tie t on t.entity = u.entity join state s on s.entity = t.dependant
  where s.kind = {UNIT} and s.body is not null and s.entity !~ '{AREA}'
)
select body from unit
"""  # noqa: S608 - conditions of ours
_person = msgspec.json.Decoder(PersonState).decode
_TIED = (
    "select s.entity, s.body, t.entity from tie t join state s on s.entity = t.dependant"
    " where t.entity = any(%s) and s.kind = %s and s.body is not null order by s.entity"
)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives or lived in a household of the area."""

    id: str
    name: str
    birth: str | None
    numbers: frozenset[str]
    households: frozenset[str]
    sex: str = "unknown"


@dataclass(frozen=True, slots=True)
class Stay:
    """A household that bore a number (and sheet) in the area from one day on, until another; its first ever since."""

    sheet: str | None
    household: str
    since: str
    until: str


@dataclass
class Roster:
    """An area: whether it is there, its households by number, those that ever were, and everybody who ever stood in one
    of them.
    """

    area: UnitState | None
    households: dict[str, list[tuple[str | None, str]]] = field(default_factory=dict)
    stays: dict[str, list[Stay]] = field(default_factory=dict)
    people: dict[str, Resident] = field(default_factory=dict)
    by_number: dict[str, set[str]] = field(default_factory=dict)

    def add_household(self, number: str, sheet: str | None, household: str) -> None:
        """Take up a household."""
        known = self.households.setdefault(plain_number(number), [])
        if (sheet, household) not in known:
            known.append((sheet, household))

    def add_stay(self, number: str, stay: Stay) -> None:
        """Take up that a household bore a number."""
        self.stays.setdefault(plain_number(number), []).append(stay)

    def add(self, person: Resident) -> None:
        """Take up a person, or another household that she lived in."""
        known = self.people.get(person.id)
        if known is not None:
            person = Resident(
                person.id,
                person.name,
                person.birth,
                person.numbers | known.numbers,
                person.households | known.households,
                person.sex,
            )
        self.people[person.id] = person
        for number in person.numbers:
            self.by_number.setdefault(number, set()).add(person.id)

    def find_households(self, number: str, sheet: str | None, on: str) -> list[str]:
        """Find the households that bore a number on a day; a sheet is one of the household's, unless it has a household
        of its own. On the day of a change the new number counts, or else the former one.
        """
        stays = [one for one in self.stays.get(plain_number(number), ()) if one.since <= on <= one.until]
        known = [(one.sheet, one.household) for one in stays if on < one.until]
        known = known or [(one.sheet, one.household) for one in stays]
        exact = [household for one, household in known if one == sheet]
        return exact or [household for one, household in known if sheet is None or one is None]


class Ledger:
    """Reads areas as they are asked for, each once; those that are expected are read while others are checked."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(
            dsn, autocommit=True, application_name="socai-events-import", connect_timeout=CONNECT_SECONDS
        )
        self._reader = ThreadPoolExecutor(1, "roster")
        self._areas: dict[str, Future[dict[str, Roster]]] = {}
        self._rosters: dict[str, Roster] = {}
        self._names: Names | None = None

    def close(self) -> None:
        """Read nothing more."""
        self._reader.shutdown(cancel_futures=True)
        self._connection.close()

    def expect(self, areas: Iterable[str]) -> None:
        """Begin to read areas that will be asked for."""
        unknown = [area for area in areas if area not in self._areas]
        if unknown:
            self._areas |= dict.fromkeys(unknown, self._reader.submit(self._read_areas, unknown))

    def area(self, area: str) -> Roster:
        """Give an area with its households, without their people."""
        self.expect((area,))
        return self._areas[area].result()[area]

    def roster(self, area: str) -> Roster:
        """Give an area with its households and their people."""
        known = self._rosters.get(area)
        if known is None:
            known = self._rosters[area] = self._reader.submit(self._read_people, area).result()
        return known

    def holders(self, numbers: Iterable[str]) -> dict[str, str]:
        """Give everybody on the books who holds one of these numbers (`type:value`), with the name as compared."""
        return self._reader.submit(self._holders, list(numbers)).result()

    def told(self, reports: Iterable[str]) -> list[str]:
        """List those of some reports that were told before."""
        return self._reader.submit(self._told, list(reports)).result()

    def named(self, words: str, on: str) -> list[str]:
        """List the units of a day, areas left out, that words name."""
        if self._names is None:
            self._names = self._reader.submit(self._read_units).result()
        return self._names.find(words, on)

    def _read_units(self) -> Names:
        rows = self._connection.execute(_UNITS).fetchall()
        return Names(decode_unit(body) for (body,) in rows)

    def _told(self, reports: list[str]) -> list[str]:
        rows = self._connection.execute("select report from outcome where report = any(%s)", [reports]).fetchall()
        return [report for (report,) in rows]

    def _holders(self, numbers: list[str]) -> dict[str, str]:
        rows = self._connection.execute(
            "select s.entity, s.body from identifier i join state s on s.entity = i.holder"
            " where i.value = any(%s) and s.body is not null",
            [numbers],
        ).fetchall()
        people = {entity: _person(body) for entity, body in rows}
        return {entity: resident(entity, one, "").name for entity, one in people.items() if one.status != "merged"}

    def _read_areas(self, areas: list[str]) -> dict[str, Roster]:
        return self._laid_out(areas, self._tied(areas, HOUSEHOLD))

    def _read_people(self, area: str) -> Roster:
        homes = self._tied([area], HOUSEHOLD)
        made = self._laid_out([area], homes)[area]
        for number, stay in self._stays(area, sorted({entity for entity, _, _ in homes})):
            made.add_stay(number, stay)
        for entity, body, stood_in in self._tied([entity for entity, _, _ in homes], PERSON):
            person = _person(body)
            # Whoever was struck off as a double is found as who goes on.
            if person.status != "merged":
                made.add(resident(entity, person, stood_in))
        return made

    def _laid_out(self, areas: list[str], homes: list[tuple[str, bytes, str]]) -> dict[str, Roster]:
        rows = self._connection.execute(
            "select entity, body from state where entity = any(%s) and body is not null", [areas]
        ).fetchall()
        units = {entity: unit for entity, body in rows if (unit := decode_unit(body)).level == "area"}
        made = {area: Roster(units.get(area)) for area in areas}
        for entity, body, stood_in in homes:
            home = _household(body)
            if home.area == stood_in and home.number is not None and home.status == "active":
                made[stood_in].add_household(home.number, home.sheet, entity)
        return made

    def _stays(self, area: str, homes: list[str]) -> Iterator[tuple[str, Stay]]:
        """Give which numbers households bore in an area, by what the ledger tells of them."""
        known = self._connection.execute("select entity, facts from state where entity = any(%s)", [homes]).fetchall()
        positions = sorted({position for _, facts in known for position in positions_in(facts)})
        rows = self._connection.execute(
            "select position, body from ledger where position = any(%s) order by position", [positions]
        )
        steps: dict[str, dict[Slot, HouseholdState | None]] = {home: {} for home in homes}
        for position, body in rows:
            fact = decode_fact(body)
            for step in fact.retracts.households:
                steps.get(step.entity, {}).pop(slot_of(step, position), None)
            for step in fact.asserts.households:
                steps.get(step.entity, {})[slot_of(step, position)] = step.after
        for home, after in steps.items():
            # Whoever tells of a day before the registration means its first number.
            days = {day if n else EVER_SINCE: after[day, rank] for n, (day, rank) in enumerate(sorted(after))}
            for day, until in pairwise((*days, STILL)):
                state = days[day]
                if state is not None and state.area == area and state.number and state.status == "active":
                    yield state.number, Stay(state.sheet, home, day, until)

    def _tied(self, entities: list[str], kind: int) -> list[tuple[str, bytes, str]]:
        return self._connection.execute(_TIED, [entities, kind]).fetchall()


def plain_number(number: str) -> str:
    """Give a household number without the zeros that some write before it."""
    return number.lstrip("0") or "0"


def resident(entity: str, state: PersonState, household: str) -> Resident:
    """Read what a person is known by; the name only in the letters it is compared by."""
    kept = carried(state)
    numbers = frozenset(identifier_key(one.type, one.value) for one in kept.identifiers)
    return Resident(entity, plain(kept.name or ""), state.birth, numbers, frozenset((household,)), state.sex)


def fits(told: str | None, known: str | None) -> bool:
    """Say whether two dates, each as far as it is known, may be the same day."""
    if told is None or known is None:
        return True
    length = min(len(told), len(known))
    return told[:length] == known[:length]
