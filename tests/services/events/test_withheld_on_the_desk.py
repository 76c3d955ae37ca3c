"""Does the desk of an office keep silent about what corrects a report that the officer may not read?"""

from contracts.ids import uuid7
from contracts.scopes import Scope
from tests.services.events.telling import AREA, COMMUNE, Teller, cloud_event, ids
from tests.services.events.test_api import EVERY, asking, send
from tests.services.events.test_desk import REPORTS, overdue, queue


async def test_a_correction_of_care_that_waits_for_the_office_is_shown_to_whoever_may_read_care(family: Teller) -> None:
    started, moved = uuid7(), uuid7()
    await family.tell("person.contraception_started", id=started, person=ids.lan, method="pill")
    await family.tell("person.left", id=moved, person=ids.an, destination="abroad")
    wrong = {"fact": started, "changes": {"method": "condom"}, "reason": "bao cao su"}
    month = {"commune": COMMUNE, "month": "2025-03", "on": "2025-04-05"}
    care = EVERY | {Scope.REGISTRY_CARE_READ}
    async with asking(family.database, client="officer", areas=(COMMUNE,)) as office:
        assert (await send(office, cloud_event("month.closed", month))).status_code == 201
    async with asking(family.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        for about in (wrong, {"fact": moved, "changes": {"on": "2025-03-02"}}):
            assert (await send(collaborator, cloud_event("fact.corrected", about))).json()["fate"] == "waiting"
    for scopes, shown in ((EVERY, [None, True]), (care, [True, True])):
        async with asking(family.database, client="officer", areas=(COMMUNE,), scopes=scopes) as office:
            found = (await queue(office, COMMUNE))["reports"]
        assert [one["data"] and True for one in found] == shown


async def test_a_correction_of_care_that_waits_for_its_report_is_shown_to_whoever_may_read_care(teller: Teller) -> None:
    await teller.places()
    wrong = {"fact": uuid7(), "changes": {"method": "condom"}}
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        assert (await send(collaborator, cloud_event("fact.corrected", wrong))).json()["fate"] == "waiting"
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        (one,) = await overdue(office, COMMUNE, days=0)
    assert one["data"] is None
