"""Does what amends a withheld report, or what a fact names, give away that something withheld was told?"""

import httpx

from contracts.ids import uuid7
from contracts.scopes import Scope
from tests.services.events.telling import Teller, cloud_event, ids
from tests.services.events.test_api import EVERY, NDJSON, asking, send

PLAIN = EVERY | {Scope.REGISTRY_CARE_READ}


async def fact(http: httpx.AsyncClient, position: int | None) -> httpx.Response:
    return await http.get(f"/events/v1/facts/{position}")


async def test_what_amends_a_report_of_a_disability_alone_is_not_there_either(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    alone, dated = uuid7(), uuid7()
    told = [
        await teller.tell("person.changed", id=alone, person=ids.lan, new={"disability": "movement"}),
        await teller.tell("fact.corrected", id=dated, on=None, fact=alone, changes={"on": "2025-02-20"}),
        await teller.tell("fact.voided", on=None, fact=dated),
        await teller.tell("fact.voided", on=None, fact=alone),
    ]
    assert {answer.fate for answer in told} == {"recorded"}
    async with asking(teller.database, scopes=PLAIN) as http:
        assert [(await fact(http, one.position)).status_code for one in told] == [404] * 4
    async with asking(teller.database, scopes=PLAIN | {Scope.REGISTRY_DISABILITY_READ}) as http:
        assert [(await fact(http, one.position)).status_code for one in told] == [200] * 4


async def test_a_birth_names_its_mother_whether_or_not_a_pregnancy_of_hers_is_known(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female", mai="female")
    await teller.tell("person.pregnancy_reported", on="2025-02-20", person=ids.lan, event="pregnant")
    names = []
    for mother, child in ((ids.lan, ids.baby), (ids.mai, ids.other_baby)):
        told = {"person": child, "household": ids.home, "sex": "female", "mother": mother}
        born = await teller.tell("person.born", on="2025-08-30", **told)
        async with asking(teller.database) as http:
            names.append((await fact(http, born.position)).json()["fact"].get("names"))
    assert names == [[ids.lan], [ids.mai]]


async def test_a_refusal_names_no_position_at_which_something_withheld_was_told(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    pregnant = await teller.tell("person.pregnancy_reported", on="2025-02-20", person=ids.lan, event="pregnant")
    for scopes, facts in ((EVERY, []), (PLAIN, [pregnant.position])):
        id_ = uuid7()
        told = cloud_event("person.died", {"on": "2025-02-10", "person": ids.lan}, id=id_)
        async with asking(teller.database, scopes=scopes) as http:
            refused = await send(http, told)
            again = (await send(http, told, NDJSON)).json()["problem"]
            fate = (await http.get(f"/events/v1/reports/{id_}")).json()
            (listed,) = [
                one for one in (await http.get("/events/v1/reports?fate=refused")).json()["reports"] if one["id"] == id_
            ]
        for one in (refused.json(), again, fate, listed):
            assert [reason["facts"] for reason in one["reasons"]] == [facts]
