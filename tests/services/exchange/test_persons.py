"""What does a partner get to know of a person, and what of persons who are none of its business?"""

import random
from typing import Any

import httpx
import msgspec
import pytest

from deploy.local.databases import Database
from tests.services.exchange.conftest import (
    access_of,
    apply,
    asking,
    bearing,
    client_of,
    disclosures,
    serving,
)
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, OTHER_COMMUNE, household_id, person_id
from tests.support.granting import Granting

NAME = "Phạm Thị Hồng Lĩnh"
PID, OTHER_PID = "031190001234", "031085009999"


def town() -> Book:
    """Somebody in each of two communes, and two who bear one number."""
    book = Book()
    establish(book)
    lan = {"sex": "female", "birth": "1990-05-17", "personal": bearing(NAME, pid=PID, bhyt="DN4010120860538")}
    register(book, 1, members={1: lan})
    register(
        book, 2, area=OTHER_AREA, members={2: {"birth": "1985", "personal": bearing("Trần Văn Bảy", pid=OTHER_PID)}}
    )
    for n, name in ((3, "Một"), (4, "Hai")):
        register(book, n, members={n: {"sex": "male", "birth": "1980", "personal": bearing(name, cmnd="031000001")}})
    return book


@pytest.fixture
async def database(exchange_database: Database) -> Database:
    await apply(exchange_database, town().facts)
    return exchange_database


def by_number(type_: str, value: str) -> dict[str, Any]:
    return {"identifier": {"type": type_, "value": value}}


