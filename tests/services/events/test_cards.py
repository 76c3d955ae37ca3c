"""Is it noted that somebody gets a health card (thẻ BHYT) which another has, in whichever of its two prints?"""

import pytest

from tests.services.events.telling import AREA, Teller, ids

OLD, NEW = "DN4010120860538", "0120860538"


@pytest.mark.parametrize(("first", "second"), [(OLD, NEW), (NEW, OLD), (OLD, OLD)])
async def test_both_prints_of_a_health_card_are_one_card(teller: Teller, first: str, second: str) -> None:
    await teller.places()
    told = []
    for home, person, card in ((ids.home, ids.lan, first), (ids.other, ids.mai, second)):
        personal = {"name": "Nguyễn Thị Lan", "identifiers": [{"type": "bhyt", "value": card}]}
        member = {"person": person, "sex": "female", "personal": personal}
        told.append(await teller.tell("household.registered", household=home, area=AREA, members=[member]))
    assert ["identifier-clash" in answer.notes for answer in told] == [False, True]
