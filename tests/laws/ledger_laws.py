"""Is the ledger whole: its chain, the timelines of its transitions, and the present states that rest on it?"""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec

from contracts.fact import GENESIS, STREAM_FACTS, Changes, Fact, chain_hash, decode_fact, present
from contracts.household import HouseholdState
from contracts.kinds.correction import FactCorrected
from contracts.person import PersonState
from contracts.unit import UnitState
from contracts.withheld import UNTOLD, withheld
from kit.http.paging import Round
from kit.process.database import Connections
from services.events.queries.devices import counters
from services.events.queries.following import changed_since
from services.events.queries.lines import FIRST, read_sheet
from services.events.sensitive import hidden
from services.events.store.ledger import microseconds
from tests.laws.care import tidy
from tests.laws.causes import KINDS, ORDER
from tests.laws.desks import spoken_of
from tests.laws.oracle import Oracle, device_of
from tests.laws.reads import ANYBODY, UNINITIATED
from tests.laws.scene import State
from tests.laws.senders import sender_of
from tests.laws.telling import Broken, Row, Teller

Slot = tuple[str, int]
SORTS: dict[Any, str] = {PersonState: "person", HouseholdState: "household", UnitState: "unit"}
PHONE = "phone"
MOST_SHEETS = 6
LISTED = frozenset(kind for kind, event in KINDS.items() if event.p0_list is not None)
DECODERS = {
    number: msgspec.json.Decoder(state).decode
    for number, state in enumerate((PersonState, HouseholdState, UnitState), 1)
}


def plain(state: Any) -> State | None:
    """A state as the oracle writes it: all fields, and what sort of thing it is."""
    if state is None:
        return None
    told = {name: getattr(state, name) for name in state.__struct_fields__ if name != "id"}
    if "personal" in told:
        told["personal"] = msgspec.json.decode(told["personal"])
    if told.get("care") is not None:
        told["care"] = tidy(msgspec.json.decode(msgspec.json.encode(told["care"])))
    if told.get("transit") is not None:
        transit = told["transit"]
        told["transit"] = {"area": transit.area, "on": transit.on, "place": transit.place}
    for parts in ("predecessors", "assigned"):
        if parts in told:
            told[parts] = [msgspec.to_builtins(one) for one in told[parts]]
    return told | {"sort": SORTS[type(state)]}


def check_chain(rows: Iterable[Row]) -> None:
    previous, recorded_at = GENESIS, 0
    for position, row in enumerate(rows, 1):
        moment = microseconds(row.recorded_at)
        expected = chain_hash(previous, position, moment, row.stream, hashlib.sha256(row.body).digest())
        if row.position != position or row.hash != expected or moment < recorded_at:
            raise Broken("the chain is whole", position=position)
        previous, recorded_at = row.hash, moment


class Timelines:
    """Every entity's slots as the transitions of the facts so far leave them."""

    def __init__(self) -> None:
        self.slots: dict[str, dict[Slot, Any]] = {}
        self.versions: dict[str, int] = {}
        self.present: dict[str, Any] = {}

    def take(self, position: int, fact: Fact) -> None:
        """Apply a fact; every law about one fact is checked on the way."""
        touched: set[str] = set()
        for side, changes in (("retract", fact.retracts), ("assert", fact.asserts)):
            last: dict[str, Slot] = {}
            for step in _steps(changes):
                slot = step.on, KINDS[step.kind].rank(position) if step.rank is None else step.rank
                self._version(position, step.entity, step.version)
                if slot <= last.get(step.entity, ("", 0)):
                    raise Broken("transitions stand in order of slot", position=position, entity=step.entity)
                last[step.entity] = slot
                touched.add(step.entity)
                self._put(position, side, step, slot)
        for entity in touched:
            self._whole(position, entity, fact)
        for entity, version, state in present(_all(fact.retracts), _all(fact.asserts)):
            if version != self.versions[entity]:
                raise Broken("the present has the last version", position=position, entity=entity)
            self.present[entity] = state

    def _version(self, position: int, entity: str, version: int) -> None:
        if version != self.versions.get(entity, 0) + 1:
            raise Broken("versions count up by one", position=position, entity=entity, version=version)
        self.versions[entity] = version

    def _put(self, position: int, side: str, step: Any, slot: Slot) -> None:
        timeline = self.slots.setdefault(step.entity, {})
        if side == "retract":
            known = timeline.pop(slot, None)
            same = known is not None and (known.kind, known.before, known.after) == (step.kind, step.before, step.after)
            if not same:
                raise Broken("what is retracted was asserted", position=position, step=step, known=known)
        elif slot in timeline:
            raise Broken("a slot is taken once", position=position, step=step)
        else:
            timeline[slot] = step

    def _whole(self, position: int, entity: str, fact: Fact) -> None:
        timeline = self.slots[entity]
        state = None
        for slot in sorted(timeline):
            if timeline[slot].before != state:
                raise Broken("before is the state before", position=position, entity=entity, slot=slot)
            state = timeline[slot].after
            if state is None or state == timeline[slot].before:
                raise Broken("a transition changes something", position=position, entity=entity, slot=slot)
        told = {step.entity: step.after for step in _steps(fact.asserts)}
        if entity in told and told[entity] != state:
            raise Broken("a fact asserts the whole tail", position=position, entity=entity)

    def plain(self) -> list[tuple[str, str, str, State | None, State | None]]:
        """(entity, date, kind, before, after) of everything that stands, by entity and slot."""
        return [
            (entity, slot[0], step.kind, plain(step.before), plain(step.after))
            for entity, timeline in sorted(self.slots.items())
            for slot, step in sorted(timeline.items())
        ]