async def query(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/persons/query", json=body)


async def verify(client: httpx.AsyncClient, subject: dict[str, Any], **claims: str) -> httpx.Response:
    told = [{"attribute": attribute, "value": value} for attribute, value in claims.items()]
    return await client.post("/verifications", json={"subject": subject, "claims": told})


async def test_a_person_is_found_by_number_and_only_what_was_asked_for_is_told(database: Database) -> None:
    async with asking(database, "health") as client:
        response = await query(client, **by_number("pid", PID), fields=["birth", "name"])
    assert response.status_code == 200
    assert response.json()["results"] == [
        {"result": "found", "person": person_id(1), "fields": {"birth": "1990-05-17", "name": NAME}}
    ]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["socai-position"] == str(response.json()["position"]) == str(town().position)


async def test_both_prints_of_a_health_card_find_its_bearer(database: Database) -> None:
    async with asking(database, "health") as client:
        for print_ in ("DN4010120860538", "0120860538"):
            response = await query(client, **by_number("bhyt", print_), fields=["bhyt"])
            assert response.json()["results"][0]["fields"] == {"bhyt": "DN4010120860538"}


async def test_a_person_is_found_by_the_id_that_the_feed_names(database: Database) -> None:
    async with asking(database, "police") as client:
        response = await query(client, person=person_id(2), fields=["pid"])
    assert response.json()["results"][0]["fields"] == {"pid": OTHER_PID}


async def test_many_are_answered_in_their_order(database: Database) -> None:
    subjects = [{"person": person_id(2)}, by_number("pid", "099999999999"), by_number("pid", PID)]
    async with asking(database, "police") as client:
        response = await query(client, subjects=subjects, fields=["name"])
    assert [(r["result"], r.get("person")) for r in response.json()["results"]] == [
        ("found", person_id(2)),
        ("not-found", None),
        ("found", person_id(1)),
    ]


async def test_whoever_lives_outside_the_agreed_areas_is_not_there(database: Database) -> None:
    async with asking(database, "police", areas=(OTHER_COMMUNE,)) as client:
        stranger = await query(client, **by_number("pid", PID), fields=["name"])
        nobody = await query(client, **by_number("pid", "099999999999"), fields=["name"])
        assert stranger.status_code == nobody.status_code == 404
        assert stranger.json() == nobody.json()
        claimed = await verify(client, by_number("pid", PID), name=NAME)
        assert claimed.json()["result"] == "not-found"
    async with asking(database, "police", areas=()) as client:
        assert (await query(client, person=person_id(1), fields=["name"])).status_code == 404
    lines = await disclosures(database)
    assert [(line["person"], line["fields"]) for line in lines] == [(None, "")] * 4


async def test_a_number_with_two_bearers_in_sight_tells_of_neither(database: Database) -> None:
    async with asking(database, "police", areas=(COMMUNE,)) as client:
        response = await query(client, **by_number("cmnd", "031000001"), fields=["name"])
        assert response.json()["results"] == [{"result": "ambiguous"}]
        hai = await verify(client, by_number("cmnd", "031000001"), name="Hai")
        assert hai.json()["result"] == "match"


async def test_fields_beyond_the_view_are_refused_whole(database: Database) -> None:
    async with asking(database, "social-insurance") as client:
        response = await query(client, **by_number("pid", PID), fields=["name", "marital"])
        assert (response.status_code, response.json()["type"]) == (403, "/problems/purpose-not-permitted")
        assert response.json()["errors"] == [
            {"pointer": "#/fields/1", "code": "not-permitted", "text": "The agreement does not allow this field."}
        ]
        claimed = await verify(client, by_number("pid", PID), marital="married")
        assert claimed.status_code == 403
        unknown = await query(client, **by_number("pid", PID), fields=["shoe_size"])
        assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown")
    assert await disclosures(database) == []


async def test_statistics_looks_nobody_up(database: Database) -> None:
    async with asking(database, "statistics") as client:
        for response in (
            await query(client, **by_number("pid", PID), fields=["sex"]),
            await verify(client, by_number("pid", PID), sex="female"),
        ):
            assert (response.status_code, response.json()["type"]) == (403, "/problems/purpose-not-permitted")


async def test_a_verification_says_of_each_claim_whether_it_agrees_and_never_what_would(database: Database) -> None:
    async with asking(database, "police") as client:
        response = await verify(
            client, by_number("pid", PID), name="Pham Thi Hong Linh", birth="1990-05-18", sex="female", cmnd="142345678"
        )
    assert response.status_code == 200
    body = response.json()
    assert body["result"] == "no-match"
    assert {claim["attribute"]: claim["result"] for claim in body["claims"]} == {
        "name": "match",
        "birth": "no-match",
        "sex": "match",
        "cmnd": "not-found",
    }
    assert NAME not in response.text
    assert "1990-05-17" not in response.text


async def test_the_dead_and_who_moved_are_found_with_their_state_of_now(exchange_database: Database) -> None:
    book = town()
    book.record(
        "person.died", "2026-01-05", persons={person_id(1): {"status": "dead", "area": None, "household": None}}
    )
    there = {"area": AREA, "household": household_id(1)}
    book.record("person.moved", "2026-01-06", persons={person_id(2): there})
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
        dead = await query(client, **by_number("pid", PID), fields=["status", "area"])
        assert dead.json()["results"][0]["fields"] == {"status": "dead", "area": None}
        moved = await query(client, **by_number("pid", OTHER_PID), fields=["area"])
        assert moved.json()["results"][0]["fields"] == {"area": AREA}
    async with asking(exchange_database, "police", areas=(OTHER_COMMUNE,)) as client:
        assert (await query(client, **by_number("pid", OTHER_PID), fields=["area"])).status_code == 404


MALFORMED: tuple[object, ...] = (
    {},
    {"fields": ["name"]},
    {"person": person_id(1)},
    {"person": person_id(1), "fields": []},
    {"person": person_id(1), "fields": "name"},
    {"person": person_id(1), "fields": ["name"], "more": 1},
    {"person": "1; drop table person", "fields": ["name"]},
    {"person": person_id(1), "identifier": {"type": "pid", "value": PID}, "fields": ["name"]},
    {"identifier": {"type": "passport", "value": PID}, "fields": ["name"]},
    {"identifier": {"type": "pid", "value": "0311 90"}, "fields": ["name"]},
    {"identifier": {"type": "pid", "value": 31190001234}, "fields": ["name"]},
    {"subjects": [], "fields": ["name"]},
    {"subjects": [{}], "fields": ["name"]},
    {"subjects": [{"person": person_id(1)}] * 101, "fields": ["name"]},
    [],
)


async def test_a_malformed_question_is_a_problem_that_repeats_nothing(exchange_database: Database) -> None:
    async with asking(exchange_database, "police") as client:
        for body in MALFORMED:
            response = await client.post("/persons/query", json=body)
            assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json"), body
            assert all(secret not in response.text for secret in (PID, "drop table", "passport", person_id(1)))


HOSTILE = (
    (b"[" * 1_000_000, 413),
    (b"[" * 100_000, 400),
    (b'{"fields":["name"],"fields":["name"]}', 400),
    (b'{"fields":["\xff"]}', 400),
    (b'{"fields":["\\ud800"]}', 400),
    (b'{"fields":["a\\u0000"]}', 400),
    (b'{"fields":[NaN]}', 400),
    (b"", 400),
)


async def test_hostile_json_is_refused(exchange_database: Database) -> None:
    async with asking(exchange_database, "police") as client:
        for content, status in HOSTILE:
            for address in ("/persons/query", "/verifications"):
                response = await client.post(address, content=content, headers={"content-type": "application/json"})
                assert response.status_code == status, (address, content[:40])


async def test_another_content_type_is_refused(exchange_database: Database) -> None:
    async with asking(exchange_database, "police") as client:
        response = await client.post("/persons/query", content=b"{}", headers={"content-type": "text/plain"})
    assert response.status_code == 415


async def test_a_purpose_without_a_view_is_refused(database: Database) -> None:
    for changes in ({"purpose": "tax.collection", "view": ""}, {"view": "health"}, {"purpose": ""}):
        async with serving(database) as app:
            app.state.verifier = Granting(msgspec.structs.replace(access_of("police"), **changes))
            async with client_of(app) as client:
                for response in (
                    await query(client, person=person_id(1), fields=["name"]),
                    await client.get("/feed"),
                    await client.get("/views"),
                ):
                    assert (response.status_code, response.json()["type"]) == (403, "/problems/purpose-not-permitted")


async def test_a_view_is_described_to_whom_it_is_for(database: Database) -> None:
    async with asking(database, "social-insurance", areas=(COMMUNE,)) as client:
        (view,) = (await client.get("/views")).json()["views"]
    assert [field["name"] for field in view["fields"]] == ["name", "birth", "bhyt", "bhxh", "pid", "status", "area"]
    assert view["agreement"]["areas"] == [COMMUNE]
    assert all(basis["confidence"] and basis["en"] and basis["vi"] for basis in view["legal_basis"])


async def test_every_line_says_exactly_what_was_answered(database: Database) -> None:
    """A random run of questions of all partners: the lines are the answers, no more and no less."""
    chance = random.Random(11)
    answered: list[tuple[str, str, str | None, tuple[str, ...]]] = []
    for partner in ("health", "police", "social-insurance"):
        areas = chance.choice([("VN",), (COMMUNE,), (OTHER_COMMUNE,)])
        async with asking(database, partner, areas=areas) as client:
            for _ in range(12):
                answered += await ask_anything(client, partner, chance)
    lines = await disclosures(database)
    written = [
        (line["view"], line["kind"], line["person"] and str(line["person"]), tuple(line["fields"].split()))
        for line in lines
    ]
    assert sorted(map(str, written)) == sorted(map(str, answered))


async def ask_anything(
    client: httpx.AsyncClient, partner: str, chance: random.Random
) -> list[tuple[str, str, str | None, tuple[str, ...]]]:
    subjects = [
        chance.choice(
            [{"person": person_id(chance.randint(1, 6))}, by_number("pid", PID), by_number("cmnd", "031000001")]
        )
        for _ in range(chance.randint(1, 4))
    ]
    fields = tuple(chance.sample(["name", "birth", "status", "area"], chance.randint(1, 4)))
    if chance.random() < 0.3:
        response = await verify(client, subjects[0], **dict.fromkeys(fields, "x"))
        found = any(claim["result"] != "not-found" for claim in response.json()["claims"])
        bearer = {"pid": person_id(1), "cmnd": person_id(3)}
        person = subjects[0].get("person") or bearer[subjects[0]["identifier"]["type"]]
        return [(partner, "verification", person if found else None, fields if found else ())]
    response = await query(client, subjects=subjects, fields=list(fields))
    return [
        (partner, "query", result.get("person"), fields if result["result"] == "found" else ())
        for result in response.json()["results"]
    ]
