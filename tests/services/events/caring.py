"""What do the tests of screening, contraception, pregnancy and health checks tell, and what do they look at?

Lan, born 20 May 1990, lives with An from New Year 2025 on; Hoa lives far away.
"""

from typing import Any

from services.events.intake.answer import Answer
from tests.services.events.telling import FAR, Teller, ids


async def two_households(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    await teller.family(ids.far, FAR, hoa="female")
    return teller


async def care(village: Teller, person: str) -> dict[str, Any]:
    found: dict[str, Any] = (await village.state(person)).get("care", {})
    return found


async def notes_of(village: Teller, answer: Answer) -> tuple[str, ...]:
    assert answer.fate == "recorded", answer
    return next(fact.cause.notes for position, fact in await village.facts() if position == answer.position)


async def pregnant(village: Teller, on: str, **told: Any) -> Answer:
    return await village.tell("person.pregnancy_reported", on=on, person=ids.lan, event="pregnant", **told)


async def born(village: Teller, on: str, person: str = "", **told: Any) -> Answer:
    told = {"household": ids.home, "sex": "female", "mother": ids.lan, **told}
    return await village.tell("person.born", on=on, person=person or ids.baby, **told)


async def screened(village: Teller, on: str, **told: Any) -> Answer:
    told = {"person": ids.lan, "visit": "week_12", "down": "low", **told}
    return await village.tell("person.prenatally_screened", on=on, **told)


async def begins(village: Teller, on: str, method: str, **told: Any) -> Answer:
    return await village.tell("person.contraception_started", on=on, person=ids.lan, method=method, **told)


async def stops(village: Teller, on: str, method: str) -> Answer:
    return await village.tell("person.contraception_stopped", on=on, person=ids.lan, method=method)
