"""What may a report wait for, and what does a fact provide to those who wait?

A need is a key: the id of a person, household or unit, `report:<id>`, `departed:<person>`, `arrived:<person>`,
`left:<household>`, `key:<thumbprint>`, `sequence:<sender>/<device>:<n>`, or `approved:<report>`, which the office
provides; `ready` where nothing more is waited for but room.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts.event import CATALOGUE
from contracts.fact import Fact, PersonTransition, decode_report_entry, present
from contracts.kinds.device import DeviceEnrolled
from contracts.person import PersonState
from services.events.deciding.halves import NEITHER
from services.events.report.line import Line, digest, report_of
from services.events.rules import RULES
from services.events.rules.coming import arrived
from services.events.rules.device import key_need
from services.events.rules.regrouping import left_by
from services.events.rules.residence import departed
from services.events.state.keys import key_named
from services.events.state.timeline import transitions
from services.events.state.world import HOUSEHOLD, World

REPORT, SEQUENCE = "report:", "sequence:"
# The need of a report whose turn has come but for which its group had no room.
READY = "ready"
GONE = ("in_transit", "outside")


@dataclass(frozen=True, slots=True)
class Waiter:
    """A report that waits: for what, at which position the ledger says so, where its sender may report, and the device
    that it enrols, if it does.
    """

    report: str
    need: str
    position: int
    fate: str = "waiting"
    places: tuple[str, ...] | None = None
    areas: tuple[str, ...] = ()
    device: str | None = None


def report_key(report: str) -> str:
    """Name a report that another one amends: it comes when that one is recorded, and when it never will be."""
    return f"{REPORT}{report}"


def report_in(need: str) -> str | None:
    """Give the report that a need names, if it names one."""
    return need.removeprefix(REPORT) if need.startswith(REPORT) else None


def waits_for_itself(report: str, need: str, need_of: Callable[[str], str]) -> bool:
    """Say whether what is needed is a report, or one that waits itself, through however many others, for `report`.

    `need_of` gives what another waits for, empty where it does not wait.
    """
    passed: set[str] = set()
    while (other := report_in(need)) is not None and other not in passed:
        if other == report:
            return True
        passed.add(other)
        need = need_of(other)
    return False


def sequence_key(device: str, number: int) -> str:
    """Name the arrival of a device's report by its own count."""
    return f"{SEQUENCE}{device}:{number}"


def turn_in(need: str) -> tuple[str, int]:
    """Give the device and the number whose arrival a need names."""
    device, _, number = need.removeprefix(SEQUENCE).rpartition(":")
    return device, int(number)


def keys_of(fact: Fact) -> Iterator[str]:
    """Name everything that a recorded fact provides to those who wait."""
    yield report_key(fact.cause.report)
    if fact.kind == DeviceEnrolled.kind:
        yield key_need(key_named(fact))
    for step in transitions(fact.asserts):
        if step.before is None:
            yield step.entity
    # Whoever is struck off as a double neither leaves nor arrives, nor does who died: what waits is told that.
    away = {step.entity for step in fact.asserts.persons if _away(step.after)}
    # Who was taken off the books lives elsewhere no more: an arrival that waited tells of somebody new.
    away.update(
        entity
        for entity, _, state in present(fact.retracts.persons, fact.asserts.persons)
        if state is None or _away(state)
    )
    for person in sorted(away):
        yield departed(person)
    told = [step for step in fact.asserts.persons if step.before is not None and _goes(step)]
    untold = [step for step in fact.retracts.persons if _goes(step)]
    if told or untold:
        yield from (left_by(household) for household in sorted(_left(told, untold)))
        # Who died or was struck off arrives nowhere: what waits is told that.
        come = {step.entity for step in told if step.after is not None and step.after.status not in GONE}
        yield from (arrived(person) for person in sorted(come.union(step.entity for step in untold)))


def _left(told: Iterable[PersonTransition], untold: Iterable[PersonTransition]) -> set[str]:
    """Name the households in which somebody lives no more, or never did."""
    states = [step.before for step in told] + [state for step in untold for state in (step.before, step.after)]
    return {state.household for state in states if state is not None and state.household is not None}


def _goes(step: PersonTransition) -> bool:
    before, after = step.before, step.after
    if before is None or after is None:
        return before is not after
    return (before.household, before.status) != (after.household, after.status)


def _away(state: object) -> bool:
    return isinstance(state, PersonState) and state.status in {*GONE, "merged", "dead"}


@dataclass(slots=True)
class Pending:
    """A report of this group, or one that waited before it (`index` None), that is not decided yet.

    `between`: where it leads to and where its person lives, if it is an arrival that waits for her to leave; as it was
    when it was decided to wait.
    """

    line: Line
    trace: str
    need: str
    index: int | None = None
    moved: bool = False
    between: tuple[str | None, str | None] = NEITHER


def wait_anew(pending: dict[str, list[Pending]], report: str, need: str, other: str) -> bool:
    """Let a report that was written down as waiting wait for something else; say whether it was read by this group."""
    for one in pending.get(need, ()) if need != other else ():
        if one.index is None and one.line.report.id == report:
            pending[need].remove(one)
            one.need = other
            pending.setdefault(other, []).append(one)
            return True
    return False


def keys_offered(lines: Sequence[Line], world: World) -> Iterator[str]:
    """Name everything that reports may provide, as far as they say and the record knows of whom they say it."""
    for line in lines:
        report, event = line.report, line.event
        yield report_key(report.id)
        if line.count is not None:
            yield sequence_key(*line.count)
        rule = RULES.get(event.kind)
        if isinstance(event, DeviceEnrolled):
            yield key_need(event.key.thumbprint)
        if rule is not None:
            yield from (entity for entity in rule.mentions(event) if entity is not None)
        person = event.find("person")
        if person is not None:
            yield departed(person)
            if type(event).moves:
                yield arrived(person)
    # Whoever moved late has left homes of old, which are read with the rest of the past.
    yield from (left_by(one) for one, row in world.rows.items() if row is not None and row.kind == HOUSEHOLD)


def line_of(body: bytes) -> Line:
    """Read a report back that the ledger says waits."""
    entry = decode_report_entry(body)
    cause = entry.cause
    report = report_of(cause)
    event = CATALOGUE[cause.type].parse(cause.data)
    return Line(
        report,
        event,
        digest(report),
        cause.authid or "",
        entry.areas,
        cause.signature,
        officer=entry.officer,
        approved=entry.approved,
        received=entry.received,
        scopes=entry.scopes,
    )
