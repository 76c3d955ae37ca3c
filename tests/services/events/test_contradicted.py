"""Does a refusal name the fact that a report contradicts, whatever the kind?"""

from typing import Any

import pytest

from contracts.ids import uuid7
from services.events.deciding.reasons import reasons_of
from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, COMMUNE, OTHER, SECOND, Teller, ids, report

LATER = "2025-06-01"


def facts(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    assert answer.problem is not None
    return [(reason.code, tuple(reason.facts)) for reason in answer.problem.reasons]


@pytest.fixture
async def died(family: Teller) -> int:
    answer = await family.tell("person.died", on="2025-05-01", person=ids.an)
    assert answer.position is not None
    return answer.position


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("person.contraception_started", {"method": "pill"}),
        ("person.pregnancy_reported", {"event": "pregnant"}),
        ("person.health_checked", {}),
        ("couple.checked", {}),
        ("person.changed", {"new": {"education": "primary"}}),
        ("person.identifier_issued", {"personal": {"identifiers": [{"type": "cmnd", "value": "140123456"}]}}),
        ("person.divorced", {}),
    ],
)
async def test_whoever_is_dead_died_by_a_fact_that_is_named(
    family: Teller, died: int, kind: str, told: dict[str, Any]
) -> None:
    assert facts(await family.tell(kind, on=LATER, person=ids.an, **told)) == [("already-dead", (died,))]


async def test_that_a_later_fact_would_no_longer_fit_is_said_of_that_fact(family: Teller) -> None:
    method = await family.tell("person.contraception_started", on=LATER, person=ids.lan, method="pill")
    one = uuid7()
    for _ in range(2):
        death = await family.tell("person.died", id=one, on="2025-05-01", person=ids.lan)
        assert facts(death) == [("already-dead", (method.position,))]
        assert death.problem is not None
        (text,) = [reason.text for reason in death.problem.reasons]
        assert text is not None
        assert text.en == "A fact that is on record would no longer fit: The person is dead by then."
        assert text.vi.startswith("Một sự kiện đã ghi sẽ không còn phù hợp: ")
        async with family.connections.acquire() as connection:
            detail = await connection.fetchval("select detail from outcome where report = $1", one)
        (asked,) = reasons_of(detail, office=False)
        assert asked["text"] == {"en": text.en, "vi": text.vi}, "whoever asks later is told the same"


async def test_an_arrival_that_would_lack_its_departure_is_what_no_longer_fits(family: Teller) -> None:
    await family.tell("person.left", on="2025-03-01", person=ids.an, destination="inside_country")
    await family.tell("household.registered", household=ids.other, area=AREA)
    told = {"person": ids.an, "household": ids.home, "sex": "male"}
    came = await family.tell("person.arrived", on="2025-05-01", **told)
    assert came.fate == "recorded"
    earlier = await family.tell("person.arrived", on="2025-04-01", **told | {"household": ids.other})
    assert facts(earlier) == [("departure-missing", (came.position,))]
    assert earlier.problem is not None
    (text,) = [reason.text for reason in earlier.problem.reasons]
    assert text is not None
    assert text.en.endswith("The person still lives in another household then: the departure from there is missing.")


async def test_who_is_divorced_already_is_so_by_a_fact_that_is_named(family: Teller) -> None:
    wedding = await family.tell("person.married", person=ids.lan, spouse=ids.an)
    assert facts(await family.tell("person.reconciled", on=LATER, person=ids.lan)) == [
        ("not-separated", (wedding.position,))
    ]
    told = await family.tell("person.changed", on=LATER, person=ids.lan, new={"marital": "widowed"})
    assert facts(told) == [("spouse-on-record", (wedding.position,))]
    divorce = await family.tell("person.divorced", on="2025-04-01", person=ids.lan)
    for kind in ("person.divorced", "person.separated"):
        assert facts(await family.tell(kind, on=LATER, person=ids.an)) == [("not-married", (divorce.position,))]


async def test_what_is_so_already_is_so_by_a_fact_that_is_named(family: Teller) -> None:
    (sheet,) = [at for at, fact in await family.facts() if fact.kind == "household.registered"]
    head = {"household": ids.home, "head": ids.lan}
    told: list[tuple[str, dict[str, Any], str]] = [
        ("household.head_changed", head, "already-head"),
        ("household.moved", {"household": ids.home, "area": AREA}, "already-there"),
        ("person.moved", {"person": ids.an, "household": ids.home}, "already-there"),
        ("person.arrived", {"person": ids.an, "household": ids.home, "sex": "male"}, "already-there"),
        ("person.changed", {"person": ids.lan, "new": {"relation": "child"}}, "relation-is-head"),
        ("person.pregnancy_reported", {"person": ids.an, "event": "pregnant"}, "recorded-as-male"),
        ("person.born", {"person": uuid7(), "household": ids.home, "sex": "male", "mother": ids.an}, "mother-male"),
    ]
    for kind, payload, code in told:
        assert facts(await family.tell(kind, on=LATER, **payload)) == [(code, (sheet,))], kind


