"""Does what devices sign come in only if it is what they signed, and is that seen again years later?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from contracts.event import Report
from contracts.fact import Signature
from contracts.ids import uuid7
from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth import Access
from services.events.app import create_app
from services.events.evidence import Evidence
from services.events.parse import check
from services.events.restore import restore
from services.events.settings import EventsSettings
from services.events.signatures import Demand
from services.events.verify import verify, verify_log, walk_ledger
from socai.signing import HEADER, public_key, sign_batch, sign_report
from tests.services.events.conftest import build
from tests.services.events.telling import AREA, COMMUNE, OTHER, Teller, ids, report
from tests.services.events.test_relay import published, relaying, settings_for
from tests.support.devices import device_key, enrolment, thumbprint
from tests.support.granting import Granting
from tests.support.topics import Topics

ONE = {"content-type": "application/cloudevents+json"}
NDJSON = {"content-type": "application/x-ndjson"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
EVERY = frozenset(scope for scope in Scope if scope.startswith("events."))


class Door:
    """The events API as one client."""

    def __init__(self, http: httpx.AsyncClient, granting: Granting) -> None:
        self.http = http
        self.granting = granting

    async def send(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.http.post("/events/v1/reports", content=body, headers=headers or ONE)

    async def tell(self, kind: str, told: dict[str, Any], **attributes: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.send(event(kind, told, **attributes))).json()
        return answer

    async def code(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
        answer = await self.send(body, headers)
        return answer.status_code, answer.json()["type"].removeprefix("/problems/")


@asynccontextmanager
async def door(
    database: Database,
    client: str = "collaborator",
    areas: tuple[str, ...] = ("VN",),
    signatures: dict[str, Demand] | None = None,
) -> AsyncIterator[Door]:
    settings = EventsSettings(
        writer_dsn=database.writer_dsn,
        reader_dsn=database.reader_dsn,
        cursor_key="k",
        signatures={"*": "accepted"} if signatures is None else signatures,
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://door") as http:
        granting = app.state.verifier = Granting(Access(client, client, EVERY, "1", areas=areas))
        yield Door(http, granting)


def event(kind: str, told: dict[str, Any], **attributes: Any) -> bytes:
    return msgspec.json.encode(report(kind, told, **attributes))


def born(name: str = "baby", **changed: Any) -> dict[str, Any]:
    return {"on": "2025-03-01", "person": getattr(ids, name), "household": ids.home, "sex": "female"} | changed


def signed(told: dict[str, Any] | None = None, key: str = "d1", kind: str = "person.born", **attributes: Any) -> bytes:
    return sign_report(event(kind, born() if told is None else told, **attributes), device_key(key))


def altered(body: bytes, **changed: Any) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(body) | changed)


@pytest.fixture
async def family(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    assert (await teller.tell("device.enrolled", **enrolment())).fate == "recorded"
    return teller


async def evidence(teller: Teller) -> Evidence:
    found = Evidence()
    await walk_ledger(teller.database.reader_dsn, found)
    return found


async def test_what_an_enrolled_device_signed_is_recorded_and_holds_for_ever(family: Teller) -> None:
    async with door(family.database) as at:
        body = signed(device="d1", devicesequence=1, time="2031-03-01T08:00:00+07:00")
        assert (await at.send(body)).status_code == 201
        assert (await at.send(body)).json()["duplicate"] is True
    _, fact = (await family.facts())[-1]
    assert fact.cause.signature == Signature(msgspec.json.decode(body)["signature"])
    found = await evidence(family)
    assert (found.signed, found.broken, found.revoked) == (1, [], 0)


async def test_binary_mode_bears_a_signature_as_well(family: Teller) -> None:
    told = msgspec.json.decode(signed(device="d1"))
    headers = {f"ce-{name}": str(value) for name, value in told.items() if name not in {"data", "datacontenttype"}}
    async with door(family.database) as at:
        answer = await at.send(msgspec.json.encode(told["data"]), headers | {"content-type": "application/json"})
        assert answer.status_code == 201, answer.text
    assert (await evidence(family)).signed == 1


TAMPERED: dict[str, dict[str, Any]] = {
    "another payload": {"data": born(sex="male")},
    "another id": {"id": uuid7()},
    "another clock": {"time": "2025-03-01T08:00:00Z"},
    "another number": {"device": "d1", "devicesequence": 2},
    "another source": {"source": "urn:other"},
    "no signature of ours": {"signature": "e30..." + "A" * 86},
    "another signature": {"signature": "e30.." + "A" * 86},
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_what_is_not_what_was_signed_is_not_taken(family: Teller, name: str) -> None:
    before = len(await family.facts())
    body = signed(device="d1", devicesequence=1)
    async with door(family.database) as at:
        status, code = await at.code(altered(body, **TAMPERED[name]))
        assert (status, code) == (422, "invalid-request" if name == "no signature of ours" else "signature-invalid")
        assert len(await family.facts()) == before
        assert (await at.send(body)).status_code == 201, "the right one still comes in under its id"


async def test_a_key_signs_for_its_own_device_and_sender_alone(family: Teller) -> None:
    await family.tell("device.enrolled", **enrolment("d2"))
    async with door(family.database) as at:
        assert await at.code(signed(key="stranger")) == (403, "device-unknown")
        assert await at.code(signed(key="d2", device="d1")) == (403, "device-unknown")
        stolen = msgspec.json.decode(signed(key="d2"))["signature"].split(".")
        mixed = msgspec.json.decode(signed(key="d1"))["signature"].split(".")
        forged = altered(signed(key="d1"), signature=f"{mixed[0]}..{stolen[2]}")
        assert await at.code(forged) == (422, "signature-invalid")
        at.granting.granted = msgspec.structs.replace(at.granting.granted, client_id="another")
        assert await at.code(signed()) == (403, "device-unknown")


@pytest.mark.parametrize(
    "changed", [{"until": "2025-02-01"}, {"until": "2025-01-01"}, {"on": "2025-01-01", "until": "2025-01-02"}]
)
async def test_a_key_that_ended_signs_no_more(family: Teller, changed: dict[str, str]) -> None:
    await family.tell("device.enrolled", **(enrolment("old") | changed))
    async with door(family.database) as at:
        assert await at.code(signed(key="old")) == (403, "device-expired")


async def test_a_revoked_key_signs_no_more_and_what_it_signed_stays_right(family: Teller) -> None:
    async with door(family.database) as at:
        first = signed(device="d1")
        assert (await at.send(first)).status_code == 201
        told = {"on": "2025-01-05", "key": thumbprint("d1"), "reason": "Mất điện thoại"}
        assert (await at.tell("device.revoked", told))["fate"] == "recorded"
        assert await at.code(signed(born("second"))) == (403, "device-revoked")
        assert (await at.send(first)).json()["duplicate"] is True
        assert (await at.tell("device.enrolled", enrolment()))["reasons"][0]["code"] == "key-enrolled"
        assert (await at.tell("device.revoked", told))["reasons"][0]["code"] == "key-revoked"
    found = await evidence(family)
    assert (found.signed, found.broken, found.revoked) == (1, [], 1)
    assert found.mistrusted == [(await family.facts())[-2][0]], "it was signed after the telephone was lost"


async def test_what_waits_was_signed_when_it_came_even_if_the_key_is_revoked_meanwhile(family: Teller) -> None:
    async with door(family.database) as at:
        body = signed({"on": "2025-04-01", "person": ids.late}, kind="person.died")
        assert (await at.send(body)).status_code == 202
        await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")})
        await at.tell("person.born", born("late"))
        told = (await at.http.get(f"/events/v1/reports/{msgspec.json.decode(body)['id']}")).json()
        assert told["fate"] == "recorded"
    found = await evidence(family)
    assert (found.signed, found.broken) == (2, [])


async def test_within_one_batch_a_key_counts_from_its_enrolment_to_its_revocation(family: Teller) -> None:
    """Written down behind the revocation, it would look as if it had come behind it."""
    revoked = event("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")})
    waits = signed({"on": "2025-04-01", "person": ids.nobody}, kind="person.died")
    async with door(family.database) as at:
        answer = await at.send(b"\n".join([signed(), waits, revoked, signed(born("second"))]), NDJSON)
        told = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [one["fate"] for one in told] == ["recorded", None, "recorded", None]
    assert [one["problem"]["type"] for one in told if one["fate"] is None] == ["/problems/device-revoked"] * 2
    found = await evidence(family)
    assert (found.signed, found.broken) == (1, [])


def lines_of(count: int) -> list[bytes]:
    return [
        event("person.born", born(f"child{n}"), device="d1", devicesequence=n, id=uuid7()) for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 2, 7, 30])
async def test_one_signature_covers_a_batch_and_each_line_keeps_what_proves_it(family: Teller, count: int) -> None:
    lines = lines_of(count)
    async with door(family.database) as at:
        headers = {HEADER: sign_batch(lines, device_key("d1"))}
        answer = await at.send(b"\n".join(lines) + b"\n", NDJSON | headers)
        fates = [msgspec.json.decode(line)["fate"] for line in answer.content.splitlines()]
        assert fates == ["recorded"] * count
        batch = await at.send(b"[" + b",".join(lines) + b"]", BATCH | headers)
        assert [one.get("duplicate") for one in batch.json()["results"]] == [True] * count
    places = [fact.cause.signature.index for _, fact in await family.facts() if fact.cause.signature is not None]
    assert places == list(range(count))
    found = await evidence(family)
    assert (found.signed, found.broken) == (count, [])


async def test_a_batch_of_which_one_line_was_altered_is_not_taken_at_all(family: Teller) -> None:
    lines = lines_of(5)
    headers = NDJSON | {HEADER: sign_batch(lines, device_key("d1"))}
    before = len(await family.facts())
    wrong = [
        [*lines[:2], altered(lines[2], data=born("child3", sex="male")), *lines[3:]],
        lines[:4],
        [*lines, lines[0]],
        lines[::-1],
        [*lines[:4], b"{"],
    ]
    async with door(family.database) as at:
        for body in wrong:
            assert await at.code(b"\n".join(body), headers) == (422, "signature-invalid")
        assert await at.code(lines[0], ONE | {HEADER: headers[HEADER]}) == (422, "signature-invalid")
        assert await at.code(lines[0], ONE | {HEADER: "nonsense"}) == (422, "signature-invalid")
        assert len(await family.facts()) == before
        spaced = [line.replace(b'":', b'" : ') for line in lines]
        answer = await at.send(b"\n".join(spaced), headers)
        assert answer.status_code == 200, "how it is written is not what is signed"


async def test_a_line_of_a_signed_batch_that_is_no_report_sinks_no_other(family: Teller) -> None:
    lines = [*lines_of(2), event("person.born", born(sex="x")), b'{"id":1}']
    async with door(family.database) as at:
        answer = await at.send(b"\n".join(lines), NDJSON | {HEADER: sign_batch(lines, device_key("d1"))})
    fates = [msgspec.json.decode(line)["fate"] for line in answer.content.splitlines()]
    assert fates == ["recorded", "recorded", None, None]
    assert (await evidence(family)).broken == []


async def test_who_must_sign_does_and_anybody_else_need_not(family: Teller) -> None:
    lines = lines_of(2)
    async with door(family.database, signatures={"*": "accepted", "collaborator": "required"}) as at:
        assert await at.code(event("person.born", born())) == (422, "signature-missing")
        assert (await at.tell("device.enrolled", enrolment("d2")))["fate"] == "recorded"
        assert (await at.send(signed())).status_code == 201
        headers = NDJSON | {HEADER: sign_batch(lines, device_key("d2"))}
        answer = await at.send(b"\n".join(lines), headers)
        assert b"device-unknown" in answer.content, "the lines name another device"
        at.granting.granted = msgspec.structs.replace(at.granting.granted, client_id="another")
        assert (await at.send(event("person.born", born("second")))).status_code == 201
    async with door(family.database, signatures={"*": "none"}) as at:
        unread = altered(signed(born("third")), id=uuid7())
        assert (await at.send(unread)).status_code == 201
    assert (await evidence(family)).signed == 1


async def test_whoever_reports_for_a_place_enrols_its_devices_and_nobody_else_does(family: Teller) -> None:
    async with door(family.database, areas=(OTHER,)) as at:
        assert (await at.send(event("device.enrolled", enrolment("d2")))).status_code == 403
        assert (
            await at.send(event("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")}))
        ).status_code == 403
        assert (await at.send(event("device.enrolled", enrolment("d2", place=OTHER)))).status_code == 201
    async with door(family.database, areas=(COMMUNE,)) as at:
        there = await at.tell("device.enrolled", enrolment("d3", place=AREA))
        assert there["fate"] == "recorded"
        assert (await at.http.get(f"/events/v1/facts/{there['position']}")).status_code == 200
        corrected = await at.tell("fact.corrected", {"fact": there["id"], "changes": {"device": "d9"}})
        assert corrected["reasons"][0]["code"] == "key-stays"
        assert (await at.tell("fact.voided", {"fact": there["id"]}))["reasons"][0]["code"] == "key-stays"


async def test_a_revocation_waits_for_its_enrolment(family: Teller) -> None:
    async with door(family.database) as at:
        waits = await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint("d2")})
        assert (waits["fate"], waits["need"]) == ("waiting", f"key:{thumbprint('d2')}")
        await at.tell("device.enrolled", enrolment("d2"))
        assert (await at.http.get(f"/events/v1/reports/{waits['id']}")).json()["fate"] == "recorded"
        assert await at.code(signed(key="d2")) == (403, "device-revoked")


async def test_a_key_that_is_none_is_named_by_its_place(family: Teller) -> None:
    key = public_key(device_key("d2"))
    async with door(family.database) as at:
        for wrong in (
            key | {"x": key["y"]},
            key | {"crv": "P-384"},
            key | {"d": key["x"]},
            key | {"x": key["x"] + "A"},
        ):
            answer = await at.send(event("device.enrolled", enrolment("d2", key=wrong)))
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"].startswith("#/data/key")


async def test_a_ledger_entry_whose_signature_does_not_fit_is_found(
    family: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who can write into the database forges what nobody signed, with a chain that is whole."""
    settings = settings_for(family.database, kafka)
    async with door(family.database) as at:
        assert (await at.send(signed(device="d1"))).status_code == 201
    async with relaying(settings) as relay:
        await published(relay, (await family.facts())[-1][0])
    assert await verify(settings) == 0
    assert "signatures: 1 checked, 0 do not hold" in capsys.readouterr().out
    real: Report = report("person.born", born("second"))
    jws = msgspec.json.decode(sign_report(msgspec.json.encode(real), device_key("d1")))["signature"]
    lie = msgspec.structs.replace(real, data=msgspec.Raw(msgspec.json.encode(born("second", sex="male"))))
    access = Access("collaborator", "collaborator", EVERY, "1", areas=("VN",))
    line = msgspec.structs.replace(check(lie, access), signature=Signature(jws), key=thumbprint("d1"))
    other = msgspec.structs.replace(line, report=msgspec.structs.replace(real, id=uuid7()), sender="another")
    early = msgspec.structs.replace(
        check(real, access), report=msgspec.structs.replace(real, id=uuid7()), signature=Signature("e30.." + "A" * 86)
    )
    answers = await family.intake.submit([(line, ""), (other, ""), (early, "")])
    positions = [answer.position for answer in answers if answer.fate == "recorded"]
    assert positions
    async with relaying(settings) as relay:
        await published(relay, positions[-1] or 0)
    assert await verify(settings) == 1
    assert f"BROKEN: position {positions[0]}: signature-invalid" in capsys.readouterr().out


