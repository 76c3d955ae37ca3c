"""Which marriages are noted: under age (tảo hôn), and of kin within three generations (cận huyết thống)?

Luật Hôn nhân và Gia đình 52/2014/QH13: men marry from full 20 and women from full 18 years (article 8), nobody one of
the direct line or a relative within three generations (article 5): those of one stem, from which brothers and sisters
are the second and their children the third (article 3). The books know stems by mothers alone.
"""

from typing import Any

import pytest

from services.events.intake.answer import Answer
from services.events.store import ledger
from tests.services.events.telling import AREA, FAR, Teller, ids, refused_for

UNDER_AGE, RELATED = "under-age-union", "related-union"


@pytest.fixture
async def village(teller: Teller) -> Teller:
    await teller.places()
    return teller


async def lives(village: Teller, household: str, area: str, **people: dict[str, Any]) -> None:
    """A household whose people are of full age, where nothing else is said of them."""
    lines = [{"person": getattr(ids, name), "birth": "1990", **told} for name, told in people.items()]
    await village.tell("household.registered", on="2020-01-01", household=household, area=area, members=lines)


async def marry(village: Teller, person: str, spouse: str, on: str = "2025-03-01") -> Answer:
    answer = await village.tell("person.married", on=on, person=person, spouse=spouse)
    assert answer.fate == "recorded", answer
    return answer


@pytest.mark.parametrize(
    ("sex", "birth", "on", "noted"),
    [
        ("female", "2004-03-01", "2022-02-28", True),
        ("female", "2004-03-01", "2022-03-01", False),
        ("female", "2004-02-29", "2022-02-27", True),
        ("female", "2004-02-29", "2022-02-28", False),  # February 2022 ends on that day, and with it her 18th year
        ("female", "2004-02-29", "2022-03-01", False),
        ("male", "2004-02-29", "2024-02-28", True),
        ("male", "2004-02-29", "2024-02-29", False),
        ("female", "2004", "2022-01-01", False),
        ("female", "2004-03", "2022-02-28", True),
        ("unknown", "2010-01-01", "2022-02-28", False),
    ],
)
async def test_who_is_under_age_on_the_day_is_noted(
    village: Teller, sex: str, birth: str, on: str, *, noted: bool
) -> None:
    await lives(village, ids.home, AREA, lan={"sex": sex, "birth": birth})
    answer = await village.tell("person.married", on=on, person=ids.lan)
    assert (answer.fate, UNDER_AGE in answer.notes) == ("recorded", noted)


@pytest.fixture
async def kin(village: Teller) -> Teller:
    """Old Cúc has the daughters Mai and Hoa and the son Ba, Mai has An, Hoa has Lan, and Lan has Chi."""
    old = {"sex": "female", "birth": "1930"}
    daughter = {"sex": "female", "birth": "1955", "mother": ids.cuc}
    await lives(village, ids.home, AREA, cuc=old, mai=daughter, ba=daughter | {"sex": "male"})
    await lives(village, ids.other, AREA, an={"sex": "male", "mother": ids.mai}, dung={"sex": "male"})
    lan = {"sex": "female", "birth": "1985", "mother": ids.hoa}
    await lives(village, ids.far, FAR, hoa=daughter, lan=lan, chi={"sex": "female", "birth": "2004", "mother": ids.lan})
    return village


@pytest.mark.parametrize(
    ("person", "spouse", "noted"),
    [
        ("ba", "cuc", True),
        ("ba", "hoa", True),
        ("an", "cuc", True),
        ("an", "hoa", True),
        ("lan", "ba", True),
        ("an", "lan", True),
        ("an", "chi", False),
        ("dung", "lan", False),
    ],
    ids=["mother", "sister", "grandmother", "aunt", "uncle", "cousin", "cousin's child", "nobody's kin"],
)
async def test_kin_within_three_generations_is_noted(kin: Teller, person: str, spouse: str, *, noted: bool) -> None:
    answer = await marry(kin, getattr(ids, person), getattr(ids, spouse))
    assert (RELATED in answer.notes) == noted


async def test_kin_by_a_mother_who_turned_out_to_be_another_is_noted(kin: Teller) -> None:
    """Hoa was told once more, as the mother of Thu."""
    await lives(kin, ids.third, FAR, twice={"sex": "female"}, thu={"sex": "female", "mother": ids.twice})
    assert RELATED not in (await marry(kin, ids.an, ids.thu)).notes
    await kin.tell("person.divorced", on="2025-03-02", person=ids.an)
    await kin.tell("person.merged", on="2025-03-03", person=ids.twice, into=ids.hoa)
    assert RELATED in (await marry(kin, ids.an, ids.thu, on="2025-03-04")).notes


async def test_kin_is_told_by_mothers_who_are_dead_or_not_on_the_books(kin: Teller) -> None:
    await kin.tell("person.died", on="2025-02-01", person=ids.mai)
    assert RELATED in (await marry(kin, ids.an, ids.lan)).notes
    both = {"birth": "1995", "mother": ids.nobody}
    await lives(kin, ids.third, AREA, thu=both | {"sex": "female"}, minh=both | {"sex": "male"})
    assert RELATED in (await marry(kin, ids.thu, ids.minh)).notes


async def test_the_mothers_of_a_couple_are_read_with_all_else(kin: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def missed(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(ledger, "load", missed)
    assert RELATED in (await marry(kin, ids.an, ids.lan)).notes


@pytest.mark.parametrize(
    ("before", "after", "noted"),
    [
        ("single", "married", True),
        ("divorced", "married", True),
        ("widowed", "married", True),
        ("married", "divorced", True),
        ("separated", "divorced", True),
        ("unknown", "married", False),
        ("refused", "divorced", False),
        ("single", "divorced", False),
        ("married", "widowed", False),
        ("separated", "married", False),
    ],
)
async def test_a_marriage_or_divorce_told_as_a_change_is_noted_since_no_figure_counts_it(
    village: Teller, before: str, after: str, *, noted: bool
) -> None:
    """List 6 of the P0 form takes any basic fact, and the form has no list of marriages."""
    await lives(village, ids.home, AREA, lan={"sex": "female", "marital": before})
    answer = await village.tell("person.changed", person=ids.lan, new={"marital": after})
    assert (answer.fate, "union-told-as-change" in answer.notes) == ("recorded", noted)


async def test_nobody_marries_herself(village: Teller) -> None:
    await lives(village, ids.home, AREA, lan={"sex": "female"})
    assert refused_for(await village.tell("person.married", person=ids.lan, spouse=ids.lan)) == ["own-spouse"]
