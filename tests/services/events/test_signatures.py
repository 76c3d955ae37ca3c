"""Does what devices sign come in only if it is what they signed, and is that seen again years later?"""

import asyncio
import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.fact import Signature
from contracts.ids import uuid7
from kit.auth.access import Access
from kit.http.problems import DeviceExpired, DeviceRevoked, DeviceUnknown, Problem
from services.events.report.parse import check
from services.events.settings import EventsSettings
from services.events.signing.evidence import Signed
from services.events.state.keys import Key, standing
from services.events.store.verify import verify
from socai.signing import HEADER, sign_batch, sign_report
from tests.services.events.publishing import published, relaying, settings_for
from tests.services.events.signing import (
    BATCH,
    EVERY,
    NDJSON,
    ONE,
    Door,
    altered,
    born,
    door,
    evidence,
    lines_of,
    signed,
)
from tests.services.events.telling import AREA, Teller, cloud_event, ids, report
from tests.support.devices import device_key, enrolment, thumbprint
from tests.support.topics import Topics


async def test_what_an_enrolled_device_signed_is_recorded_and_holds_for_ever(enrolled: Teller) -> None:
    async with door(enrolled.database) as at:
        body = signed(device="d1", devicesequence=1, time="2031-03-01T08:00:00+07:00")
        assert (await at.send(body)).status_code == 201
        assert (await at.send(body)).json()["duplicate"] is True
    _, fact = (await enrolled.facts())[-1]
    assert fact.cause.signature == Signature(msgspec.json.decode(body)["signature"])
    found = await evidence(enrolled)
    assert (found.signed, found.broken, found.revoked) == (1, [], 0)


async def test_binary_mode_bears_a_signature_as_well(enrolled: Teller) -> None:
    told = msgspec.json.decode(signed(device="d1"))
    headers = {f"ce-{name}": str(value) for name, value in told.items() if name not in {"data", "datacontenttype"}}
    async with door(enrolled.database) as at:
        answer = await at.send(msgspec.json.encode(told["data"]), headers | {"content-type": "application/json"})
        assert answer.status_code == 201, answer.text
    assert (await evidence(enrolled)).signed == 1


async def test_in_binary_mode_a_batch_signature_covers_the_whole_event_and_never_its_data_alone(
    enrolled: Teller,
) -> None:
    whole = cloud_event("person.born", born(), device="d1", devicesequence=1)
    told = msgspec.json.decode(whole)
    headers = {f"ce-{name}": str(value) for name, value in told.items() if name not in {"data", "datacontenttype"}}
    headers["content-type"] = "application/json"
    data = msgspec.json.encode(told["data"])
    async with door(enrolled.database, signatures={"*": "required"}) as at:
        # Signed over nothing, which is what a payload holds of an envelope.
        empty = await at.send(data, headers | {HEADER: sign_batch([b"{}"], device_key("d1"))})
        assert empty.status_code == 422, empty.text
        answer = await at.send(data, headers | {HEADER: sign_batch([whole], device_key("d1"))})
        assert answer.status_code == 201, answer.text
    found = await evidence(enrolled)
    assert (found.signed, found.broken) == (1, [])


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
async def test_what_is_not_what_was_signed_is_not_taken(enrolled: Teller, name: str) -> None:
    before = len(await enrolled.facts())
    body = signed(device="d1", devicesequence=1)
    async with door(enrolled.database) as at:
        status, code = await at.code(altered(body, **TAMPERED[name]))
        assert (status, code) == (422, "invalid-request" if name == "no signature of ours" else "signature-invalid")
        assert len(await enrolled.facts()) == before
        assert (await at.send(body)).status_code == 201, "the right one still comes in under its id"


async def test_a_key_signs_for_its_own_device_and_sender_alone(enrolled: Teller) -> None:
    await enrolled.tell("device.enrolled", **enrolment("d2"))
    async with door(enrolled.database) as at:
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
async def test_a_key_that_ended_signs_no_more(enrolled: Teller, changed: dict[str, str]) -> None:
    await enrolled.tell("device.enrolled", **(enrolment("old") | changed))
    async with door(enrolled.database) as at:
        assert await at.code(signed(key="old")) == (403, "device-expired")


@pytest.mark.parametrize(
    ("position", "day", "why"),
    [
        (10, "2025-01-02", DeviceUnknown),
        (11, "2025-01-01", DeviceExpired),
        (11, "2025-01-02", None),
        (20, "2025-01-05", None),
        (20, "2025-01-06", DeviceExpired),
        (21, "2025-01-05", DeviceRevoked),
    ],
)
def test_a_key_counts_behind_its_enrolment_up_to_its_revocation_and_on_both_of_its_days(
    position: int, day: str, why: type[Problem] | None
) -> None:
    key = Key("k", "ctv", "d1", AREA, "x", "y", "2025-01-02", "2025-01-05", enrolled=10, revoked=20)
    assert standing(key, position, day) is why


