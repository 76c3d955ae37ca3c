"""How are persons and households found in the tables, now and for both clocks?"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from contracts.household import HouseholdState
from contracts.ids import place_number
from contracts.person import PersonState, identifier_key
from kit.process.database import PLAN_AS_ASKED, Connection
from kit.projections.history import present_sql, states_sql
from services.registry.facts import decode_person
from services.registry.places import Sight
from services.registry.projections import households, persons
from services.registry.reading import Moment

decode_person_state = msgspec.json.Decoder(PersonState).decode
decode_household_state = msgspec.json.Decoder(HouseholdState).decode

PRESENT_PERSONS: Final = present_sql(persons.HISTORY)
_PRESENT_MEMBERS: Final = present_sql(
    persons.HISTORY, "entity in (select id from person where household = $1 and not gone)"
)
_HOLDERS: Final = f"select id from search where {persons.KEYS} @> array[$1::text]"  # noqa: S608 - ours
PERSON_STATES: Final = states_sql(persons.HISTORY)
_EVER_MEMBERS: Final = (
    'select distinct entity from person_history where household = $3 and "on" <= $1 and position <= $2'
)
_MEMBER_STATES: Final = states_sql(persons.HISTORY, f"entity in ({_EVER_MEMBERS})")
# The standing steps of persons, the last first: those in no place still belong to the last one.
_STEPS: Final = """
select entity, state from (
  select distinct on (entity, "on", rank) entity, "on", rank, sign, state from person_history
  where entity = any($1::uuid[]) order by entity, "on", rank, position desc, sign desc) slots
where sign = 1 and state is not null order by entity, "on" desc, rank desc
"""

PRESENT_HOUSEHOLDS: Final = present_sql(households.HISTORY)
_PRESENT_NUMBERED: Final = present_sql(
    households.HISTORY, "entity in (select id from household where area = $1 and number = $2 and not gone)"
)
HOUSEHOLD_STATES: Final = states_sql(households.HISTORY)
_EVER_NUMBERED: Final = (
    'select distinct entity from household_history where area = $3 and number = $4 and "on" <= $1 and position <= $2'
)
_NUMBERED_STATES: Final = states_sql(households.HISTORY, f"entity in ({_EVER_NUMBERED})")


def with_states(found: str) -> str:
    """Query persons, whose ids are `entity` in the query `found`, with their present states, in order of id."""
    now = present_sql(persons.HISTORY, "entity = found.entity")
    return f"select found.*, now.state from ({found}) found cross join lateral ({now}) now order by entity"  # noqa: S608 - both are ours


_SEARCH: Final = with_states(f"""
select s.id as entity from search s join person p on p.id = s.id
where {persons.KEYS} @> $1::text[] and not p.gone and s.id > $2
  and ($3::bigint[] is null or p.area = any($3::bigint[]) or p.area is null)
order by s.id limit $4
""")  # noqa: S608 - ours
_SEARCH_ANY: Final = _SEARCH.replace("@>", "&&")


class Found(NamedTuple):
    """An entity and its state as the fact holds it."""

    entity: str
    state: bytes


async def _fetch(connection: Connection, query: str, *values: object) -> list[Found]:
    rows = await connection.fetch(query, *values)
    return [Found(str(row["entity"]), row["state"]) for row in rows if row["state"] is not None]


async def find_by_keys(connection: Connection, query: str, *values: object) -> list[Found]:
    """Find by search keys: how many bear a name decides whether their index or that of ids finds a page of them."""
    async with connection.transaction(readonly=True):
        await connection.execute(PLAN_AS_ASKED)
        return await _fetch(connection, query, *values)


async def find_persons(now: Moment, ids: Sequence[str]) -> list[Found]:
    """Find persons by id; those who were not on the books then are left out."""
    if now.present:
        return await _fetch(now.connection, PRESENT_PERSONS, ids)
    return await _fetch(now.connection, PERSON_STATES, date.fromisoformat(now.as_of), now.known, ids)


async def find_members(now: Moment, household: str) -> list[Found]:
    """Find the persons who stood in a household."""
    if now.present:
        return await _fetch(now.connection, _PRESENT_MEMBERS, household)
    ever = await _fetch(now.connection, _MEMBER_STATES, date.fromisoformat(now.as_of), now.known, household)
    return [one for one in ever if _household_of(one.state) == household]


async def holders(connection: Connection, type_: str, value: str) -> list[str]:
    """List the persons whose present identifiers have this one."""
    return [str(row["id"]) for row in await connection.fetch(_HOLDERS, identifier_key(type_, value))]


async def find_households(now: Moment, ids: Sequence[str]) -> list[Found]:
    """Find households by id; those that were not on the books then are left out."""
    if now.present:
        return await _fetch(now.connection, PRESENT_HOUSEHOLDS, ids)
    return await _fetch(now.connection, HOUSEHOLD_STATES, date.fromisoformat(now.as_of), now.known, ids)


async def find_numbered(now: Moment, area: str, number: str) -> list[Found]:
    """Find the households that had a number in an area's A0 book."""
    place = place_number(area)
    if now.present:
        return await _fetch(now.connection, _PRESENT_NUMBERED, place, number)
    day = date.fromisoformat(now.as_of)
    ever = await _fetch(now.connection, _NUMBERED_STATES, day, now.known, place, number)
    states = ((one, decode_household_state(one.state)) for one in ever)
    return [one for one, state in states if (state.area, state.number) == (area, number)]


async def search_page(
    connection: Connection, keys: list[str], after: str, places: list[int] | None, limit: int, *, each: bool
) -> list[Found]:
    """Find persons by all of some keys, or by any (`each` false), in order of id.

    `places` lets persons through who stand in no place.
    """
    return await find_by_keys(connection, _SEARCH if each else _SEARCH_ANY, keys, after, places, limit)


async def last_places(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Give the area where each person stands or last stood, as known now."""
    return {entity: area for entity, (_, area) in (await last_standing(connection, ids)).items()}


async def last_standing(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str | None, str]]:
    """Give the household and the area where each person stands or last stood, as known now."""
    found: dict[str, tuple[str | None, str]] = {}
    for entity, state in await _fetch(connection, _STEPS, list(ids)):
        if entity in found:
            continue
        read = decode_person(state)
        if read is not None and read.area is not None:
            found[entity] = (read.household, read.area)
    return found


async def visible_persons(now: Moment, sight: Sight, found: Sequence[Found]) -> list[Found]:
    """Keep those who stood within the caller's areas then, or stand or last stood there now."""
    if sight.hierarchy is None:
        return list(found)
    hidden = [one.entity for one in found if not sight.sees(area_of(one.state))]
    places = await last_places(now.connection, hidden) if hidden else {}
    return [one for one in found if one.entity not in hidden or sight.sees(places.get(one.entity))]


async def visible_households(now: Moment, sight: Sight, found: Sequence[Found]) -> list[Found]:
    """Keep those that stood within the caller's areas then, or stand there now."""
    hidden = [one.entity for one in found if not sight.sees(decode_household_state(one.state).area)]
    present = await _fetch(now.connection, PRESENT_HOUSEHOLDS, hidden) if hidden and not now.present else []
    places = {one.entity: decode_household_state(one.state).area for one in present}
    return [one for one in found if one.entity not in hidden or sight.sees(places.get(one.entity))]


def area_of(state: bytes) -> str | None:
    """Give the area in which a person's state has her."""
    read = decode_person(state)
    return None if read is None else read.area


def _household_of(state: bytes) -> str | None:
    read = decode_person(state)
    return None if read is None else read.household