def _steps(changes: Changes) -> Iterator[Any]:
    yield from changes.persons
    yield from changes.households
    yield from changes.units


def _all(changes: Changes) -> tuple[Any, ...]:
    return tuple(_steps(changes))


def told(oracle: Oracle, known: int) -> list[tuple[str, str, str, State | None, State]]:
    """What the oracle says stands as known at a position, in the same form."""
    steps = sorted(oracle.steps(known), key=lambda step: (step.entity, step.slot))
    return [(step.entity, step.slot[0], step.kind, step.before, step.after) for step in steps]


def check_timelines(rows: Iterable[Row], oracle: Oracle) -> Timelines:
    """After every single fact all timelines are the oracle's: states of any day, as known at any position."""
    timelines = Timelines()
    for row in rows:
        if row.stream == STREAM_FACTS:
            timelines.take(row.position, decode_fact(row.body))
            found, wanted = timelines.plain(), told(oracle, row.position)
            if found != wanted:
                differs = [one for one in found if one not in wanted], [one for one in wanted if one not in found]
                raise Broken("states are the oracle's", position=row.position, found=differs[0], wanted=differs[1])
    return timelines


async def check_state_table(connection: Any, timelines: Timelines) -> None:
    """The table of present states is the fold of the ledger."""
    rows = await connection.fetch("select entity, kind, version, body from state where version > 0")
    found = {
        row["entity"]: (row["version"], None if row["body"] is None else DECODERS[row["kind"]](row["body"]))
        for row in rows
    }
    wanted = {entity: (timelines.versions[entity], state) for entity, state in timelines.present.items()}
    _equal("the state table is the fold of the ledger", found, wanted)


async def check_second_ids(connection: Any, oracle: Oracle) -> None:
    """The id under which a newborn was told again leads to the child."""
    rows = await connection.fetch(
        "select s.entity, t.dependant from state s left join tie t using (entity) where s.kind = 4"
    )
    _equal("second ids lead to the child", dict(map(tuple, rows)), oracle.second_ids)


async def check_outcomes(connection: Any, oracle: Oracle) -> None:
    """Every report has one visible fate, and it is the oracle's."""
    rows = await connection.fetch("select report, fate from outcome")
    found = {row["report"]: row["fate"] for row in rows}
    _equal("outcomes are the fates", found, {report: fate for report, (fate, _) in oracle.reports.items()})


async def check_counters(connections: Connections, teller: Teller) -> None:
    """What the server has of a device is what the device was answered, each report once and again as a duplicate."""
    numbered = {(sender_of(one).client_id, one.device) for one in teller.told.values() if one.device is not None}
    for sender, device in sorted(numbered | {("tester", PHONE)}):
        await _check_device(connections, teller, sender, device)


async def _check_device(connections: Connections, teller: Teller, sender: str, device: str) -> None:
    name = f"{sender}/{device}"
    sent = {one.id: one for one in teller.told.values() if device_of(one) == name}
    counts: Counter[str] = Counter()
    for report in sent:
        fate, _ = teller.oracle.reports[report]
        counts["recorded" if fate == "voided" else fate] += 1
        counts["duplicate"] += teller.deliveries[report] - 1
    # What was none of the sender's business left a number behind and nothing else.
    numbers = {one.devicesequence or 0 for one in sent.values()} | {
        n for one, n in teller.oracle.devices if one == name
    }
    missing = [number for number in range(1, max(numbers, default=0)) if number not in numbers]
    told = await counters(connections, sender, device)
    found = {fate: n for fate, n in told["counts"].items() if n} | {"sent": told["sent"], "highest": told["highest"]}
    wanted = {fate: n for fate, n in counts.items() if n} | {"sent": counts.total()}
    wanted["highest"] = max(numbers, default=0)
    _equal(f"the counters of {name} are its own", found, wanted)
    gaps = [n for one in told["missing"] for n in range(one["first"], one["last"] + 1)]
    if gaps != missing:
        raise Broken("the numbers that are missing are named", device=name, found=gaps, wanted=missing)