KEYS = "select * from device_key order by key"
DEVICES = "select report, device, sequence from outcome where fate <> 'refused' order by report"


async def test_keys_and_signatures_come_back_from_kafka_alone(
    family: Teller, kafka: Topics, fresh_database: Callable[..., Database], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(family.database, kafka)
    lines = lines_of(3)
    async with door(family.database) as at:
        assert (await at.send(signed(device="d1"))).status_code == 201
        await at.send(b"\n".join(lines), NDJSON | {HEADER: sign_batch(lines, device_key("d1"))})
        await at.send(signed({"on": "2025-04-01", "person": ids.nobody}, kind="person.died", device="d1"))
        await at.tell("device.enrolled", enrolment("d2", until="2031-12-31"))
        last = (await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")}))["position"]
    async with relaying(settings) as relay:
        await published(relay, last)
    empty = fresh_database("socai_events", build)
    assert await restore(settings_for(empty, kafka)) == last
    old, new = await asyncpg.connect(family.database.reader_dsn), await asyncpg.connect(empty.reader_dsn)
    try:
        for query in (KEYS, DEVICES):
            rows = await new.fetch(query)
            assert rows == await old.fetch(query)
            assert rows
    finally:
        await asyncio.gather(old.close(), new.close())
    assert await verify(settings_for(empty, kafka)) == 0
    nowhere = settings.model_copy(update={"reader_dsn": "postgresql://nobody@127.0.0.1:1/none"})
    assert await verify_log(nowhere) == 0
    assert "signatures: 5 checked, 0 do not hold; 1 of the keys were revoked since" in capsys.readouterr().out