async def test_a_revoked_key_signs_no_more_and_what_it_signed_stays_right(enrolled: Teller) -> None:
    async with door(enrolled.database) as at:
        first = signed(device="d1")
        assert (await at.send(first)).status_code == 201
        told = {"on": "2025-01-05", "key": thumbprint("d1"), "reason": "Mất điện thoại"}
        assert (await at.tell("device.revoked", told))["fate"] == "recorded"
        assert await at.code(signed(born("second"))) == (403, "device-revoked")
        assert (await at.send(first)).json()["duplicate"] is True
        assert (await at.tell("device.enrolled", enrolment()))["reasons"][0]["code"] == "key-enrolled"
        assert (await at.tell("device.revoked", told))["reasons"][0]["code"] == "key-revoked"
    found = await evidence(enrolled)
    assert (found.signed, found.broken, found.revoked) == (1, [], 1)
    assert found.mistrusted == [(await enrolled.facts())[-2][0]], "it was signed after the telephone was lost"


def test_what_a_key_signed_is_counted_from_the_day_on_since_which_it_is_not_trusted() -> None:
    signed = Signed()
    for position, day in enumerate(("2025-01-04", "2025-01-05", "2025-01-05", "2025-01-04", "2025-01-07"), 1):
        signed.add(day, position)
    assert list(signed.since("2025-01-05")) == [(2, 2), (5, 1)]


async def test_what_waits_was_signed_when_it_came_even_if_the_key_is_revoked_meanwhile(enrolled: Teller) -> None:
    async with door(enrolled.database) as at:
        body = signed({"on": "2025-04-01", "person": ids.late}, kind="person.died")
        assert (await at.send(body)).status_code == 202
        await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")})
        await at.tell("person.born", born("late"))
        told = (await at.http.get(f"/events/v1/reports/{msgspec.json.decode(body)['id']}")).json()
        assert told["fate"] == "recorded"
    found = await evidence(enrolled)
    assert (found.signed, found.broken) == (2, [])


async def test_within_one_batch_a_key_counts_from_its_enrolment_to_its_revocation(enrolled: Teller) -> None:
    """Written down behind the revocation, it would look as if it had come behind it."""
    revoked = cloud_event("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")})
    waits = signed({"on": "2025-04-01", "person": ids.nobody}, kind="person.died")
    async with door(enrolled.database) as at:
        answer = await at.send(b"\n".join([signed(), waits, revoked, signed(born("second"))]), NDJSON)
        told = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [one["fate"] for one in told] == ["recorded", None, "recorded", None]
    assert [one["problem"]["type"] for one in told if one["fate"] is None] == ["/problems/device-revoked"] * 2
    found = await evidence(enrolled)
    assert (found.signed, found.broken) == (1, [])


@pytest.mark.parametrize("count", [1, 2, 7, 30])
async def test_one_signature_covers_a_batch_and_each_line_keeps_what_proves_it(enrolled: Teller, count: int) -> None:
    lines = lines_of(count)
    async with door(enrolled.database) as at:
        headers = {HEADER: sign_batch(lines, device_key("d1"))}
        answer = await at.send(b"\n".join(lines) + b"\n", NDJSON | headers)
        fates = [msgspec.json.decode(line)["fate"] for line in answer.content.splitlines()]
        assert fates == ["recorded"] * count
        batch = await at.send(b"[" + b",".join(lines) + b"]", BATCH | headers)
        assert [one.get("duplicate") for one in batch.json()["results"]] == [True] * count
    places = [fact.cause.signature.index for _, fact in await enrolled.facts() if fact.cause.signature is not None]
    assert places == list(range(count))
    found = await evidence(enrolled)
    assert (found.signed, found.broken) == (count, [])


async def test_a_batch_of_which_one_line_was_altered_is_not_taken_at_all(enrolled: Teller) -> None:
    lines = lines_of(5)
    headers = NDJSON | {HEADER: sign_batch(lines, device_key("d1"))}
    before = len(await enrolled.facts())
    wrong = [
        [*lines[:2], altered(lines[2], data=born("child3", sex="male")), *lines[3:]],
        lines[:4],
        [*lines, lines[0]],
        lines[::-1],
        [*lines[:4], b"{"],
    ]
    async with door(enrolled.database) as at:
        for body in wrong:
            assert await at.code(b"\n".join(body), headers) == (422, "signature-invalid")
        assert await at.code(lines[0], ONE | {HEADER: headers[HEADER]}) == (422, "signature-invalid")
        assert await at.code(lines[0], ONE | {HEADER: "nonsense"}) == (422, "signature-invalid")
        assert len(await enrolled.facts()) == before
        for nothing, media in ((b"", NDJSON), (b"[]", BATCH)):
            assert (await at.send(nothing, headers | media)).status_code == 200, (
                "nothing is covered, nothing is refused"
            )
        spaced = [line.replace(b'":', b'" : ') for line in lines]
        answer = await at.send(b"\n".join(spaced), headers)
        assert answer.status_code == 200, "how it is written is not what is signed"


