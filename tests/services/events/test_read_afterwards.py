"""Who reads what became of a report, once its office has decided it or it had no need of one?"""

from contracts.scopes import Scope
from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, Teller, cloud_event, ids
from tests.services.events.test_api import asking, send
from tests.services.events.test_desk import REPORTS, died


async def test_a_sender_reads_what_she_told_that_was_returned(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, died(ids.nobody))).json()["id"]
        at_once = (await send(collaborator, died(ids.lan, on="1900-01-01"))).json()["id"]
        assert "data" not in (await collaborator.get(f"/events/v1/reports/{at_once}")).json(), "never on the ledger"
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        returned = {"on": "2025-05-01", "reports": [report], "reason": "Ai?"}
        assert (await send(office, cloud_event("reports.returned", returned))).json()["fate"] == "recorded"
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        told = (await collaborator.get(f"/events/v1/reports/{report}")).json()
        assert (told["fate"], told["reason"], told["data"]["person"]) == ("returned", "Ai?", ids.nobody)
        assert (told["on"], told["position"], told["since"][:2]) == (told["data"]["on"], None, "20")
    async with asking(teller.database, client="another", areas=(AREA,), scopes=REPORTS) as another:
        assert (await another.get(f"/events/v1/reports/{report}")).status_code == 404


async def test_a_returned_report_tells_its_sender_why(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        one = (await send(collaborator, died(ids.lan))).json()["id"]
        async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
            told = {"on": "2025-05-02", "reports": [one], "reason": "Không khớp giấy báo tử"}
            assert (await send(office, cloud_event("reports.returned", told))).status_code == 201
        fate = (await collaborator.get(f"/events/v1/reports/{one}")).json()
        assert (fate["fate"], fate["reason"]) == ("returned", "Không khớp giấy báo tử")
        counts = (await collaborator.get("/events/v1/reports")).json()["counts"]
        assert counts == {"returned": 1, "duplicate_deliveries": 0}


async def test_an_office_reads_afterwards_why_what_lay_on_its_desk_was_refused_or_returned(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female", an="male")
    deaths = [died(ids.lan), died(ids.an), cloud_event("person.died", {"on": "2025-04-12", "person": ids.lan})]
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        first, second, third = [(await send(collaborator, death)).json()["id"] for death in deaths]
        async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
            approval = cloud_event("reports.approved", {"on": "2025-05-02", "reports": [first, third]})
            one, two = (await send(office, approval)).json()["reports"]
            told = {"on": "2025-05-02", "reports": [second], "reason": "Sai người"}
            assert (await send(office, cloud_event("reports.returned", told))).status_code == 201
            refused = (await office.get(f"/events/v1/reports/{third}")).json()
            returned = (await office.get(f"/events/v1/reports/{second}")).json()
        hers = (await collaborator.get(f"/events/v1/reports/{third}")).json()
    assert (one["fate"], two["fate"]) == ("recorded", "refused")
    # The office may know what the sender, who has no place there, may not.
    assert [(why["code"], why["facts"]) for why in two["reasons"]] == [("already-dead", [one["position"]])]
    assert [why["code"] for why in hers["reasons"]] == ["contradicted-elsewhere"]
    assert (hers["data"], "places" in hers) == (refused["data"], False), "what she told herself is no secret to her"
    assert (refused["fate"], refused["reasons"]) == ("refused", two["reasons"])
    assert (refused["data"]["on"], refused["sender"], refused["places"]) == ("2025-04-12", "collaborator", [FAR])
    assert (returned["fate"], returned["reason"], returned["data"]["person"]) == ("returned", "Sai người", ids.an)
    for client, areas, scopes in (("elsewhere", COMMUNE, frozenset(Scope)), ("reader", OTHER, REPORTS)):
        async with asking(teller.database, client=client, areas=(areas,), scopes=scopes) as other:
            for report in (second, third):
                assert (await other.get(f"/events/v1/reports/{report}")).status_code == 404


async def test_the_fate_of_what_somebody_else_told_is_read_where_it_is_recorded_by_whoever_sees_the_place(
    teller: Teller,
) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, died(ids.lan))).json()["id"]
    read = {}
    for area in (COMMUNE, OTHER):
        async with asking(teller.database, client="reader", areas=(area,), scopes=REPORTS) as reader:
            answer = await reader.get(f"/events/v1/reports/{report}")
            read[area] = answer.json()["fate"] if answer.status_code == 200 else answer.status_code
    assert read == {COMMUNE: "recorded", OTHER: 404}


async def test_what_was_recorded_is_no_more_read_as_it_lay_on_a_desk(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, died(ids.lan))).json()["id"]
        async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
            approval = cloud_event("reports.approved", {"on": "2025-05-02", "reports": [report]})
            (one,) = (await send(office, approval)).json()["reports"]
            read = [(await client.get(f"/events/v1/reports/{report}")).json() for client in (collaborator, office)]
    told = {"id": report, "fate": "recorded", "position": one["position"], "duplicates": 0}
    assert read == [told, told]


