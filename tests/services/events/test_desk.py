"""What does an office see on its desk: what waits for it, the sheets of a month, whether a month is closed?"""

import importlib
from typing import Any

import asyncpg
import httpx

from contracts.ids import uuid7
from contracts.scopes import Scope
from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, PROVINCE, SECOND, Teller, cloud_event, ids
from tests.services.events.test_api import NDJSON, asking, send
from tests.support.day import within_one_day

REPORTS = frozenset({Scope.EVENTS_REPORT_WRITE, Scope.EVENTS_REPORT_READ})


async def queue(http: httpx.AsyncClient, unit: str, **query: Any) -> dict[str, Any]:
    answer = await http.get("/events/v1/queue", params={"unit": unit} | query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def died(person: str, on: str = "2025-04-10") -> bytes:
    return cloud_event("person.died", {"on": on, "person": person})


async def test_what_was_handed_over_lies_on_the_desk_of_the_office_there_and_on_no_other(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female", an="male")
    deaths = [died(ids.lan), died(ids.an)]
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        for death in deaths:
            assert (await send(collaborator, death)).json()["fate"] == "handed_over"
        assert (await collaborator.get("/events/v1/queue", params={"unit": OTHER})).status_code == 404
    async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
        first = await queue(office, OTHER, limit=1)
        second = await queue(office, OTHER, limit=1, cursor=first["cursor"])
        shown = [*first["reports"], *second["reports"]]
        assert [one["data"]["person"] for one in shown] == [ids.lan, ids.an]
        assert {(one["fate"], one["sender"], *one["places"]) for one in shown} == {("handed_over", "collaborator", FAR)}
        assert (await queue(office, FAR))["cursor"] is None
        told = {"on": "2025-05-02", "reports": [one["id"] for one in shown]}
        assert (await send(office, cloud_event("reports.approved", told))).status_code == 201
        assert (await queue(office, OTHER)) == {"reports": [], "cursor": None}
        assert (await office.get("/events/v1/queue", params={"unit": COMMUNE})).status_code == 404
    assert (await teller.state(ids.lan))["status"] == "dead"


async def test_an_approval_is_answered_with_what_became_of_each_report(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    await teller.tell("month.closed", on="2025-05-01", commune=COMMUNE, month="2025-04")
    deaths = [died(ids.lan), cloud_event("person.died", {"on": "2025-04-12", "person": ids.lan}), died(ids.an)]
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        first, second, third = [(await send(collaborator, death)).json()["id"] for death in deaths]
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        approval = cloud_event("reports.approved", {"on": "2025-05-02", "reports": [first, second]})
        answer = (await send(office, approval)).json()
        one, two = answer["reports"]
        assert (one["id"], one["fate"]) == (first, "recorded")
        assert (two["id"], two["fate"], two["position"]) == (second, "refused", None)
        assert (two["reasons"][0]["code"], two["reasons"][0]["facts"]) == ("already-dead", [one["position"]])
        again = (await send(office, approval)).json()
        assert (again["duplicate"], again["reports"]) == (True, answer["reports"])
        amendment = {"on": "2025-05-02", "report": third, "correction": uuid7(), "changes": {"on": "2025-04-11"}}
        batch = await office.post(
            "/events/v1/reports", content=cloud_event("report.amended", amendment), headers=NDJSON
        )
        assert [one["fate"] for one in batch.json()["reports"]] == ["recorded"]
    async with asking(teller.database, client="another", areas=("VN",)) as another:
        assert "reports" not in (await send(another, approval)).json()


async def overdue(http: httpx.AsyncClient, unit: str, **query: Any) -> list[dict[str, Any]]:
    answer = await http.get("/events/v1/overdue", params={"unit": unit} | query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["reports"]
    return found


async def test_an_office_reads_a_report_on_its_desk_that_somebody_else_told(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, died(ids.lan))).json()["id"]
        other = (await send(collaborator, died(ids.nobody))).json()["id"]
        own = (await collaborator.get(f"/events/v1/reports/{report}")).json()
        assert (own["data"]["person"], "places" in own) == (ids.lan, False), "whose office has it is not hers to know"
    async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
        told = (await office.get(f"/events/v1/reports/{report}")).json()
        (queued,) = (await queue(office, OTHER))["reports"]
        assert told == queued | {"duplicates": 0, "need": f"approved:{report}"}
        assert (told["data"]["person"], told["sender"]) == (ids.lan, "collaborator")
        assert (await office.get(f"/events/v1/reports/{other}")).status_code == 404
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as elsewhere:
        assert (await elsewhere.get(f"/events/v1/reports/{report}")).status_code == 404
        overdue_told = (await elsewhere.get(f"/events/v1/reports/{other}")).json()
        assert (overdue_told["need"], overdue_told["data"]["person"]) == (ids.nobody, ids.nobody)
    async with asking(teller.database, client="reader", areas=(OTHER,), scopes=REPORTS) as reader:
        assert (await reader.get(f"/events/v1/reports/{report}")).status_code == 404


async def test_of_what_is_withheld_an_office_reads_the_fate_alone(teller: Teller) -> None:
    await teller.places()
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        check = cloud_event("person.contraception_started", {"on": "2025-04-01", "person": ids.two, "method": "iud"})
        report = (await send(collaborator, check)).json()["id"]
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        told = (await office.get(f"/events/v1/reports/{report}")).json()
        assert (told["fate"], told["data"], ids.two in str(told)) == ("waiting", None, False)


async def test_what_waits_too_long_for_another_report_is_a_task_of_its_senders_office(teller: Teller) -> None:
    day = within_one_day()
    await teller.places()
    await teller.family(ids.home, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        death = (await send(collaborator, died(ids.nobody))).json()
        check = cloud_event("person.contraception_started", {"on": "2025-04-01", "person": ids.two, "method": "iud"})
        await send(collaborator, check)
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        assert await overdue(office, COMMUNE) == [], "it came in today"
        first, second = await overdue(office, COMMUNE, days=0)
        assert (first["id"], first["need"], first["data"]["person"]) == (death["id"], ids.nobody, ids.nobody)
        assert first["since"] == day
        assert second["data"] is None, "care is for whoever may read it"
        page = (await office.get("/events/v1/overdue", params={"unit": AREA, "days": 0, "limit": 1})).json()
        (after,) = await overdue(office, AREA, days=0, limit=1, cursor=page["cursor"])
        assert [one["id"] for one in (*page["reports"], after)] == [first["id"], second["id"]]
        assert (await office.get("/events/v1/overdue", params={"unit": OTHER})).status_code == 404
    async with asking(teller.database, client="officer", areas=(OTHER,)) as elsewhere:
        assert await overdue(elsewhere, OTHER, days=0) == []
    async with asking(teller.database, client="centre") as centre:
        await send(centre, died(ids.one))
        assert len(await overdue(centre, COMMUNE, days=0)) == 3, "who may report for the whole country sees its own too"
    await teller.tell(
        "household.registered", household=ids.new, area=AREA, members=[{"person": ids.nobody, "sex": "male"}]
    )
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        assert [one["id"] for one in await overdue(office, COMMUNE, days=0)] == [second["id"]]


async def test_what_a_sender_with_more_than_a_unit_told_is_overdue_in_it_for_whoever_has_as_much(
    teller: Teller,
) -> None:
    await teller.places()
    async with asking(teller.database, areas=(PROVINCE,), scopes=REPORTS) as sender:
        death = (await send(sender, died(ids.nobody))).json()["id"]
    for areas, unit, found in (
        ((PROVINCE,), PROVINCE, [death]),
        ((PROVINCE,), COMMUNE, [death]),
        ((PROVINCE,), AREA, [death]),
        (("VN",), AREA, [death]),
        # Whom it speaks of may live in another commune, and none of them decides about it.
        ((COMMUNE,), COMMUNE, []),
    ):
        async with asking(teller.database, client="officer", areas=areas) as office:
            assert [one["id"] for one in await overdue(office, unit, days=0)] == found, (areas, unit)


async def test_what_waits_for_the_office_is_no_overdue_report(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        assert (await send(collaborator, died(ids.lan))).json()["fate"] == "handed_over"
    async with asking(teller.database, client="officer", areas=("VN",)) as office:
        assert await overdue(office, COMMUNE, days=0) == []


async def test_the_sheets_of_a_month_say_what_is_due_and_who_drew_them_up(teller: Teller) -> None:
    await teller.places()
    sheet = {"area": AREA, "month": "2025-04"}
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        assert (await send(office, cloud_event("sheet.drawn_up", sheet | {"on": "2025-05-01"}))).status_code == 201
        assert (await send(office, cloud_event("sheet.appraised", sheet | {"on": "2025-05-03"}))).status_code == 201
        late = {"area": SECOND, "month": "2025-04", "on": "2025-05-04"}
        assert (await send(office, cloud_event("sheet.drawn_up", late))).status_code == 201
        told = (await office.get(f"/events/v1/units/{COMMUNE}/sheets/2025-04")).json()
        assert (told["due"], [one["area"] for one in told["sheets"]]) == ("2025-05-01", [AREA, SECOND])
        first, second = told["sheets"]
        assert (first["late"], first["drawn_up"]["by"], first["appraised"]["on"]) == (False, "officer", "2025-05-03")
        assert (second["late"], second["appraised"]) == (True, None)
        missing = (await office.get(f"/events/v1/units/{COMMUNE}/sheets/2025-03")).json()["sheets"]
        assert [(one["late"], one["drawn_up"]) for one in missing] == [(True, None), (True, None)]
        # The areas were founded in January 2019, and owe a sheet since then.
        for month, owed in (("2018-12", False), ("2019-01", True)):
            early = (await office.get(f"/events/v1/units/{COMMUNE}/sheets/{month}")).json()["sheets"]
            assert [one["late"] for one in early] == [owed, owed], month
        assert (await office.get(f"/events/v1/units/{OTHER}/sheets/2025-04")).status_code == 404
        assert (await office.get(f"/events/v1/units/{COMMUNE}/sheets/2025-13")).status_code == 422


async def test_a_month_says_whether_it_is_closed(teller: Teller) -> None:
    await teller.places()
    month = {"commune": COMMUNE, "month": "2025-03", "on": "2025-04-05"}
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        address = f"/events/v1/units/{COMMUNE}/months/2025-03"
        assert (await office.get(address)).json()["closed"] is None
        assert (await send(office, cloud_event("month.closed", month))).status_code == 201
        closed = (await office.get(address)).json()["closed"]
        assert (closed["on"], closed["by"]) == ("2025-04-05", "officer")
        reopened = month | {"on": "2025-04-20", "reason": "Báo muộn"}
        assert (await send(office, cloud_event("month.reopened", reopened))).status_code == 201
        assert (await office.get(address)).json()["closed"] is None
        again = cloud_event("month.reopened", reopened, id=uuid7())
        assert (await send(office, again)).json()["reasons"][0]["code"] == "not-closed"


async def test_whoever_visits_an_area_reads_whether_the_month_of_its_commune_is_closed(teller: Teller) -> None:
    await teller.places()
    await teller.tell("month.closed", on="2025-04-05", commune=COMMUNE, month="2025-03")
    read = {}
    for area in (AREA, FAR, "99999-20200101-001"):
        async with asking(teller.database, areas=(area,), scopes=REPORTS) as collaborator:
            answer = await collaborator.get(f"/events/v1/units/{COMMUNE}/months/2025-03")
            read[area] = answer.json()["closed"]["on"] if answer.status_code == 200 else answer.status_code
    assert read == {AREA: "2025-04-05", FAR: 404, "99999-20200101-001": 404}


async def test_a_unit_that_is_on_no_books_is_no_unit_where_nothing_waits(teller: Teller) -> None:
    await teller.places()
    unknown = "99999-20200101"
    paths = (
        "queue?unit={}",
        "overdue?unit={}",
        "units/{}/sheets",
        "units/{}/sheets/2025-03",
        "units/{}/months/2025-03",
    )
    async with asking(teller.database, client="centre") as centre:
        for path in paths:
            answer = await centre.get(f"/events/v1/{path.format(unknown)}")
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "unknown-unit"), path
            assert (await centre.get(f"/events/v1/{path.format(COMMUNE)}")).status_code == 200, path
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as officer:
        for path in paths:
            answer = await officer.get(f"/events/v1/{path.format(unknown)}")
            assert (answer.status_code, "errors" in answer.json()) == (404, False), path


async def test_what_waited_before_is_found_by_its_sender_s_areas_once_the_ledger_is_brought_up_to_date(
    family: Teller,
) -> None:
    await family.tell("person.died", person=ids.nobody)
    step = importlib.import_module("services.events.migrations.versions.0018_areas_of_senders")
    owner = await asyncpg.connect(family.database.owner_dsn)
    await owner.execute("update waiting set areas = null")
    await owner.execute(step.AREAS)
    assert await owner.fetchval("select areas from waiting") == ["VN"]
    await owner.close()
