"""What is told wrongly of people who are described: name, birth date, sex, personal number?"""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any

from twin.errors.absences import returns
from twin.errors.scene import Scene
from twin.errors.spelling import misspelt
from twin.errors.telling import Telling, described
from twin.errors.truth import Slip

HEAPED_BEFORE = "1960"
CARDS_UNTIL_BORN = "2007"
OTHER_SEX = {"male": "female", "female": "male"}
_DAY = len("YYYY-MM-DD")

Wrong = Callable[[dict[str, Any], str, Random], str | None]


def misdescribed(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Get wrong what is told of newcomers; of who returns the platform keeps what it has."""
    yield telling if returns(telling, scene) else _each(telling, scene)


def _each(telling: Telling, scene: Scene) -> Telling:
    for place, person in enumerate(described(telling)):
        for name, share, wrong in _mistakes(scene):
            key = f"{telling.report} {person['person']}"
            rng = scene.struck(name, key, share)
            if rng is None:
                continue
            changed = telling.changed()
            told = list(described(changed))[place]
            error = wrong(told, changed.on, rng)
            if error is not None:
                telling = changed.slipped(Slip(error, person["person"]))
    return telling


def _mistakes(scene: Scene) -> tuple[tuple[str, float, Wrong], ...]:
    rates = scene.rates
    return (
        ("name", rates.misspelt_name, name),
        ("birth", rates.wrong_birth, birth),
        ("heap", rates.first_of_january, heaped),
        ("sex", rates.wrong_sex, sex),
        ("typo", rates.number_typo, number_typo),
        ("no-number", rates.number_missing, number_missing),
        ("card", rates.number_old, number_old),
    )


def name(told: dict[str, Any], _on: str, rng: Random) -> str | None:
    """Misspell the name."""
    slip = misspelt(told.get("personal", {}).get("name", ""), rng)
    if slip is None:
        return None
    error, told["personal"]["name"] = slip
    return error


def birth(told: dict[str, Any], on: str, rng: Random) -> str | None:
    """Swap day and month where that is a date, else mistype the year; nobody is born after the day of the report."""
    known = told.get("birth", "")
    if len(known) < _DAY:
        return None
    day = date.fromisoformat(known)
    swapped = f"{day.year:04d}-{day.day:02d}-{day.month:02d}"
    if day.day <= 12 and day.day != day.month and swapped <= on and rng.random() < 0.5:  # noqa: PLR2004 - months; half
        told["birth"] = swapped
        return "birth-day-month-swapped"
    year = day.year + rng.choice((-10, -1, 1, 10))
    mistyped = f"{year:04d}-{known[5:]}"
    if mistyped > on or (day.month, day.day) == (2, 29):
        return None
    told["birth"] = mistyped
    return "birth-year-mistyped"


def heaped(told: dict[str, Any], _on: str, _rng: Random) -> str | None:
    """Tell the first of January of whoever is old."""
    known = told.get("birth", "")
    if not known or known >= HEAPED_BEFORE or known.endswith("-01-01"):
        return None
    told["birth"] = f"{known[:4]}-01-01"
    return "birth-first-of-january"


def sex(told: dict[str, Any], _on: str, _rng: Random) -> str | None:
    """Tell the other sex."""
    if told["sex"] not in OTHER_SEX:
        return None
    told["sex"] = OTHER_SEX[told["sex"]]
    return "sex-wrong"


def number_typo(told: dict[str, Any], _on: str, rng: Random) -> str | None:
    """Get one digit of the serial wrong."""
    for one in told.get("personal", {}).get("identifiers", ()):
        if one["type"] == "pid":
            place, digits = rng.randrange(6, 12), one["value"]
            wrong = (int(digits[place]) + rng.randrange(1, 10)) % 10
            one["value"] = f"{digits[:place]}{wrong}{digits[place + 1 :]}"
            return "number-mistyped"
    return None


def number_missing(told: dict[str, Any], _on: str, _rng: Random) -> str | None:
    """Tell no personal number."""
    return "number-missing" if _without_number(told) else None


def number_old(told: dict[str, Any], _on: str, rng: Random) -> str | None:
    """Tell the old identity card of an adult in place of the personal number."""
    if told.get("birth", CARDS_UNTIL_BORN) >= CARDS_UNTIL_BORN or not _without_number(told):
        return None
    card = {"type": "cmnd", "value": f"{rng.randrange(10**8, 4 * 10**8):09d}"}
    told["personal"]["identifiers"] = [*told["personal"]["identifiers"], card]
    return "number-old-card"


def _without_number(told: dict[str, Any]) -> bool:
    numbers = told.get("personal", {}).get("identifiers", [])
    kept = [one for one in numbers if one["type"] != "pid"]
    if len(kept) == len(numbers):
        return False
    told["personal"]["identifiers"] = kept
    return True