async def test_a_line_of_a_signed_batch_that_is_no_report_sinks_no_other(enrolled: Teller) -> None:
    lines = [*lines_of(2), cloud_event("person.born", born(sex="x")), b'{"id":1}']
    async with door(enrolled.database) as at:
        answer = await at.send(b"\n".join(lines), NDJSON | {HEADER: sign_batch(lines, device_key("d1"))})
    fates = [msgspec.json.decode(line)["fate"] for line in answer.content.splitlines()]
    assert fates == ["recorded", "recorded", None, None]
    assert (await evidence(enrolled)).broken == []


async def test_who_must_sign_does_and_anybody_else_need_not(enrolled: Teller) -> None:
    lines = lines_of(2)
    async with door(enrolled.database, signatures={"*": "accepted", "collaborator": "required"}) as at:
        assert await at.code(cloud_event("person.born", born())) == (422, "signature-missing")
        assert (await at.tell("device.enrolled", enrolment("d2")))["fate"] == "recorded"
        assert (await at.send(signed())).status_code == 201
        headers = NDJSON | {HEADER: sign_batch(lines, device_key("d2"))}
        answer = await at.send(b"\n".join(lines), headers)
        assert b"device-unknown" in answer.content, "the lines name another device"
        at.granting.granted = msgspec.structs.replace(at.granting.granted, client_id="another")
        assert (await at.send(cloud_event("person.born", born("second")))).status_code == 201
    async with door(enrolled.database, signatures={"*": "none"}) as at:
        unread = altered(signed(born("third")), id=uuid7())
        assert (await at.send(unread)).status_code == 201
    assert (await evidence(enrolled)).signed == 1


async def test_a_ledger_entry_whose_signature_does_not_fit_is_found(
    enrolled: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who can write into the database forges what nobody signed, with a chain that is whole."""
    settings = settings_for(enrolled.database, kafka)
    async with door(enrolled.database) as at:
        assert (await at.send(signed(device="d1"))).status_code == 201
    async with relaying(settings) as relay:
        await published(relay, (await enrolled.facts())[-1][0])
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
    answers = await enrolled.intake.submit([(line, ""), (other, ""), (early, "")])
    positions = [answer.position for answer in answers if answer.fate == "recorded"]
    assert positions
    async with relaying(settings) as relay:
        await published(relay, positions[-1] or 0)
    assert await verify(settings) == 1
    assert f"BROKEN: position {positions[0]}: signature-invalid" in capsys.readouterr().out


def test_who_must_sign_is_set_by_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCAI_EVENTS_SIGNATURES", '{"*": "accepted", "phone-app": "required"}')
    assert EventsSettings.load().signatures == {"*": "accepted", "phone-app": "required"}
    monkeypatch.setenv("SOCAI_EVENTS_SIGNATURES", '{"*": "perhaps"}')
    with pytest.raises(SystemExit, match="SOCAI_EVENTS_SIGNATURES"):
        EventsSettings.load()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_comes_in_while_keys_come_and_go_holds_for_ever(enrolled: Teller, seed: int) -> None:
    """Many devices send at once, alone and in batches, early and late, while their keys are enrolled and revoked."""
    chance = random.Random(seed)
    refusals = {"device-unknown", "device-revoked"}
    told: list[dict[str, Any]] = []

    async def device(at: Door, name: str) -> None:
        for number in range(6):
            nobody = {"on": "2025-04-01", "person": getattr(ids, f"later{name}{number}")}
            reports = [
                cloud_event("person.died", nobody),
                *(cloud_event("person.born", born(f"{name}{number}{n}")) for n in "ab"),
            ]
            if chance.random() < 0.5:
                lines = [sign_report(one, device_key(name)) for one in reports]
                answer = await at.send(b"\n".join(lines), NDJSON)
            else:
                answer = await at.send(b"\n".join(reports), NDJSON | {HEADER: sign_batch(reports, device_key(name))})
            told.extend(msgspec.json.decode(line) for line in answer.content.splitlines())

    async def office(at: Door, names: list[str]) -> None:
        for come, go in zip(names[2:], names[:2], strict=True):
            await at.tell("device.enrolled", enrolment(come))
            await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint(go)})
        for name in names:
            for number in range(0, 6, 2):
                await at.tell("person.born", born(f"later{name}{number}"))

    names = [f"s{seed}{n}" for n in range(4)]
    for name in names[:2]:
        await enrolled.tell("device.enrolled", **enrolment(name))
    async with door(enrolled.database) as at:
        await asyncio.gather(office(at, names), *(device(at, name) for name in names))
    fates = Counter(one.get("fate") for one in told)
    refused = (one.get("problem", one) for one in told if one.get("fate") is None)
    problems = {one["type"].removeprefix("/problems/") for one in refused}
    assert problems <= refusals
    assert fates["recorded"], "somebody got through"
    assert problems, "somebody did not"
    found = await evidence(enrolled)
    assert found.broken == []
    assert found.signed >= fates["recorded"] + fates["waiting"]
