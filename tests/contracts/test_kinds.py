"""Is a payload that contradicts itself refused for what it contradicts, and one at the very border of that taken?"""

from typing import Any

import pytest
from pydantic import ValidationError

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE
from contracts.ids import uuid7

LAN, AN, HOME, OTHER, ONE, TWO = (uuid7(1_700_000_000_000 + n, bytes(10)) for n in range(6))
DAY, BEFORE, BEHIND = "2025-03-15", "2025-03-14", "2025-03-16"
PROVINCE, COMMUNE, SECOND, NEW = "30-20190101", "10525-20190101", "10507-20190101", "10600-20250315"
AREA, FAR = f"{COMMUNE}-001", f"{COMMUNE}-002"
# A point of P-256 (RFC 7517, appendix A.1), and of another one, whose abscissa is 0.
X, Y = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
ZERO, ROOT = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "ZkhceA4vg9ckM71dhKBrtlQcKvMdrocXKL-FahdPk_Q"
# The prime of the field, in which it is 0 as well, and no coordinate.
PRIME = "_____wAAAAEAAAAAAAAAAAAAAAD_______________8"


def line(person: str, **told: Any) -> dict[str, Any]:
    return {"person": person, **told}


def number(kind: str, **validity: str | None) -> dict[str, Any]:
    return {"type": kind, "value": "123456789" if kind == "cmnd" else "123456789012", **validity}


def new(code: str = "10600") -> dict[str, Any]:
    return {"unit": NEW, "code": code, "level": "commune", "names": {"vi": "Xã"}, "parent": PROVINCE}


def key(x: str = X, y: str = Y) -> dict[str, str]:
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


NAMES = {"vi": "Xã"}
SHEET = {"household": HOME, "area": AREA}
SPLIT = {"household": HOME, "founded": OTHER}
PHONE = {"sender": "ctv", "device": "phone", "place": AREA}
SHARES = [{"unit": COMMUNE}, {"unit": SECOND}]
RELATIVES = [line(LAN), line(AN)]

RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("household.registered", {**SHEET, "head": LAN, "members": [line(LAN, sex="female"), line(AN, sex="male")]}),
    ("household.registered", SHEET),
    ("household.head_changed", {"household": HOME, "head": LAN, "members": [line(AN, relation="spouse")]}),
    ("household.split", {**SPLIT, "head": LAN, "members": RELATIVES}),
    ("household.split", {**SPLIT, "members": RELATIVES}),
    ("household.merged", {"household": HOME, "into": OTHER, "members": RELATIVES}),
    ("household.dissolved", {"household": HOME, "members": [line(LAN, household=OTHER), line(AN, place=SECOND)]}),
    ("household.dissolved", {"household": HOME, "members": [line(LAN, destination="abroad")]}),
    ("household.sheet_opened", {"household": HOME, "sheet": "2", "people": [LAN, AN]}),
    ("person.changed", {"person": LAN, "new": {"education": "primary"}}),
    ("person.changed", {"person": LAN, "old": {"sex": "male"}, "new": {"sex": "female"}}),
    ("person.changed", {"person": LAN, "personal": {"name": "Lan"}}),
    ("person.changed", {"person": LAN, "personal": {"contacts": []}}),
    ("person.newborn_screened", {"person": LAN, "heart": "normal"}),
    ("person.prenatally_screened", {"person": LAN, "visit": "week_12", "thalassemia": "low", "last_period": DAY}),
    ("person.prenatally_screened", {"person": LAN, "visit": "week_12", "down": "low"}),
    ("person.contraception_started", {"person": LAN, "method": "pill"}),
    ("person.contraception_started", {"person": LAN, "method": "pill", "since": DAY}),
    ("person.contraception_started", {"person": LAN, "method": "pill", "since": "2025-03"}),
    ("person.contraception_started", {"person": LAN, "method": "pill", "since": "2025"}),
    ("couple.checked", {"person": LAN}),
    ("couple.checked", {"person": LAN, "partner": AN}),
    ("person.identifier_issued", {"person": LAN, "personal": {"identifiers": [number("cmnd"), number("pid")]}}),
    *(
        ("person.identifier_issued", {"person": LAN, "personal": {"identifiers": [number("pid", **validity)]}})
        for validity in ({"valid_from": DAY, "valid_to": DAY}, {"valid_to": DAY}, {"valid_from": DAY, "valid_to": None})
    ),
    ("device.enrolled", {**PHONE, "key": key(), "until": DAY}),
    ("device.enrolled", {**PHONE, "key": key(ZERO, ROOT)}),
    ("area.assigned", {"area": AREA, "collaborator": "ctv", "until": DAY}),
    ("area.assigned", {"area": AREA}),
    ("reports.approved", {"reports": [ONE, TWO]}),
    ("report.amended", {"report": ONE, "correction": TWO, "changes": {"sex": "male"}}),
    ("month.closed", {"commune": COMMUNE, "month": "2025-03"}),
    ("unit.established", {"unit": new()}),
    ("unit.reorganised", {"change": "merge", "units": [COMMUNE, SECOND], "into": COMMUNE}),
    ("unit.reorganised", {"change": "merge", "units": [COMMUNE, SECOND], "new": new()}),
    ("unit.reorganised", {"change": "rename", "units": [COMMUNE], "names": NAMES}),
    ("unit.reorganised", {"change": "level", "units": [COMMUNE], "level": "district"}),
    ("unit.reorganised", {"change": "level", "units": [COMMUNE], "parent": PROVINCE}),
    ("unit.reorganised", {"change": "level", "units": [COMMUNE], "type": "phuong"}),
    ("unit.reorganised", {"change": "abolish", "units": [COMMUNE, SECOND]}),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE], "parts": SHARES}),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE], "parts": [{"unit": COMMUNE, "rest": True}]}),
]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("household.registered", {**SHEET, "members": [line(LAN, sex="female")] * 2}, "named-twice"),
    ("household.registered", {**SHEET, "head": AN, "members": [line(LAN, sex="female")]}, "head-not-on-sheet"),
    ("household.registered", {**SHEET, "head": AN}, "head-not-on-sheet"),
    ("household.head_changed", {"household": HOME, "head": LAN, "members": [line(AN)] * 2}, "named-twice"),
    ("household.head_changed", {"household": HOME, "head": LAN, "members": [line(LAN)]}, "head-own-relative"),
    (
        "household.head_changed",
        {"household": HOME, "head": LAN, "members": [line(AN, relation="head")]},
        "head-among-relations",
    ),
    ("household.split", {**SPLIT, "members": [line(LAN)] * 2}, "named-twice"),
    ("household.split", {**SPLIT, "founded": HOME, "members": RELATIVES}, "founds-itself"),
    ("household.split", {**SPLIT, "head": AN, "members": [line(LAN)]}, "head-not-leaving"),
    ("household.merged", {"household": HOME, "into": OTHER, "members": [line(LAN)] * 2}, "named-twice"),
    ("household.merged", {"household": HOME, "into": HOME}, "joins-itself"),
    ("household.dissolved", {"household": HOME, "members": [line(LAN)] * 2}, "named-twice"),
    ("household.dissolved", {"household": HOME, "members": [line(LAN, household=HOME)]}, "joins-the-dissolved"),
    (
        "household.dissolved",
        {"household": HOME, "members": [line(LAN, household=OTHER, destination="abroad")]},
        "joins-and-departs",
    ),
    (
        "household.dissolved",
        {"household": HOME, "members": [line(LAN, household=OTHER, place=SECOND)]},
        "joins-and-departs",
    ),
    ("household.sheet_opened", {"household": HOME, "sheet": "2", "people": [LAN, LAN]}, "named-twice"),
    ("person.changed", {"person": LAN}, "nothing-new"),
    ("person.changed", {"person": LAN, "personal": {"old_name": "Lan"}}, "nothing-new"),
    ("person.changed", {"person": LAN, "old": {"sex": "male"}, "new": {"birth": "1990"}}, "old-without-new"),
    ("person.newborn_screened", {"person": LAN, "heart": "unknown"}, "nothing-screened"),
    ("person.prenatally_screened", {"person": LAN, "visit": "week_12"}, "nothing-screened"),
    (
        "person.prenatally_screened",
        {"person": LAN, "visit": "week_12", "down": "low", "last_period": BEHIND},
        "period-after-screening",
    ),
    ("person.contraception_started", {"person": LAN, "method": "pill", "since": BEHIND}, "begun-after-the-day"),
    ("person.contraception_started", {"person": LAN, "method": "pill", "since": "2025-04"}, "begun-after-the-day"),
    ("couple.checked", {"person": LAN, "partner": LAN}, "couple-of-one"),
    ("person.identifier_issued", {"person": LAN, "personal": {"identifiers": [number("pid")] * 2}}, "type-twice"),
    (
        "person.identifier_issued",
        {"person": LAN, "personal": {"identifiers": [number("pid", valid_from=DAY, valid_to=BEFORE)]}},
        "ends-before-it-begins",
    ),
    ("device.enrolled", {**PHONE, "key": key(), "until": BEFORE}, "ends-before-it-begins"),
    ("device.enrolled", {**PHONE, "key": key(y=ROOT)}, "point-off-the-curve"),
    ("device.enrolled", {**PHONE, "key": key(PRIME, ROOT)}, "point-off-the-curve"),
    ("area.assigned", {"area": AREA, "collaborator": "ctv", "until": BEFORE}, "ends-before-it-begins"),
    ("area.assigned", {"area": AREA, "until": BEHIND}, "ends-before-it-begins"),
    ("reports.approved", {"reports": [ONE, ONE]}, "named-twice"),
    ("reports.returned", {"reports": [ONE, ONE], "reason": "?"}, "named-twice"),
    ("report.amended", {"report": ONE, "correction": TWO, "changes": {}}, "nothing-amended"),
    ("report.amended", {"report": ONE, "correction": ONE, "changes": {"sex": "male"}}, "nothing-amended"),
    ("month.closed", {"commune": COMMUNE, "month": "2025-04"}, "month-not-begun"),
    ("sheet.drawn_up", {"area": AREA, "month": "2025-04"}, "month-not-begun"),
    ("unit.established", {"unit": new(code="10601")}, "id-of-another-unit"),
    ("unit.established", {"unit": new(code="1060")}, "id-of-another-unit"),
    ("unit.reorganised", {"change": "abolish", "units": [COMMUNE, COMMUNE]}, "named-twice"),
    ("unit.reorganised", {"change": "merge", "units": [COMMUNE]}, "new-or-staying-unit"),
    ("unit.reorganised", {"change": "merge", "units": [COMMUNE], "into": SECOND, "new": new()}, "new-or-staying-unit"),
    ("unit.reorganised", {"change": "abolish", "units": [COMMUNE], "into": SECOND}, "successor-without-merger"),
    ("unit.reorganised", {"change": "abolish", "units": [COMMUNE], "new": new()}, "successor-without-merger"),
    ("unit.reorganised", {"change": "rename", "units": [COMMUNE]}, "names-missing"),
    ("unit.reorganised", {"change": "rename", "units": [COMMUNE, SECOND], "names": NAMES}, "one-unit-at-a-time"),
    ("unit.reorganised", {"change": "level", "units": [COMMUNE, SECOND], "type": "phuong"}, "one-unit-at-a-time"),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE, SECOND], "parts": SHARES}, "one-unit-at-a-time"),
    ("unit.reorganised", {"change": "level", "units": [COMMUNE], "names": NAMES}, "level-missing"),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE]}, "parts-of-a-division"),
    ("unit.reorganised", {"change": "abolish", "units": [COMMUNE], "parts": SHARES}, "parts-of-a-division"),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE], "parts": SHARES[1:]}, "divided-into-one"),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE], "parts": [{}, *SHARES]}, "new-or-existing-unit"),
    (
        "unit.reorganised",
        {"change": "split", "units": [COMMUNE], "parts": [{"unit": SECOND, "new": new()}]},
        "new-or-existing-unit",
    ),
    ("unit.reorganised", {"change": "split", "units": [COMMUNE], "parts": [*SHARES, SHARES[0]]}, "named-twice"),
    (
        "unit.reorganised",
        {"change": "split", "units": [COMMUNE], "parts": [{**one, "takes": [AREA]} for one in SHARES]},
        "named-twice",
    ),
    (
        "unit.reorganised",
        {
            "change": "split",
            "units": [COMMUNE],
            "parts": [{**one, "households": [{"household": HOME, "area": FAR}]} for one in SHARES],
        },
        "named-twice",
    ),
    (
        "unit.reorganised",
        {"change": "split", "units": [COMMUNE], "parts": [{**one, "rest": True} for one in SHARES]},
        "one-rest",
    ),
]


def check(kind: str, told: dict[str, Any]) -> None:
    CATALOGUE[f"vn.socai.{kind}.v1"].check({"on": DAY, **told})


@pytest.mark.parametrize(("kind", "told"), RIGHT)
def test_what_is_at_one_with_itself_is_taken(kind: str, told: dict[str, Any]) -> None:
    check(kind, told)


@pytest.mark.parametrize(("kind", "told", "code"), WRONG)
def test_what_contradicts_itself_is_refused_and_says_wherein(kind: str, told: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        check(kind, told)
    assert wrong.value.errors()[0]["type"] == code
