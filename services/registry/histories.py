"""How is the history of a person, a household or a unit read from the tables, with the causes behind it?"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from contracts.fact import position_of
from contracts.unit import Hierarchy, UnitState, decode_unit
from contracts.withheld import UNTOLD
from kit.http.problems import Text
from kit.process.database import Connection
from services.registry.explanations import Cause, explain
from services.registry.facts import open_personal
from services.registry.lookups import decode_household_state, decode_person_state, find_persons, visible_persons
from services.registry.places import Sight
from services.registry.projections.units import TAKES_IN
from services.registry.questions import HistoryQuestion
from services.registry.reading import Moment
from services.registry.timelines import Share, State, Step, Telling
from services.registry.wording import of_share, of_unit

_PERSON_STEPS: Final = """
select entity, "on", rank, position, sign, state from person_history where entity = any($1::uuid[])
"""
_HOUSEHOLD_STEPS: Final = """
select entity, "on", rank, position, sign, state from household_history where entity = any($1::uuid[])
"""
_UNIT_STEPS: Final = """
select entity, "on", rank, position, sign, state from unit_history where entity = any($1::text[])
"""
_TAKING_IN: Final = (
    f"select distinct entity from unit_history where {TAKES_IN} and position(convert_to($1, 'UTF8') in state) > 0"  # noqa: S608 - ours
)
_EVER_MEMBERS: Final = "select distinct entity from person_history where household = $1"
_COLUMNS: Final = 'position, recorded_at, kind, "on", report, source, authid, device, notes, amends, effects'
# Two selects, and "is not null" said aloud: else the planner takes neither index for a list that it does not know.
_CAUSES: Final = f"""
select {_COLUMNS} from cause where position = any($1::bigint[]) and position <= $2
union all
select {_COLUMNS} from cause where amends is not null and amends = any($1::bigint[]) and position <= $2
"""  # noqa: S608 - columns are named above

Steps = dict[str, list[Step]]


async def person_steps(connection: Connection, persons: Sequence[str]) -> Steps:
    """Read all that was ever recorded of persons."""
    return await _steps(connection, _PERSON_STEPS, persons, decode_person_state)


async def household_steps(connection: Connection, household: str) -> list[Step]:
    """Read all that was ever recorded of a household itself."""
    found = await _steps(connection, _HOUSEHOLD_STEPS, [household], decode_household_state)
    return found.get(household, [])


async def unit_steps(connection: Connection, unit: str) -> list[Step]:
    """Read all that was ever recorded of a unit or an area."""
    return (await _steps(connection, _UNIT_STEPS, [unit], decode_unit)).get(unit, [])


async def share_steps(connection: Connection, unit: str) -> list[list[Step]]:
    """Read what was ever recorded of each unit that took in a part of another, as far as it took that in."""
    rows = await connection.fetch(_TAKING_IN, unit)
    found = await _steps(connection, _UNIT_STEPS, [row["entity"] for row in rows], decode_unit)
    shares = [[step._replace(state=_share(step.state, unit)) for step in steps] for steps in found.values()]
    return [steps for steps in shares if any(step.state is not None for step in steps)]


def _share(state: State | None, unit: str) -> Share | None:
    taken = isinstance(state, UnitState) and any(one.unit == unit and not one.whole for one in state.predecessors)
    return Share(state.id) if taken and isinstance(state, UnitState) else None


async def member_steps(connection: Connection, household: str) -> Steps:
    """Read all that was ever recorded of everybody who ever stood in a household."""
    rows = await connection.fetch(_EVER_MEMBERS, household)
    return await person_steps(connection, [str(row["entity"]) for row in rows])


async def _steps(
    connection: Connection, query: str, entities: Sequence[str], decode: Callable[[bytes], State]
) -> Steps:
    found: Steps = defaultdict(list)
    for entity, on, rank, position, sign, state in await connection.fetch(query, entities):
        read = None if state is None else decode(state)
        found[str(entity)].append(Step(on.isoformat(), rank, position, sign, read))
    return found


async def causes_of(connection: Connection, steps: Iterable[Step], known: int) -> dict[int, Cause]:
    """Read the causes of steps, also those that a later fact applied again, with whatever amends or is amended."""
    found: dict[int, Cause] = {}
    asked: set[int] = set()
    wanted = {at for step in steps if step.position <= known for at in (step.position, position_of(step.rank))}
    while wanted:
        asked |= wanted
        for row in await connection.fetch(_CAUSES, list(wanted), known):
            found[row["position"]] = _cause(row)
        amended = {cause.amends for cause in found.values() if cause.amends is not None}
        wanted = (found.keys() | amended) - asked
    return found


def _cause(row: Any) -> Cause:
    values = dict(row)
    return Cause(**values | {"on": row["on"].isoformat(), "report": str(row["report"]), "notes": row["notes"] or ()})


async def steps_of(connection: Connection, question: HistoryQuestion) -> list[Step]:
    """Read all that was ever recorded of whom or what a question names."""
    if question.person is not None:
        return (await person_steps(connection, [question.person])).get(question.person, [])
    if question.household is not None:
        return await household_steps(connection, question.household)
    return await unit_steps(connection, question.unit or "")


async def history_of(
    now: Moment, question: HistoryQuestion, steps: list[Step], known: int, names: Collection[str]
) -> list[dict[str, Any]]:
    """Explain what is recorded up to the position `known`, without the members of a state that are withheld."""
    connection = now.connection
    if question.household is not None:
        return await household_history(connection, question.household, steps, known)
    parts = [] if question.unit is None else await share_steps(connection, question.unit)
    causes = await causes_of(connection, [*steps, *chain.from_iterable(parts)], known)
    recorded = [step for step in steps if step.position <= known]
    if question.person is not None:
        return explain(recorded, causes, names)
    # Units keep their states when they end, so the last day of all knows whom any of these days speaks of.
    last = max([now.as_of, *(step.on for step in recorded)])
    units = await now.sources.hierarchies.get(connection, last, known)
    entries = explain(recorded, causes, names, words=lambda telling: _of_unit(telling, units))
    # Of a unit that ended its own entry says where its parts went.
    own = {entry["position"] for entry in entries}
    for part in parts:
        given = explain(
            [step for step in part if step.position <= known],
            causes,
            names,
            words=lambda telling: _of_share(telling, units),
        )
        entries += [entry for entry in given if entry["changes"] and entry["position"] not in own]
    return sorted(entries, key=itemgetter("position"))


def _of_share(telling: Telling, units: Hierarchy) -> Iterable[Text]:
    before, after = (one.into if isinstance(one, Share) else None for one in (telling.before, telling.after))
    return of_share(before, after, units)


def _of_unit(telling: Telling, units: Hierarchy) -> Iterable[Text]:
    before, after = (state if isinstance(state, UnitState) else None for state in (telling.before, telling.after))
    return of_unit(before, after, units)


async def household_history(
    connection: Connection, household: str, steps: list[Step], known: int
) -> list[dict[str, Any]]:
    """Explain what is recorded of a household and of its members in it, up to the position `known`."""
    members = await member_steps(connection, household)
    causes = await causes_of(connection, [*steps, *(step for own in members.values() for step in own)], known)
    entries = explain((step for step in steps if step.position <= known), causes, UNTOLD)
    for person, own in members.items():
        told = explain((step for step in own if step.position <= known), causes, UNTOLD, household)
        entries += [entry | {"person": person} for entry in told]
    return sorted(entries, key=lambda entry: (entry["position"], entry.get("person", "")))


async def with_names(now: Moment, sight: Sight, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name whom entries of a household's history are about, as far as a caller sees where they are or last were."""
    ids = list({entry["person"] for entry in entries if "person" in entry})
    found = await visible_persons(now, sight, await find_persons(now, ids))
    opened = {one.entity: open_personal(decode_person_state(one.state).personal) for one in found}
    names = {person: personal.name for person, personal in opened.items() if personal is not None}
    return [entry | {"name": names.get(entry.get("person", ""))} for entry in entries]


def last_area(steps: Iterable[Step]) -> str | None:
    """Give the area in which somebody stands or last stood; of what was taken back altogether, the area it was in."""
    standing: dict[tuple[str, int], Step] = {}
    told: list[Step] = []
    for step in sorted(steps, key=lambda step: (step.position, step.sign)):
        if step.sign > 0:
            standing[step.on, step.rank] = step
            told.append(step)
        else:
            standing.pop((step.on, step.rank), None)
    chain = [step for _, step in sorted(standing.items(), key=itemgetter(0))] or told
    areas = (getattr(step.state, "area", None) for step in reversed(chain))
    return next((area for area in areas if area), None)