async def test_the_office_of_its_sender_reads_afterwards_what_waited_for_another_report_and_was_refused(
    teller: Teller,
) -> None:
    await teller.places()
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, died(ids.lan))).json()["id"]
    # She came to the books only after the day on which she is told to have died.
    lan = [{"person": ids.lan, "sex": "female"}]
    await teller.tell("household.registered", on="2025-05-01", household=ids.home, area=AREA, members=lan)
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        told = (await office.get(f"/events/v1/reports/{report}")).json()
        assert (told["fate"], told["data"]["person"]) == ("refused", ids.lan)
    async with asking(teller.database, client="officer", areas=(OTHER,)) as elsewhere:
        assert (await elsewhere.get(f"/events/v1/reports/{report}")).status_code == 404


async def test_an_office_reads_what_it_approved_and_what_waits_for_another_report_since(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    born = {"on": "2025-04-01", "person": ids.one, "household": ids.far, "sex": "female"}
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, cloud_event("person.born", born))).json()["id"]
    _, registered = (await teller.facts())[-1]
    assert (await teller.tell("fact.voided", on=None, fact=registered.cause.report)).fate == "recorded"
    async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
        approval = cloud_event("reports.approved", {"on": "2025-05-02", "reports": [report]})
        (one,) = (await send(office, approval)).json()["reports"]
        assert one["fate"] == "waiting"
        told = (await office.get(f"/events/v1/reports/{report}")).json()
        assert (told["fate"], told["need"], told["data"]["household"]) == ("waiting", ids.far, ids.far)


async def test_what_the_office_approves_that_is_on_the_books_already_is_a_duplicate_for_its_sender(
    teller: Teller,
) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        report = (await send(collaborator, died(ids.lan))).json()["id"]
        known = await teller.tell("person.died", on="2025-04-10", person=ids.lan)
        async with asking(teller.database, client="officer", areas=(OTHER,)) as office:
            approval = cloud_event("reports.approved", {"on": "2025-05-02", "reports": [report]})
            (one,) = (await send(office, approval)).json()["reports"]
        assert (one["fate"], one["position"]) == ("duplicate", known.position)
        assert (await collaborator.get(f"/events/v1/reports/{report}")).json()["fate"] == "duplicate"


async def test_an_approval_that_waited_for_its_device_s_number_tells_what_became_of_the_reports(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    await teller.tell("month.closed", on="2025-05-01", commune=COMMUNE, month="2025-04")
    deaths = [died(ids.lan), cloud_event("person.died", {"on": "2025-04-12", "person": ids.lan})]
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        reports = [(await send(collaborator, death)).json()["id"] for death in deaths]
    async with asking(teller.database, client="officer", areas=(COMMUNE,)) as office:
        told = {"on": "2025-05-02", "reports": reports}
        late = cloud_event("reports.approved", told, device="desk", devicesequence=2)
        approval = (await send(office, late)).json()
        assert (approval["fate"], "reports" in approval) == ("waiting", False)
        path = f"/events/v1/reports/{approval['id']}"
        assert "reports" not in (await office.get(path)).json()
        sheet = {"area": AREA, "month": "2025-04", "on": "2025-05-01"}
        first = cloud_event("sheet.drawn_up", sheet, device="desk", devicesequence=1)
        assert (await send(office, first)).json()["fate"] == "recorded"
        fates = (await office.get(path)).json()["reports"]
        assert [(one["id"], one["fate"]) for one in fates] == [(reports[0], "recorded"), (reports[1], "refused")]
        assert fates[1]["reasons"][0]["code"] == "already-dead"
        assert fates == (await send(office, late)).json()["reports"]
    async with asking(teller.database, client="another", areas=("VN",)) as another:
        assert "reports" not in (await another.get(path)).json()


async def test_whoever_took_a_decision_reads_it_and_nobody_else_without_business_there(teller: Teller) -> None:
    await teller.places()
    drawn_up = cloud_event("sheet.drawn_up", {"area": AREA, "month": "2025-04", "on": "2025-05-01", "lines": 3})
    async with asking(teller.database, areas=(AREA,)) as collaborator:
        position = (await send(collaborator, drawn_up)).json()["position"]
        told = (await collaborator.get(f"/events/v1/facts/{position}")).json()
        assert told["fact"]["cause"]["data"]["lines"] == 3
    for areas, status in ((COMMUNE, 200), (OTHER, 404)):
        async with asking(teller.database, client="officer", areas=(areas,)) as office:
            assert (await office.get(f"/events/v1/facts/{position}")).status_code == status
    # Also once she works elsewhere, but no more what she told of people there.
    await teller.family(ids.home, lan="female")
    async with asking(teller.database, areas=(AREA,)) as collaborator:
        death = (await send(collaborator, died(ids.lan))).json()["position"]
    async with asking(teller.database, areas=(OTHER,)) as moved_since:
        read = [(await moved_since.get(f"/events/v1/facts/{at}")).status_code for at in (position, death)]
    assert read == [200, 404]
