"""Who on the books may be the person that somebody is about to put on them again?

Looked through is a bounded number of people whom an index finds: by number, by given name and year of birth, by name.
A human decides; what is shown of somebody outside of the caller's areas is what the decision needs and no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from contracts.person import PersonState, identifier_key, plain_number
from contracts.unit import Hierarchy
from kit.diacritics import fold
from services.registry.facts import open_personal
from services.registry.likeness import LIKELY, POSSIBLE, REASONS, Likeness, compare, points
from services.registry.lookups import Found, decode_person_state, find_by_keys, find_persons, last_standing, with_states
from services.registry.names import words
from services.registry.places import Sight
from services.registry.projections.persons import KEYS, birth_key
from services.registry.questions import CandidatesQuestion
from services.registry.reading import Moment

MOST_SCORED: Final = 400
_YEAR: Final = len("YYYY")
_BLOCK: Final = with_states("""
select s.id as entity from search s join person p on p.id = s.id
where {condition} and not p.gone limit $2
""")
_ANY: Final = _BLOCK.format(condition=f"{KEYS} && $1::text[]")
_ALL: Final = _BLOCK.format(condition=f"{KEYS} @> $1::text[]")
_MEMBERS: Final = with_states("""
select household, id as entity from person where household = any($1::uuid[]) and not gone
""")


class Candidate(NamedTuple):
    """Somebody who may be meant, with what speaks for and against it; `area` is where she lives or last lived."""

    found: Found
    state: PersonState
    area: str | None
    reasons: list[str]

    @property
    def score(self) -> int:
        return points(self.reasons)


class Candidates(NamedTuple):
    """The best first; `complete` says that nobody whom the index finds was left out for want of room."""

    best: list[Candidate]
    complete: bool


async def find_candidates(now: Moment, question: CandidatesQuestion, places: Sight, sight: Sight) -> Candidates:
    """Find and score; `places` is where the person is said to come from.

    Of who lives elsewhere than the caller may see those are found who bear a number that was told, and else only the
    likely ones, and only by a question that describes one person: a number, or a whole name and a birth date.
    """
    told = _told(question)
    blocks = [await _block(now, query, keys) for query, keys in _blocks(told)]
    complete = all(len(block) < MOST_SCORED for block in blocks)
    records = {one.entity: one for block in blocks for one in block}
    people, doubles = await _going_on(now, records)
    homes = await last_standing(now.connection, people)
    relatives = await _relatives(now, told, people.values(), homes)
    scored = []
    for entity, found in people.items():
        state = decode_person_state(found.state)
        household, area = homes.get(entity, (None, None))
        names = tuple(name for one, name in relatives.get(household or "", ()) if one != entity)
        records_of_her = (state, *doubles.get(entity, ()))
        reasons = max((compare(told, _known(one, names)) for one in records_of_her), key=points)
        if area is not None and places.hierarchy is not None and places.sees(area):
            reasons.append("left-from-there")
        if state.status == "in_transit":
            reasons.append("in-transit")
        scored.append(Candidate(found, state, area, reasons))
    shown = [one for one in scored if one.score >= _least(one, told, sight)]
    shown.sort(key=lambda one: (-one.score, one.found.entity))
    return Candidates(shown[: question.limit], complete)


async def _going_on(now: Moment, records: Mapping[str, Found]) -> tuple[dict[str, Found], dict[str, list[PersonState]]]:
    """Give who goes on of all whom the index finds, each with the records of her that were struck off as doubles."""
    known = dict(records)
    states = {entity: decode_person_state(one.state) for entity, one in known.items()}
    while heirs := {one.merged_into for one in states.values() if one.merged_into is not None} - states.keys():
        found = {one.entity: one for one in await find_persons(now, sorted(heirs))}
        if not found:
            break
        known |= found
        states |= {entity: decode_person_state(one.state) for entity, one in found.items()}
    doubles: dict[str, list[PersonState]] = {}
    for entity in records:
        goes_on: PersonState | None = states[entity]
        while goes_on is not None and goes_on.merged_into is not None:
            goes_on = states.get(goes_on.merged_into)
        if goes_on is not None and goes_on.id != entity:
            doubles.setdefault(goes_on.id, []).append(states[entity])
    return {entity: one for entity, one in known.items() if states[entity].merged_into is None}, doubles


def _least(one: Candidate, told: Likeness, sight: Sight) -> int:
    if sight.sees(one.area) or "same-identifier" in one.reasons:
        return POSSIBLE
    whole = told.name is not None and len(words(told.name)) > 1 and len(told.birth or "") > len("YYYY-MM")
    describes = bool(told.identifiers) or whole
    return LIKELY if describes else len(REASONS) * LIKELY


def _told(question: CandidatesQuestion) -> Likeness:
    numbers = frozenset((str(one.type), plain_number(one.type, one.value)) for one in question.identifiers)
    return Likeness(question.name, question.birth, question.sex, numbers, tuple(question.household))


def _known(state: PersonState, relatives: tuple[str, ...]) -> Likeness:
    name, numbers = personal_of(state)
    return Likeness(name, state.birth, state.sex, numbers, relatives)


def personal_of(state: PersonState) -> tuple[str | None, frozenset[tuple[str, str]]]:
    """Give the name and the numbers of somebody, as far as they are not sealed."""
    read = open_personal(state.personal)
    if read is None:
        return None, frozenset()
    return read.name, frozenset((one.type, plain_number(one.type, one.value)) for one in read.identifiers)


def _blocks(told: Likeness) -> list[tuple[str, list[str]]]:
    """Give the questions to the index: each finds a small part of the people, and no spelling of marks matters."""
    found = [(_ANY, [identifier_key(*one) for one in sorted(told.identifiers)])] if told.identifiers else []
    bare = [fold(word) for word in words(told.name)] if told.name is not None else []
    if not bare:
        return found
    if told.birth is not None:
        year = int(told.birth[:_YEAR])
        found.append((_ANY, [birth_key(bare[-1], str(near)) for near in (year - 1, year, year + 1)]))
    # The surname and the given name, which are written first and last.
    found.append((_ALL, list(dict.fromkeys([bare[0], bare[-1]] if told.birth is None else bare))))
    return found


async def _block(now: Moment, query: str, keys: Sequence[str]) -> list[Found]:
    return await find_by_keys(now.connection, query, list(keys), MOST_SCORED)


async def _relatives(
    now: Moment, told: Likeness, people: Iterable[Found], homes: Mapping[str, tuple[str | None, str | None]]
) -> dict[str, list[tuple[str, str]]]:
    """Name who lives in the households where the people live or last lived; asked only where relatives are told."""
    if not told.relatives:
        return {}
    households = {home for home, _ in (homes.get(one.entity, (None, None)) for one in people) if home is not None}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await now.connection.fetch(_MEMBERS, sorted(households)):
        name, _ = personal_of(decode_person_state(row["state"]))
        if name is not None:
            found.setdefault(str(row["household"]), []).append((str(row["entity"]), name))
    return found


def shown(one: Candidate, sight: Sight, hierarchy: Hierarchy, state: msgspec.Raw) -> dict[str, Any]:
    """Say who it is, how likely and why; of somebody outside of the caller's areas in which commune she lives or last
    lived, whether she is dead or in transit, and nothing else.
    """
    commune = None if one.area is None else hierarchy.at_level(one.area, "commune")
    told: dict[str, Any] = {
        "person": one.found.entity,
        "score": one.score,
        "likely": one.score >= LIKELY,
        "status": one.state.status,
        "commune": commune,
        "commune_name": None if commune is None else hierarchy.units[commune].names["vi"],
        "reasons": [
            {"code": code, "points": REASONS[code][0], "text": REASONS[code][1]._asdict()} for code in one.reasons
        ],
    }
    return told | {"state": state if sight.sees(one.area) else None}
