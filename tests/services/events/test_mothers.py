"""Is a mother noted of whom it can hardly be true, where a birth or a sheet of the A0 book (phiếu hộ dân cư) names her?

The form follows women of 15 to 49 years; a birth before or after that is rare, and mostly a wrong date or line.
"""

from typing import Any

import pytest

from tests.services.events.telling import AREA, Teller, ids, refused_for

OUTSIDE, OF_A_MAN = "outside-childbearing-age", "pregnancy-of-a-man"


async def sheet(village: Teller, mother: dict[str, Any], child: dict[str, Any]) -> tuple[str, ...]:
    """Register Hoa with her child on New Year 2025; the notes."""
    lines = [{"person": ids.hoa, **mother}, {"person": ids.lan, "sex": "female", "mother": ids.hoa, **child}]
    answer = await village.tell(
        "household.registered", on="2025-01-01", household=ids.third, area=AREA, members=lines, head=ids.hoa
    )
    assert answer.fate == "recorded", answer
    return answer.notes


@pytest.fixture
async def village(teller: Teller) -> Teller:
    await teller.places()
    return teller


@pytest.mark.parametrize(
    ("mother", "child", "notes"),
    [
        ("1990-05-20", "2005-05-20", ()),
        ("1990-05-20", "2005-05-19", (OUTSIDE,)),
        ("1960-05-20", "2010-05-19", ()),
        ("1960-05-20", "2010-05-20", (OUTSIDE,)),
        ("2010-05-20", "1990-05-20", (OUTSIDE,)),
        ("1990", "2005-01-01", ()),
        ("1990", "2004-12-31", (OUTSIDE,)),
        ("1990-05-20", "2005", ()),
        ("1990-05-20", "1995", ()),
    ],
    ids=["15", "14", "49", "50", "younger than her child", "perhaps 15", "14 at most", "unsure", "of no known day"],
)
async def test_a_mother_on_a_sheet_was_of_an_age_to_bear_her_child(
    village: Teller, mother: str, child: str, notes: tuple[str, ...]
) -> None:
    assert await sheet(village, {"sex": "female", "birth": mother}, {"birth": child}) == notes


async def test_a_mother_on_a_sheet_is_no_man(village: Teller) -> None:
    mother = {"sex": "male", "birth": "1990-05-20"}
    assert await sheet(village, mother, {"birth": "2016-05-20"}) == (OF_A_MAN,)


@pytest.mark.parametrize(
    ("on", "sex", "notes"),
    [
        ("2025-03-01", "unknown", ("mother-sex-unknown",)),
        ("2024-12-31", "female", ("mother-not-yet-registered",)),
    ],
)
async def test_a_mother_of_whom_too_little_is_known_is_noted_at_the_birth(
    village: Teller, on: str, sex: str, notes: tuple[str, ...]
) -> None:
    await village.family(ids.home, on="2024-01-01", an="male")
    await sheet(village, {"sex": sex, "birth": "1990-05-20"}, {"birth": "2016-05-20"})
    answer = await village.tell("person.born", on=on, person=ids.baby, household=ids.home, sex="male", mother=ids.hoa)
    assert (answer.fate, answer.notes) == ("recorded", notes)


async def test_a_mother_may_die_on_the_day_of_the_birth_and_not_before_it(village: Teller) -> None:
    await village.family(ids.home, hoa="female")
    death = await village.tell("person.died", on="2025-03-01", person=ids.hoa)
    child = {"household": ids.home, "sex": "male", "mother": ids.hoa}
    late = await village.tell("person.born", on="2025-03-02", person=ids.lan, **child)
    assert refused_for(late) == ["mother-dead"]
    assert late.problem is not None
    assert late.problem.reasons[0].facts == (death.position,)
    assert (await village.tell("person.born", on="2025-03-01", person=ids.an, **child)).fate == "recorded"


async def test_nobody_is_born_as_her_own_mother(village: Teller) -> None:
    await village.family(ids.home, hoa="female")
    born = await village.tell("person.born", person=ids.lan, household=ids.home, sex="female", mother=ids.lan)
    assert refused_for(born) == ["own-mother"]