async def test_a_birth_that_is_taken_back_leaves_nobody_of_whom_more_is_told(family: Teller) -> None:
    birth = uuid7()
    (born,) = await family.submit(
        report("person.born", {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "male"}, id=birth)
    )
    assert born.fate == "recorded"
    screened = await family.tell("person.newborn_screened", on="2025-03-02", person=ids.baby, heart="normal")
    voided = await family.tell("fact.voided", on=None, fact=birth)
    assert facts(voided) == [("unknown-then", (screened.position,))]
    later = await family.tell("fact.corrected", on=None, fact=birth, changes={"on": "2025-03-09"})
    assert facts(later) == [("before-birth", (screened.position,))]


async def test_what_was_taken_back_names_what_took_it_back(family: Teller) -> None:
    left = await family.tell("person.left", on="2025-03-01", person=ids.an, destination="abroad")
    void = await family.tell("fact.voided", on=None, fact=left.id, reason="Nhầm người")
    assert facts(await family.tell("fact.voided", on=None, fact=left.id)) == [("already-voided", (void.position,))]


async def test_what_puts_right_a_report_that_told_what_was_told_names_the_first(family: Teller, died: int) -> None:
    twice = await family.tell("person.died", on="2025-05-01", person=ids.an)
    assert (twice.fate, twice.position) == ("duplicate", died)
    amendments: list[tuple[str, dict[str, Any]]] = [("fact.corrected", {"changes": {"on": LATER}}), ("fact.voided", {})]
    for kind, more in amendments:
        refused = await family.tell(kind, on=None, fact=twice.id, **more)
        assert facts(refused) == [("target-told-already", (died,))]


async def test_what_puts_right_a_report_that_was_refused_is_told_so(family: Teller, died: int) -> None:
    refused = await family.tell("person.died", on=LATER, person=ids.an)
    amended = await family.tell("fact.corrected", on=None, fact=refused.id, changes={"on": "2025-06-02"})
    assert facts(refused) == [("already-dead", (died,))]
    assert facts(amended) == [("target-refused", ())]


async def test_a_place_that_ended_did_so_by_a_fact_that_is_named(family: Teller) -> None:
    told: dict[str, Any] = {"change": "merge", "units": [COMMUNE], "into": OTHER}
    merger = await family.tell("unit.reorganised", on="2025-05-01", **told)
    assert facts(await family.tell("area.reassigned", on=LATER, area=SECOND, commune=COMMUNE)) == [
        ("unit-ended", (merger.position,))
    ]


CARE: list[tuple[str, dict[str, Any]]] = [
    ("person.newborn_screened", {"heart": "normal"}),
    ("person.contraception_started", {"method": "iud"}),
    ("person.contraception_stopped", {"method": "iud"}),
    ("person.pregnancy_reported", {"event": "pregnant"}),
    ("person.pregnancy_reported", {"event": "abortion"}),
    ("person.prenatally_screened", {"visit": "week_12", "down": "low"}),
    ("person.health_checked", {}),
    ("couple.checked", {}),
]


@pytest.mark.parametrize(("kind", "told"), CARE)
async def test_what_is_put_right_to_a_day_of_which_it_was_told_already_names_what_was(
    family: Teller, kind: str, told: dict[str, Any]
) -> None:
    first = await family.tell(kind, on="2025-03-01", person=ids.lan, **told)
    second = await family.tell(kind, on="2025-03-05", person=ids.lan, **told)
    answer = await family.tell("fact.corrected", on=None, fact=second.id, changes={"on": "2025-03-01"})
    assert facts(answer) == [("told-that-day", (first.position,))]


async def test_what_would_make_a_report_contradict_itself_names_that_report(teller: Teller) -> None:
    await teller.places()
    line = {"person": ids.lan, "sex": "female", "birth": "2025-01-20", "relation": "child"}
    told: dict[str, Any] = {"household": ids.home, "area": AREA, "members": [line]}
    sheet = await teller.tell("household.registered", on="2025-02-01", **told)
    early = await teller.tell("fact.corrected", on=None, fact=sheet.id, changes={"on": "2025-01-10"})
    assert facts(early) == [("born-after-event", (sheet.position,))]
    own: dict[str, Any] = {"member": ids.lan, "changes": {"spouse": ids.lan}}
    assert facts(await teller.tell("fact.corrected", on=None, fact=sheet.id, **own)) == [
        ("own-spouse", (sheet.position,))
    ]


async def test_what_would_come_before_a_birth_date_that_is_put_right_is_told_so(family: Teller) -> None:
    told: dict[str, Any] = {"person": ids.baby, "household": ids.home, "sex": "male", "birth": "2025-02-20"}
    arrival = await family.tell("person.arrived", **told)
    screened = await family.tell("person.newborn_screened", on="2025-03-02", person=ids.baby, heart="normal")
    for changes, code in (
        ({"on": "2025-03-09", "birth": "2025-03-05"}, "before-birth"),
        ({"on": "2025-03-09"}, "before-person-known"),
    ):
        answer = await family.tell("fact.corrected", on=None, fact=arrival.id, changes=changes)
        assert facts(answer) == [(code, (screened.position,))]
