"""Is a fact given to those who may not see contraception, pregnancy and checks as if nothing of it had been told?"""

import json

import httpx
import msgspec

from contracts.ids import uuid7
from contracts.json_schema import schemas
from contracts.scopes import Scope
from tests.services.events.telling import AREA, FAR, OTHER, Teller, cloud_event, ids, report
from tests.services.events.test_api import EVERY, asking, send
from tests.services.events.test_desk import REPORTS, queue

CANARIES = ("care", "pregnan", "pill", "contracept", "week_12")


async def life(teller: Teller) -> dict[str, int]:
    """A woman's life, with a move told late; gives where each report is recorded."""
    await teller.places()
    await teller.family(ids.home, lan="female")
    await teller.family(ids.other, an="male")
    pill = uuid7()
    started = await teller.tell("person.contraception_started", id=pill, on="2025-02-01", person=ids.lan, method="pill")
    pregnant = await teller.tell("person.pregnancy_reported", on="2025-02-20", person=ids.lan, event="pregnant")
    moved = await teller.tell("person.moved", on="2025-01-20", person=ids.lan, household=ids.other)
    told = {"person": ids.baby, "household": ids.other, "sex": "female", "mother": ids.lan}
    born = await teller.tell("person.born", on="2025-08-30", **told)
    corrected = await teller.tell("fact.corrected", on=None, fact=pill, changes={"method": "condom"})
    voided = await teller.tell("fact.voided", on=None, fact=pill)
    answers = {
        "started": started,
        "pregnant": pregnant,
        "moved": moved,
        "born": born,
        "corrected": corrected,
        "voided": voided,
    }
    assert all(answer.fate == "recorded" for answer in answers.values())
    return {name: answer.position or 0 for name, answer in answers.items()}


async def fact(http: httpx.AsyncClient, position: int) -> httpx.Response:
    return await http.get(f"/events/v1/facts/{position}")


async def test_without_the_scope_such_reports_and_all_that_amends_them_are_not_there(teller: Teller) -> None:
    at = await life(teller)
    async with asking(teller.database) as http:
        for name in ("started", "pregnant", "corrected", "voided"):
            assert (await fact(http, at[name])).status_code == 404, name


async def test_without_the_scope_other_facts_name_what_amends_them(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    left = await teller.tell("person.left", on="2025-02-01", person=ids.an, destination="abroad")
    right = await teller.tell("fact.corrected", on=None, fact=left.id, changes={"on": "2025-02-02"})
    async with asking(teller.database) as http:
        assert (await fact(http, left.position or 0)).json()["amended_by"] == [right.position]


async def test_without_the_scope_other_facts_say_nothing_of_it(teller: Teller) -> None:
    at = await life(teller)
    async with asking(teller.database) as http:
        moved, born = await fact(http, at["moved"]), await fact(http, at["born"])
    for response in (moved, born):
        assert response.status_code == 200
        assert not [word for word in CANARIES if word in response.text]
    assert [step["kind"] for step in moved.json()["fact"]["asserts"]["persons"]] == ["person.moved"]
    assert [step["entity"] for step in born.json()["fact"]["asserts"]["persons"]] == [ids.baby]


async def test_with_the_scope_a_fact_is_given_as_it_was_recorded(teller: Teller) -> None:
    at = await life(teller)
    async with asking(teller.database, scopes=EVERY | {Scope.REGISTRY_CARE_READ}) as http:
        answers = {name: (await fact(http, position)).json()["fact"] for name, position in at.items()}
    assert answers["started"]["cause"]["data"]["method"] == "pill"
    assert {step["entity"] for step in answers["born"]["asserts"]["persons"]} == {ids.baby, ids.lan}


async def test_the_desk_does_not_say_whom_a_report_speaks_of_without_the_scope(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.far, area=FAR, lan="female")
    told = {"on": "2025-04-10", "person": ids.lan, "event": "pregnant"}
    async with asking(teller.database, areas=(AREA,), scopes=REPORTS) as collaborator:
        sent = await send(collaborator, cloud_event("person.pregnancy_reported", told))
        assert sent.json()["fate"] == "handed_over"
    for scopes, shown in ((EVERY, None), (EVERY | {Scope.REGISTRY_CARE_READ}, told)):
        async with asking(teller.database, client="officer", areas=(OTHER,), scopes=scopes) as office:
            (one,) = (await queue(office, OTHER))["reports"]
            assert (one["id"], one["data"]) == (sent.json()["id"], shown)


async def test_without_its_scope_a_disability_is_not_in_a_fact_and_what_says_nothing_else_is_not_there(
    teller: Teller,
) -> None:
    await teller.places()
    sheet, blind = uuid7(), {"disability": "sight", "disability_degree": "severe"}
    line = {"person": ids.lan, "sex": "female"} | blind
    told = {
        "sheet": await teller.tell("household.registered", id=sheet, household=ids.home, area=AREA, members=[line]),
        "alone": await teller.tell("person.changed", person=ids.lan, new={"disability": "movement"}),
        "beside": await teller.tell("person.changed", person=ids.lan, new={"education": "primary"} | blind),
        "corrected": await teller.tell(
            "fact.corrected", on=None, fact=sheet, member=ids.lan, changes={"disability_degree": "mild"}
        ),
    }
    assert {answer.fate for answer in told.values()} == {"recorded"}
    at = {name: answer.position or 0 for name, answer in told.items()}
    escaped = report("person.changed", {"on": "2025-03-05", "person": ids.lan, "new": {"disability": "sight"}})
    escaped = msgspec.structs.replace(
        escaped, data=msgspec.Raw(bytes(escaped.data).replace(b'"disability"', b'"disab\\u0069lity"'))
    )
    (answer,) = await teller.submit(escaped)
    at["escaped"] = answer.position or 0
    async with asking(teller.database, scopes=EVERY | {Scope.REGISTRY_CARE_READ}) as http:
        for name in ("alone", "corrected", "escaped"):
            assert (await fact(http, at[name])).status_code == 404, name
        for name in ("sheet", "beside"):
            text = (await fact(http, at[name])).text
            assert not [word for word in ("disab", "sight", "severe", "mild") if word in text], name
        assert (await fact(http, at["sheet"])).json()["amended_by"] == []
    async with asking(teller.database, scopes=EVERY | {Scope.REGISTRY_DISABILITY_READ}) as http:
        assert (await fact(http, at["alone"])).json()["fact"]["cause"]["data"]["new"] == {"disability": "movement"}
        assert (await fact(http, at["sheet"])).json()["amended_by"] == [at["corrected"]]


def test_every_member_of_a_payload_that_tells_a_withheld_one_is_where_it_is_looked_for() -> None:
    """A kind that says a disability in a part of another name would give it away: let `shown` look there, too."""
    for name, schema in schemas().items():
        told = json.dumps(schema)
        if '"disability"' in told and name not in {"fact.v1", "report_entry.v1"}:
            holders = [part for part in ("members", "new", "old", "changes") if part in schema["properties"]]
            assert holders or "disability" in schema["properties"], name