async def check_following(connection: Any, oracle: Oracle, end: int, chance: random.Random) -> None:
    """Who knows an area as of any position, or nothing, and takes what changed since, knows it as it is, as far as she
    may see it; also where more is recorded between two answers.
    """
    for known in (0, chance.randint(0, end)):
        between = chance.randint(min(known + 1, end), end)
        for reader in (ANYBODY, UNINITIATED):
            before, now = (_by_area(oracle.states(known=one), withheld(reader.scopes)) for one in (known, end))
            for area in sorted({*before, *now}):
                copy, since, more = dict(before.get(area, {})), Round(known), True
                while more:
                    begun = since if since.known > known else since.begun(between)
                    limit = chance.choice((1, 3, 1_000))
                    told = await changed_since(connection, area, hidden(reader), begun, limit, end)
                    copy |= {one.id: plain(one) for one in told.households}
                    copy |= {one.id: plain(one) for one in told.persons}
                    copy = {one: state for one, state in copy.items() if one not in told.left}
                    since, more = told.reached, told.more
                _equal(f"who follows {area} from {known} knows it", copy, now.get(area, {}))


async def check_sheets(connections: Connections, oracle: Oracle, chance: random.Random) -> None:
    """On the sheet of an area and month stands what tells of it by now, of whom it found or left there, and no more:
    on a list of the form the person told of, not who is only related to her.
    """
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    steps = oracle.steps()
    of_people = {one: cause for one, cause in oracle.causes().items() if ORDER.get(cause.kind.partition(".")[0]) != 0}
    for report, cause in of_people.items():
        about = spoken_of(cause.kind, cause.told) | {step.entity for step in steps if step.slot == cause.slot}
        stood: dict[str, set[str]] = defaultdict(set)
        for entity in about:
            own = [step for step in steps if step.entity == entity]
            before = [step.after for step in own if step.slot < cause.slot][-1:]
            after = [step.after for step in own if step.slot <= cause.slot][-1:]
            for state in (*before, *after):
                if state["sort"] != "unit" and state["area"] is not None:
                    stood[entity].add(state["area"])
        listed = [cause.told["person"]] if cause.kind in LISTED else [*stood]
        for place in {area for entity in listed for area in stood[entity]}:
            wanted[place, cause.told["on"][:7]].add(report)
    areas, months = ({one[part] for one in wanted} for part in (0, 1))
    everything = sorted((area, month) for area in areas for month in months)
    for area, month in chance.sample(everything, min(MOST_SHEETS, len(everything))):
        found: list[str] = []
        at: Slot | None = FIRST
        while at is not None:
            limit = chance.choice((1, 3, 1_000))
            page = await read_sheet(connections, area, month, ANYBODY, oracle.today, at, limit)
            assert page is not None
            found += [line["report"] for line in page.lines]
            at = page.following
        if sorted(found) != sorted(wanted[area, month]):
            raise Broken("a sheet is what stands", sheet=(area, month), found=found, wanted=wanted[area, month])


def _by_area(states: dict[str, State], names: Collection[str]) -> dict[str, dict[str, State | None]]:
    found: dict[str, dict[str, State | None]] = defaultdict(dict)
    for entity, state in states.items():
        if state["sort"] != "unit" and state.get("area") is not None:
            hidden = {name: UNTOLD[name] for name in names} if state["sort"] == "person" else {}
            found[state["area"]][entity] = state | hidden
    return found


async def check_halves(connection: Any, teller: Teller) -> None:
    """Open are the departures of who is in transit by now (16), and the arrivals that wait for a departure (17).

    What puts an arrival right that is recorded may wait for one too; it is no half.
    """
    rows = await connection.fetch("select key, side, person, area, other, since from half")
    found = {row["key"]: tuple(row) for row in rows if row["side"] == "departure"}
    people = {
        one: state["transit"] for one, state in teller.oracle.states().items() if state.get("transit") is not None
    }
    wanted = {one: (one, "departure", one, away["area"], away["place"], away["on"]) for one, away in people.items()}
    _equal("open departures are who is in transit", found, wanted)
    arrivals = {row["key"]: f"departed:{row['person']}" for row in rows if row["side"] == "arrival"}
    amending = {one.id for one in teller.told.values() if one.type == FactCorrected.type_name()}
    waiting = {report: need for report, need in teller.waiting.items() if report not in amending}
    expected = {report: need for report, need in waiting.items() if need.startswith("departed:")}
    _equal("open arrivals are those that wait", arrivals, expected)


def _equal(law: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    names = [name for name in found | wanted if found.get(name) != wanted.get(name)]
    if names:
        raise Broken(law, differs={name: (found.get(name), wanted.get(name)) for name in names})
