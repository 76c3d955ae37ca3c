"""Which screenings, contraception, pregnancies and checks are told in random lives?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from contracts.kinds.care import NEWBORN_CONDITIONS, PRENATAL_CONDITIONS
from tests.laws.scene import Payload

if TYPE_CHECKING:
    from tests.laws.histories import Picks

METHODS = ("iud", "pill", "pill", "unknown")


def _results(pick: "Picks", conditions: tuple[str, ...], *words: str) -> Payload:
    told = {condition: pick.chance.choice(words) for condition in conditions}
    return told | {pick.chance.choice(conditions): "done"}


def _newborn(pick: "Picks", on: str) -> Payload:
    results = _results(pick, NEWBORN_CONDITIONS, "unknown", "normal", "refused")
    return {"person": pick.resident(), **results, "place": pick.chance.choice(["hospital", "unknown"])}


def _prenatal(pick: "Picks", on: str) -> Payload:
    return {
        "person": pick.alive(sex="female", status="resident"),
        "visit": pick.chance.choice(["week_12", "week_21"]),
        "last_period": pick.chance.choice([None, "2024-12-01"]),
        **_results(pick, PRENATAL_CONDITIONS, "unknown", "low", "high"),
    }


def _started(pick: "Picks", on: str) -> Payload:
    children = pick.chance.choice([None, 1, 2])
    woman = pick.alive(sex="female", status="resident")
    return {
        "person": woman,
        "method": pick.chance.choice(METHODS),
        "living_children": children,
        "since": pick.chance.choice([None, None, "2024-11"]),
    }


def _stopped(pick: "Picks", on: str) -> Payload:
    return {"person": pick.alive(sex="female", status="resident"), "method": pick.chance.choice(METHODS)}


def _pregnancy(pick: "Picks", on: str) -> Payload:
    return {
        "person": pick.alive(sex="female", status="resident"),
        "event": pick.chance.choice(["pregnant", "pregnant", "miscarriage", "abortion"]),
        "number": pick.chance.choice([None, 1, 2]),
    }


def _couple(pick: "Picks", on: str) -> Payload:
    person = pick.resident()
    partner = pick.alive() if pick.chance.random() < 0.8 else None
    return {"person": person, "partner": None if partner == person else partner}


CARE_EVENTS: dict[str, tuple[float, Callable[["Picks", str], Payload]]] = {
    "person.newborn_screened": (2, _newborn),
    "person.contraception_started": (3, _started),
    "person.contraception_stopped": (2, _stopped),
    "person.pregnancy_reported": (6, _pregnancy),
    "person.prenatally_screened": (3, _prenatal),
    "person.health_checked": (1, lambda pick, on: {"person": pick.resident(), "place": "community"}),
    "couple.checked": (2, _couple),
}
