"""Is it noted that somebody gets a health card (thẻ BHYT) which another has, in whichever of its two prints?"""

from collections.abc import Iterable
from typing import Any

import pytest

from services.events.store import ledger
from tests.services.events.telling import AREA, Teller, ids, report

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


async def test_the_holders_of_the_cards_of_a_batch_are_read_at_once(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    asked: list[list[str]] = []
    load = ledger.load_holders

    async def noted(connection: Any, world: Any, values: Iterable[str]) -> None:
        wanted = list(values)
        asked.extend([wanted] if wanted else [])
        await load(connection, world, wanted)

    monkeypatch.setattr(ledger, "load_holders", noted)
    reports = []
    for number, (home, person) in enumerate(((ids.home, ids.lan), (ids.other, ids.mai))):
        personal = {"name": "Nguyễn Thị Lan", "identifiers": [{"type": "bhyt", "value": f"DN401012086053{number}"}]}
        member = {"person": person, "sex": "female", "personal": personal}
        told = {"on": "2025-03-01", "household": home, "area": AREA, "members": [member]}
        reports.append(report("household.registered", told))
    assert [one.fate for one in await teller.submit(*reports)] == ["recorded", "recorded"]
    assert asked == [["bhyt:0120860530", "bhyt:0120860531"]]
