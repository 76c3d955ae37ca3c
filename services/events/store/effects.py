"""How does a decision become a ledger entry: its bytes, and the key under which the log keeps it?"""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.fact import (
    STREAM_FACTS,
    STREAM_REPORTS,
    Changes,
    Fact,
    ReportEntry,
    decode_fact,
    decode_report_entry,
    encode,
)
from contracts.ids import founding_commune
from contracts.person import PersonState
from contracts.topics import MAX_RECORD_BYTES
from services.events.report.line import Line, cause_of
from services.events.state.timeline import transitions
from services.events.state.world import State
from services.events.store.ledger import Entry

UNITS_KEY = "units"
NOWHERE_KEY = "nowhere"
HEADERS_ALLOWANCE = 2_000


class Marks(NamedTuple):
    """What ledger and log keep beside an entry's body that follows from it, so that nobody must read the body for it:
    the report it is about, its kind, and the key under which the log keeps it.
    """

    report: str
    kind: str
    key: str


def marks_of(body: Fact | ReportEntry) -> Marks:
    """Give what is kept beside an entry's body."""
    if isinstance(body, Fact):
        return Marks(body.cause.report, body.kind, key_of(body))
    return Marks(body.cause.report, f"report.{body.fate}", NOWHERE_KEY)


def decode(stream: str, body: bytes) -> Fact | ReportEntry:
    """Read an entry of a stream back."""
    return decode_fact(body) if stream == STREAM_FACTS else decode_report_entry(body)


def fact_entry(fact: Fact, trace: str) -> Entry:
    """Make a fact's entry; raises ValueError for one that is larger than a record of the log may be."""
    body = encode(fact)
    if len(body) > MAX_RECORD_BYTES - HEADERS_ALLOWANCE:
        raise ValueError("the fact is larger than a record of the log")
    return Entry(STREAM_FACTS, *marks_of(fact), trace, body)


def key_of(fact: Fact) -> str:
    """Give the founding commune of the first area that a fact speaks of; unit facts share one key."""
    if fact.asserts.units or fact.retracts.units:
        return UNITS_KEY
    area = next(areas_of(fact), None)
    return NOWHERE_KEY if area is None else founding_commune(area)


def areas_of(fact: Fact) -> Iterator[str]:
    """Go through the areas that a fact's persons and households stand or stood in."""
    for side in (fact.asserts, fact.retracts):
        yield from areas_in(side)


def areas_in(side: Changes) -> Iterator[str]:
    """Go through the areas of one side of a fact; who is in transit still belongs to the one she left."""
    for step in transitions(side):
        for state in (step.after, step.before):
            yield from area_of(state)


def area_of(state: State | None) -> Iterator[str]:
    """Give where somebody or a household stands, or which area she left who is in transit."""
    area = state.belongs if isinstance(state, PersonState) else getattr(state, "area", None)
    if area is not None:
        yield area


def waiting_entry(
    line: Line,
    need: str,
    trace: str,
    fate: str,
    places: tuple[str, ...],
    between: tuple[str | None, str | None],
    reasons: tuple[str, ...],
) -> Entry:
    """Make the entry that says that a report waits, for the office of which places if it does so for the office.

    `between`: the areas whereto an arrival leads and where its person lives. `reasons`: why it was handed over.
    """
    told = line.areas, places, line.officer, line.approved, *between, line.received
    entry = ReportEntry(fate, cause_of(line), need, reasons, *told, scopes=line.scopes)
    return Entry(STREAM_REPORTS, *marks_of(entry), trace, encode(entry))


def ended_entry(line: Line, fate: str, trace: str, instead: str | None = None) -> Entry:
    """Make the entry that says what became of a report that became no fact: it had waited, or told a child again that
    is on the books under another id, `instead`.
    """
    entry = ReportEntry(fate, cause_of(line), instead=instead)
    return Entry(STREAM_REPORTS, *marks_of(entry), trace, encode(entry))
