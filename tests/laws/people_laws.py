"""Does the registry tell of every person and household what the oracle tells, for both clocks?"""

import random
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from contracts.household import HouseholdState
from contracts.person import PersonState
from tests.laws.counting import Known
from tests.laws.histories import DAYS, HOMES, PEOPLE
from tests.laws.ledger_laws import plain
from tests.laws.scene import State
from tests.laws.telling import Broken, Teller

LATER = "2025-12-31"
PAIRS = 5
NAMES = ("Người 1", "Người 2", "Người 3")


ASKED_DAYS = (*DAYS, "2024-12-31", "2025-03-15")


def asked_as_known(teller: Teller, position: int, chance: random.Random) -> Any:
    """The position itself, or the instant at which it was recorded where that is the last one of its instant."""
    at = teller.rows[position - 1].recorded_at
    last = position == len(teller.rows) or teller.rows[position].recorded_at > at
    return at.isoformat() if last and chance.random() < 0.4 else position


async def check_registry(
    client: httpx.AsyncClient, teller: Teller, chance: random.Random, days: Sequence[str] = ASKED_DAYS
) -> None:
    """States of all people and households at some days as known at some positions, and at present."""
    present = Known(teller.oracle, len(teller.rows))
    pairs: list[tuple[str | None, Any, Known]] = [(None, None, present)]
    for _ in range(PAIRS):
        position = chance.randint(1, len(teller.rows))
        pairs.append((chance.choice(days), asked_as_known(teller, position, chance), Known(teller.oracle, position)))
    for as_of, as_known, known in pairs:
        states = known.states(as_of or LATER)
        when = {name: value for name, value in (("as_of", as_of), ("as_known", as_known)) if value is not None}
        for person in PEOPLE:
            await _check_person(client, person, states.get(person), when)
        for home in HOMES:
            await _check_household(client, home, states, when)
    await _check_search(client, present.people(LATER))


async def _check_person(client: httpx.AsyncClient, person: str, wanted: State | None, when: dict[str, Any]) -> None:
    response = await client.post("/persons/query", json={"person": person, **when})
    found = None if response.status_code == 404 else told_person(response.json()["persons"][0])
    if found != wanted:
        raise Broken("the registry's people are the oracle's", person=person, when=when, found=found, wanted=wanted)


async def _check_household(
    client: httpx.AsyncClient, home: str, states: dict[str, State], when: dict[str, Any]
) -> None:
    response = await client.post("/households/query", json={"household": home, **when})
    wanted = states.get(home)
    members = {one: s for one, s in states.items() if s["sort"] == "person" and s["household"] == home}
    if response.status_code == 404:
        found, living = None, {}
    else:
        (answer,) = response.json()["households"]
        found = plain(msgspec.convert(answer["household"] | _packed(answer["household"]), HouseholdState))
        living = {member["id"]: told_person(member) for member in answer["members"]}
    if (found, living) != (wanted, members if wanted is not None else {}):
        seen = {"found": (found, living), "wanted": (wanted, members)}
        raise Broken("the registry's households are the oracle's", home=home, when=when, **seen)


def told_person(told: dict[str, Any]) -> State | None:
    return plain(msgspec.convert(told | _packed(told), PersonState))


def _packed(told: dict[str, Any]) -> dict[str, Any]:
    return {"personal": msgspec.Raw(msgspec.json.encode(told.get("personal")))}


async def _check_search(client: httpx.AsyncClient, people: dict[str, State]) -> None:
    """Everybody is found by her name, also without its diacritics, and by the numbers that she bears or bore."""
    for name in NAMES:
        wanted = {one for one, state in people.items() if (state["personal"] or {}).get("name") == name}
        for asked in (name, name.replace("Người", "nguoi")):
            response = await client.post("/search", json={"name": asked, "limit": 100})
            found = {person["id"] for person in response.json()["persons"]}
            if found != wanted:
                raise Broken("people are found by name", asked=asked, found=found, wanted=wanted)
    for number in range(len(PEOPLE)):
        pid = f"{number:012d}"
        bearers, former = (
            {one for one, state in people.items() if pid in str((state["personal"] or {}).get(kept))}
            for kept in ("identifiers", "former")
        )
        response = await client.post("/search", json={"identifier": {"type": "pid", "value": pid}, "limit": 100})
        answer = response.json()
        numbered = {person["id"] for person in answer["persons"]}, set(answer["former"])
        if numbered != (bearers | former, former - bearers):
            raise Broken("people are found by number", asked=number, found=numbered, wanted=(bearers, former))
