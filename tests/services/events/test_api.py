"""Does the front door of the write side answer everybody precisely: good reports, and whatever else is sent?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jsonschema
import msgspec
import pytest

from contracts.ids import uuid7
from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.http.openapi import PROBLEM_SCHEMA
from services.events.app import create_app
from services.events.document import BATCH, POST_REPORTS
from services.events.settings import EventsSettings
from tests.services.events.telling import AREA, FAR, OTHER, PROVINCE, Teller, cloud_event, ids, report
from tests.support.documented import Documented
from tests.support.granting import Granting

ONE = {"content-type": "application/cloudevents+json"}
NDJSON = {"content-type": "application/x-ndjson"}
EVERY = frozenset(scope for scope in Scope if scope.startswith(("events.", "operations.")))


@asynccontextmanager
async def asking(
    database: Database,
    *,
    client: str = "collaborator",
    areas: tuple[str, ...] = ("VN",),
    scopes: frozenset[Scope] = EVERY,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[httpx.AsyncClient]:
    settings = EventsSettings(writer_dsn=database.writer_dsn, reader_dsn=database.reader_dsn, cursor_key="k")
    app = create_app(settings, clock)
    transport = Documented(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://door") as http:
        app.state.verifier = Granting(Access(client, client, scopes, "1", areas=areas))
        yield http


def born(**changed: Any) -> dict[str, Any]:
    told = {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "female"}
    return {name: value for name, value in (told | changed).items() if value is not None}


async def send(http: httpx.AsyncClient, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await http.post("/events/v1/reports", content=body, headers=headers or ONE)


async def test_one_report_is_answered_by_its_fate(family: Teller) -> None:
    async with asking(family.database) as http:
        event = cloud_event("person.born", born())
        first = await send(http, event)
        again = await send(http, event)
        assert (first.status_code, first.json()["fate"]) == (201, "recorded")
        assert (again.status_code, again.json()["duplicate"]) == (200, True)
        assert again.json()["position"] == first.json()["position"]
        waits = await send(http, cloud_event("person.died", {"on": "2025-03-01", "person": ids.nobody}))
        assert (waits.status_code, waits.json()["need"]) == (202, ids.nobody)
        refused = await send(http, cloud_event("person.left", {"on": "2024-03-01", "person": ids.lan}))
        assert refused.status_code == 409
        assert refused.headers["content-type"] == "application/problem+json"
        (reason,) = refused.json()["reasons"]
        assert reason["code"] == "before-person-known"


async def test_a_problem_says_whether_the_report_is_refused_for_good_or_left_nothing_behind(family: Teller) -> None:
    async with asking(family.database, areas=(FAR,)) as http:
        told = {"on": "2024-03-01", "person": ids.lan}
        for count, fate in ((None, None), (1, "refused")):
            numbered = {} if count is None else {"device": "phone-1", "devicesequence": count}
            outside = await send(http, cloud_event("person.left", told, **numbered))
            assert (outside.status_code, outside.json().get("fate")) == (403, fate)
        counted = (await http.get("/events/v1/devices/phone-1")).json()
        assert (counted["counts"]["refused"], counted["missing"]) == (1, [])
    async with asking(family.database) as http:
        refused = await send(http, cloud_event("person.left", told))
        assert (refused.status_code, refused.json()["fate"]) == (409, "refused")
        malformed = await send(http, cloud_event("person.left", {"on": "2024-03-33", "person": ids.lan}))
        assert (malformed.status_code, "fate" in malformed.json()) == (422, False)


@pytest.mark.parametrize("lacks", ["id", "source", "type", "data"])
async def test_an_attribute_that_an_envelope_lacks_is_named(family: Teller, lacks: str) -> None:
    event = msgspec.json.decode(cloud_event("person.left", {"on": "2024-03-01", "person": ids.lan}))
    del event[lacks]
    async with asking(family.database) as http:
        (error,) = (await send(http, msgspec.json.encode(event))).json()["errors"]
    assert error == {"pointer": f"#/{lacks}", "code": f"missing-{lacks}", "text": "This is missing."}


async def test_a_refusal_speaks_vietnamese_when_asked(family: Teller) -> None:
    async with asking(family.database) as http:
        event = cloud_event("person.left", {"on": "2024-03-01", "person": ids.lan})
        refused = await send(http, event, ONE | {"accept-language": "vi"})
        assert "mâu thuẫn" in refused.json()["title"]
        assert (refused.headers["vary"], refused.headers["content-language"]) == ("Accept-Language", "vi")
        assert "đăng ký" in refused.json()["reasons"][0]["text"]
        again = await send(http, event)
        assert (again.status_code, again.json()["duplicate"]) == (409, True)
        assert again.headers["content-language"] == "en"
        for body, headers in ((b"[" + event + b"]", {"content-type": BATCH}), (event, NDJSON)):
            several = await send(http, body, headers | {"accept-language": "en;q=0.1, vi"})
            assert "mâu thuẫn" in several.text
            assert (several.headers["vary"], several.headers["content-language"]) == ("Accept-Language", "vi")


async def test_binary_mode_takes_attributes_from_headers(family: Teller) -> None:
    headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": uuid7(),
        "ce-source": "urn:phone",
        "ce-type": "vn.socai.person.born.v1",
        "ce-device": "d1",
        "ce-devicesequence": "1",
    }
    async with asking(family.database) as http:
        answer = await send(http, msgspec.json.encode(born()), headers)
        assert answer.status_code == 201, answer.text
        for count in ("9" * 5000, "9" * 10, "0", "1.5", "one"):
            answer = await send(http, msgspec.json.encode(born()), headers | {"ce-devicesequence": count})
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/devicesequence")


async def test_the_documents_are_there(teller: Teller) -> None:
    async with asking(teller.database) as http:
        for page in ("/events/docs", "/events/openapi.json"):
            assert (await http.get(page)).status_code == 200


@pytest.mark.parametrize("name", ["id", "device", "correlationid", "traceparent"])
async def test_no_line_feed_comes_in_behind_a_name(family: Teller, name: str) -> None:
    good = {"id": uuid7(), "device": "d", "correlationid": uuid7(), "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    async with asking(family.database) as http:
        event = msgspec.json.decode(cloud_event("person.born", born())) | {name: good[name] + "\n"}
        answer = await send(http, msgspec.json.encode(event))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"#/{name}")


async def test_a_correction_s_unknown_field_is_not_repeated_either(family: Teller) -> None:
    async with asking(family.database) as http:
        one = uuid7()
        assert (await send(http, cloud_event("person.born", born(), id=one))).status_code == 201
        answer = await send(http, cloud_event("fact.corrected", {"fact": one, "changes": {"Lan": 1}}))
        assert answer.json()["errors"] == [
            {
                "pointer": "#/data/changes",
                "code": "extra-forbidden",
                "text": "Something stands here that does not belong here.",
            }
        ]
        own = uuid7()
        answer = await send(http, cloud_event("fact.voided", {"fact": own}, id=own))
        assert answer.json()["errors"] == [
            {"pointer": "#/data/fact", "code": "own-id", "text": "A report does not amend itself."}
        ]


async def test_who_waited_learns_by_its_fate_that_it_was_handed_over(teller: Teller) -> None:
    await teller.places()
    waits = cloud_event("person.died", {"on": "2025-04-01", "person": ids.lan})
    async with asking(teller.database, areas=(AREA,)) as http:
        assert (await send(http, waits)).status_code == 202
        await teller.family(ids.far, area=FAR, lan="female")
        told = (await http.get(f"/events/v1/reports/{msgspec.json.decode(waits)['id']}")).json()
        assert told["fate"] == "handed_over"
        assert (await send(http, waits)).json()["fate"] == "handed_over"


async def test_who_waited_learns_by_its_fate_that_it_was_not_permitted(teller: Teller) -> None:
    await teller.places()
    told = {"on": "2025-06-01", "change": "rename", "units": ["10600-20250501"], "names": {"vi": "X"}}
    waits = cloud_event("unit.reorganised", told)
    async with asking(teller.database, areas=(AREA,)) as http:
        assert (await send(http, waits)).status_code == 202
        unit = {"unit": "10600-20250501", "code": "10600", "level": "commune", "names": {"vi": "Y"}, "parent": PROVINCE}
        await teller.tell("unit.established", on="2025-05-01", unit=unit)
        told = (await http.get(f"/events/v1/reports/{msgspec.json.decode(waits)['id']}")).json()
        assert told["fate"] == "refused"
        assert (await send(http, waits)).status_code in {403, 409}


async def test_a_batch_and_ndjson_answer_each_line_in_order(family: Teller) -> None:
    good = cloud_event("person.born", born())
    lines = [good, b"{", cloud_event("person.born", born(sex="x", person=ids.second)), b"", good]
    async with asking(family.database) as http:
        answer = await send(http, b"\n".join(lines) + b"\n", NDJSON)
        told = [msgspec.json.decode(line) for line in answer.content.splitlines()]
        assert [line["line"] for line in told] == [1, 2, 3, 4, 5]
        assert [line["fate"] for line in told] == ["recorded", None, None, None, "recorded"]
        assert told[1]["problem"]["type"] == "/problems/invalid-json"
        assert told[2]["problem"]["errors"] == [
            {
                "pointer": "#/data/sex",
                "code": "literal-error",
                "text": "This is none of the codes of its list; there are: male, female, unknown.",
            }
        ]
        assert told[4]["duplicate"] is True
        batch = b"[" + cloud_event("person.died", {"on": "2025-04-01", "person": ids.baby}) + b"," + good + b"]"
        headers = {"content-type": "application/cloudevents-batch+json"}
        results = (await send(http, batch, headers)).json()["results"]
        assert [one["fate"] for one in results] == ["recorded", "recorded"]
        answers: Any = POST_REPORTS["responses"]
        described = answers["200"]["content"]["application/json"]["schema"]
        referring = {"components": {"schemas": {"Problem": PROBLEM_SCHEMA}}}
        for shown in ({"results": results}, {"results": told}, results[0]):
            jsonschema.validate(shown, described | referring)
        assert not jsonschema.Draft202012Validator(described | referring).is_valid({"results": [{"line": 1}]})


DEEP = b'{"specversion":"1.0","id":"%s","source":"s","type":"vn.socai.person.born.v1","data":' % uuid7().encode()
HOSTILE = {
    "a million brackets": (DEEP + b"[" * 1_000_000, 413),
    "brackets": (DEEP + b"[" * 400_000, 400),
    "brackets closed": (DEEP + b"[" * 200_000 + b"]" * 200_000 + b"}", 400),
    "more than a record of the log may hold": (DEEP + b'{"changes":{"a":"%s"}}}' % (b"x" * 500_000), 413),
    "nothing": (b"", 400),
    "not utf-8": (b'{"id": "\xff"}', 400),
    "nan": (DEEP + b'{"weight_grams": NaN}}', 400),
    "duplicate keys": (DEEP + b'{"on":"2025-01-01","on":"2025-01-02"}}', 400),
    "nul": (DEEP + b'{"on":"2025-01-01","person":"\\u0000"}}', 400),
    "lone surrogate": (DEEP + b'{"personal":{"name":"\\ud800"}}}', 400),
    "a huge number": (DEEP + b'{"weight_grams": 1' + b"0" * 5000 + b"}}", 400),
    "an array": (b"[]", 422),
    "a word": (b'"report"', 422),
    "no data": (DEEP[:-8] + b"}", 422),
    "unknown type": (DEEP.replace(b"person.born", b"person.sung") + b"{}}", 422),
    "no field at all": (DEEP + b"{}}", 422),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_bodies_get_a_precise_problem(teller: Teller, name: str) -> None:
    body, status = HOSTILE[name]
    async with asking(teller.database) as http:
        answer = await send(http, body)
        assert answer.status_code == status, answer.text[:300]
        assert answer.headers["content-type"] == "application/problem+json"
        line = await send(http, body.replace(b"\n", b"") or b" \n", NDJSON)
        assert line.status_code == 200
        assert msgspec.json.decode(line.content)["problem"]["status"] == status


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "impossible date": ({"on": "2025-02-30"}, "#/data/on"),
    "a date before our time": ({"on": "0001-01-01"}, "#/data/on"),
    "unknown code": ({"sex": "f"}, "#/data/sex"),
    "another uuid": ({"person": "8c1f8d7a-0b9c-4c5e-9f57-0d9c1c7a1a11"}, "#/data/person"),
    "unknown field": ({"Lan": "male"}, "#/data"),
    "unknown field deeper": ({"personal": {"name": "An", "Lan": 1}}, "#/data/personal"),
    "a string for a number": ({"birth_order": "1"}, "#/data/birth_order"),
    "a wrong identifier": (
        {"personal": {"name": "Lan", "identifiers": [{"type": "pid", "value": "12"}]}},
        "#/data/personal/identifiers/0/value",
    ),
    "control characters": ({"personal": {"name": "La\u0007n"}}, "#/data/personal/name"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_field_is_named_and_its_value_is_not_repeated(teller: Teller, name: str) -> None:
    changed, pointer = WRONG[name]
    async with asking(teller.database) as http:
        answer = await send(http, cloud_event("person.born", born(**changed)))
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
        assert "Lan" not in answer.text
        assert ids.home not in answer.text


async def test_a_report_from_the_future_is_refused_but_for_units(family: Teller) -> None:
    async with asking(family.database) as http:
        answer = await send(http, cloud_event("person.born", born(on="2099-01-01")))
        assert [reason["code"] for reason in answer.json()["reasons"]] == ["in-the-future"]
        unit = {"unit": "31-20990101", "code": "31", "level": "province", "names": {"vi": "Hải Phòng"}}
        assert (
            await send(http, cloud_event("unit.established", {"on": "2099-01-01", "unit": unit}))
        ).status_code == 201


async def test_wrong_types_methods_and_sizes(teller: Teller) -> None:
    async with asking(teller.database) as http:
        assert (await send(http, b"x", {"content-type": "text/plain"})).status_code == 415
        assert (await http.delete("/events/v1/reports")).status_code == 405
        assert (await send(http, b"x" * (16 * 1024 * 1024 + 1))).status_code == 413
        assert (await http.get("/events/v1/reports/not-an-id")).status_code == 422
        assert (await http.get("/events/v1/facts/99999999999999999999")).status_code == 422
        assert (await http.get("/events/v1/reports?cursor=x")).status_code == 422


async def test_units_need_a_permission_of_their_own(teller: Teller) -> None:
    unit = {"unit": "31-20250701", "code": "31", "level": "province", "names": {"vi": "Hải Phòng"}}
    async with asking(teller.database, scopes=frozenset({Scope.EVENTS_REPORT_WRITE})) as http:
        event = cloud_event("unit.established", {"on": "2025-07-01", "unit": unit})
        answer = await send(http, event)
        assert answer.status_code == 403
        assert "or this kind of report" in answer.json()["detail"]
        line = (await send(http, event, NDJSON)).json()["problem"]
    needed = {"pointer": "#/type", "code": "scope-lacking", "text": "It needs the scope events.unit.write."}
    assert answer.json()["errors"] == line["errors"] == [needed]


async def test_what_somebody_reports_for_places_outside_her_own_waits_for_the_office_there(family: Teller) -> None:
    await family.family(ids.other, area=FAR, mai="female")
    async with asking(family.database, areas=(OTHER,)) as http:
        here = await send(http, cloud_event("person.died", {"on": "2025-03-01", "person": ids.mai}))
        elsewhere = await send(http, cloud_event("person.died", {"on": "2025-03-01", "person": ids.lan}))
        assert (here.status_code, elsewhere.status_code) == (201, 202)
        assert elsewhere.json()["fate"] == "handed_over"
        moved = {"on": "2025-03-02", "person": ids.an, "household": ids.other}
        assert (await send(http, cloud_event("person.moved", moved))).status_code == 201
    assert (await family.state(ids.lan))["area"] == AREA


async def test_a_sender_sees_her_own_reports_by_fate_and_nobody_elses(family: Teller) -> None:
    event = report("person.born", born())
    async with asking(family.database) as http:
        await send(http, msgspec.json.encode(event))
        await send(http, msgspec.json.encode(event))
        await send(http, cloud_event("person.died", {"on": "2025-03-01", "person": ids.nobody}))
        told = (await http.get("/events/v1/reports?limit=1")).json()
        assert told["counts"] == {"recorded": 1, "waiting": 1, "duplicate_deliveries": 1}
        following = (await http.get(f"/events/v1/reports?limit=1&cursor={told['cursor']}")).json()
        assert len({told["reports"][0]["id"], following["reports"][0]["id"]}) == 2
        waiting = (await http.get("/events/v1/reports?fate=waiting")).json()["reports"]
        assert [one["fate"] for one in waiting] == ["waiting"]
        fate = (await http.get(f"/events/v1/reports/{event.id}")).json()
        assert (fate["fate"], fate["duplicates"]) == ("recorded", 1)
        fact = (await http.get(f"/events/v1/facts/{fate['position']}")).json()
        assert fact["fact"]["cause"]["data"] == born()
        status = await http.get("/events/v1/status")
        assert (status.json()["service"], status.json()["waiting"]) == ("events", 1)
        assert status.headers["socai-position"] == str(status.json()["position"])
    async with asking(family.database, client="another", areas=(OTHER,)) as http:
        assert (await http.get(f"/events/v1/reports/{event.id}")).status_code == 404
        assert (await http.get(f"/events/v1/facts/{fate['position']}")).status_code == 404
        assert (await http.get("/events/v1/reports")).json()["reports"] == []


async def test_a_ledger_that_is_away_is_503_and_comes_back_by_itself(family: Teller) -> None:
    settings = EventsSettings(writer_dsn=family.database.writer_dsn, reader_dsn="", cursor_key="k")
    broken = settings.model_copy(update={"writer_dsn": "postgresql://nobody@127.0.0.1:1/none"})
    app = create_app(broken)
    transport = Documented(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://door") as http:
        app.state.verifier = Granting(Access("c", "c", EVERY, "1", areas=("VN",)))
        answer = await send(http, cloud_event("person.born", born()))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        app.state.intake._connections = family.connections
        assert (await send(http, cloud_event("person.born", born()))).status_code == 201


@pytest.mark.parametrize(("language", "text"), [("en", "There is no such day."), ("vi", "Không có ngày này.")])
async def test_what_is_malformed_is_said_in_words(family: Teller, language: str, text: str) -> None:
    async with asking(family.database) as http:
        wrong = cloud_event("person.born", born(on="2025-02-30"))
        answer = await send(http, wrong, ONE | {"accept-language": language})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "#/data/on", "code": "no-such-day", "text": text}]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Who goes abroad goes to no place in the country."),
        ("vi", "Người đi nước ngoài thì không ghi nơi đến trong nước."),
    ],
)
async def test_whoever_leaves_for_abroad_goes_to_no_place_of_the_books(
    family: Teller, language: str, text: str
) -> None:
    told = {"on": "2025-03-01", "person": ids.an, "destination": "abroad", "place": AREA}
    async with asking(family.database) as http:
        answer = await send(http, cloud_event("person.left", told), ONE | {"accept-language": language})
        assert (answer.status_code, answer.json()["errors"]) == (
            422,
            [{"pointer": "#/data", "code": "abroad-within", "text": text}],
        )
        member = {"person": ids.an, "destination": "abroad", "place": AREA}
        dissolved = {"on": "2025-03-01", "household": ids.home, "members": [member]}
        answer = await send(http, cloud_event("household.dissolved", dissolved))
        assert [one["code"] for one in answer.json()["errors"]] == ["abroad-within"]
    left = await family.tell("person.left", on="2025-03-01", person=ids.an, destination="inside_country", place=AREA)
    # What is on the books from before is read as it stands: the door alone insists.
    right = await family.tell("fact.corrected", on=None, fact=left.id, changes={"destination": "abroad"})
    assert right.fate == "recorded"
