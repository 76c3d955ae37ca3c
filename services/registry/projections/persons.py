"""Who is on the books, where does she stand, and by what can she be found?"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from contracts.fact import RawTransition, present
from contracts.person import identifier_key
from kit.diacritics import fold
from kit.log.records import Record
from kit.projections.history import history, own_rank
from kit.projections.projection import Column, Merge, Projection, Row, Table, columns
from services.registry.facts import PLACES, Fact, Person, decode, decode_person, former, open_personal
from services.registry.names import words

# Where a person stands now, written only when that changes: most facts leave her where she is. Her state stands in the
# history alone, as that of the last slot: it is most of the bytes.
PERSON: Final = Table(
    name="person",
    columns=columns(id="uuid", version="int", gone="boolean", household="uuid", area="bigint", status="text"),
    merge=Merge.UPSERT,
    key=("id",),
    indexes=("(household)",),
    fillfactor=85,
)
KEYS: Final = "string_to_array(keys, e'\\n')"
"""The keys of a row of `search`. They stand in lines: the driver looks twice at each element of an array, which cost
more than all else of a row, and an array takes 40 bytes more of a person."""
# Keys of their own table: they change with a name only, and the index on them is the dearest.
SEARCH: Final = Table(
    name="search",
    columns=columns(id="uuid", version="int", keys="text"),
    merge=Merge.UPSERT,
    key=("id",),
    indexes=(f"using gin (({KEYS}))",),
)
# The household stands only where a person enters it: members of a day are sought among those who ever entered.
HISTORY: Final = history(
    "person_history",
    entity="uuid",
    extra=(Column("household", "uuid"),),
    indexes=("(household) where household is not null",),
)

Steps = tuple[RawTransition, ...]


def former_key(type_: str, value: str) -> str:
    """Give the search key of an identifier that was replaced or withdrawn; it is asked for by itself."""
    return f"former:{identifier_key(type_, value)}"


def birth_key(given: str, year: str) -> str:
    """Give the search key of a folded given name with a year of birth; no folded word has a tilde."""
    return f"{given}~{year}"


def search_keys(person: Person) -> list[str]:
    """Give by what a person can be found: words of the name, the given name with the year of birth, identifiers and
    former ones.

    Of a sealed part nothing.
    """
    read = open_personal(person.personal)
    if read is None:
        return []
    name = [fold(word) for word in words(read.name)] if read.name else []
    keys = list(dict.fromkeys(name))
    if name and person.birth is not None:
        keys.append(birth_key(name[-1], person.birth[:4]))
    keys += [identifier_key(one.type, one.value) for one in read.identifiers]
    keys += [former_key(one.type, one.value) for one in read.former]
    return keys


def rows(record: Record, fact: Fact) -> Iterable[tuple[Table, Row]]:
    """Give the rows of the persons of whom a fact speaks."""
    retracts, asserts = fact.retracts.persons, fact.asserts.persons
    if not asserts and not retracts:
        return ()
    position = record.position
    if not retracts and len(asserts) == 1:
        return _single(position, asserts[0])
    return _several(position, retracts, asserts)


def _single(position: int, step: RawTransition) -> list[tuple[Table, Row]]:
    before, after = decode_person(step.before), decode_person(step.after)
    found = [(HISTORY, _asserted(position, step, before, after))]
    if _standing(before) != _standing(after):
        found.append((PERSON, _person(step.entity, step.version, after)))
    if _findable(before) != _findable(after):
        found.append((SEARCH, _search(step.entity, step.version, after)))
    return found


def _several(position: int, retracts: Steps, asserts: Steps) -> Iterator[tuple[Table, Row]]:
    for step in retracts:
        yield HISTORY, (step.entity, date.fromisoformat(step.on), own_rank(step, position), position, -1, None, None)
    for step in asserts:
        yield HISTORY, _asserted(position, step, decode_person(step.before), decode_person(step.after))
    until_now = former(retracts, asserts)
    for entity, version, state in present(retracts, asserts):
        assert isinstance(state, msgspec.Raw)
        was, now = decode_person(until_now[entity]), decode_person(state)
        if _standing(was) != _standing(now):
            yield PERSON, _person(entity, version, now)
        if _findable(was) != _findable(now):
            yield SEARCH, _search(entity, version, now)


def _asserted(position: int, step: RawTransition, before: Person | None, after: Person | None) -> Row:
    household = None if after is None else after.household
    if before is not None and before.household == household:
        household = None
    state = None if after is None else bytes(step.after)
    return step.entity, date.fromisoformat(step.on), own_rank(step, position), position, 1, household, state


def _person(entity: str, version: int, person: Person | None) -> Row:
    if person is None:
        return entity, version, True, None, None, None
    return entity, version, False, person.household, PLACES[person.area], person.status


def _search(entity: str, version: int, person: Person | None) -> Row:
    return entity, version, "" if person is None else "\n".join(search_keys(person))


def _standing(person: Person | None) -> tuple[str | None, str | None, str] | None:
    """Give that of which the row of a person tells."""
    return None if person is None else (person.household, person.area, person.status)


def _findable(person: Person | None) -> tuple[bytes, str | None]:
    """Give that on which the keys rest."""
    return (b"null", None) if person is None else (bytes(person.personal), person.birth)


PERSONS: Final = Projection(name="persons", version=7, tables=(PERSON, SEARCH, HISTORY), decode=decode, rows=rows)
