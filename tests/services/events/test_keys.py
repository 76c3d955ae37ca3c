"""Who enrols and revokes a device's key, and what becomes of the keys when the ledger is lost?"""

import asyncio
from collections.abc import Callable

import asyncpg
import msgspec
import pytest

from deploy.local.databases import Database
from services.events.store.restore import restore
from services.events.store.verify import verify, verify_log
from socai.signing import HEADER, public_key, sign_batch
from tests.services.events.conftest import build
from tests.services.events.publishing import published, relaying, settings_for
from tests.services.events.signing import (
    NDJSON,
    door,
    evidence,
    lines_of,
    signed,
)
from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, Teller, cloud_event, ids
from tests.support.devices import device_key, enrolment, thumbprint
from tests.support.topics import Topics


async def test_the_office_of_a_key_learns_what_contradicts_it_and_nobody_else_does(family: Teller) -> None:
    key = {"on": "2025-06-01", "key": thumbprint("d1")}
    async with door(family.database, areas=(COMMUNE,)) as at:
        await at.tell("device.enrolled", enrolment(place=AREA))
        assert (await at.tell("device.enrolled", enrolment(place=AREA)))["reasons"][0]["code"] == "key-enrolled"
        assert (await at.tell("device.revoked", key))["fate"] == "recorded"
        assert (await at.tell("device.revoked", key))["reasons"][0]["code"] == "key-revoked"
    async with door(family.database, areas=(OTHER,)) as at:
        assert (await at.send(cloud_event("device.revoked", key))).status_code == 403


async def test_whoever_reports_for_a_place_enrols_its_devices_and_nobody_else_does(enrolled: Teller) -> None:
    async with door(enrolled.database, areas=(OTHER,)) as at:
        assert (await at.send(cloud_event("device.enrolled", enrolment("d2")))).status_code == 403
        assert (
            await at.send(cloud_event("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")}))
        ).status_code == 403
        assert (await at.send(cloud_event("device.enrolled", enrolment("d2", place=OTHER)))).status_code == 201
    async with door(enrolled.database, areas=(COMMUNE,)) as at:
        there = await at.tell("device.enrolled", enrolment("d3", place=AREA))
        assert there["fate"] == "recorded"
        assert (await at.http.get(f"/events/v1/facts/{there['position']}")).status_code == 200
        corrected = await at.tell("fact.corrected", {"fact": there["id"], "changes": {"device": "d9"}})
        assert corrected["reasons"][0]["code"] == "key-stays"
        assert (await at.tell("fact.voided", {"fact": there["id"]}))["reasons"][0]["code"] == "key-stays"


async def test_a_revocation_waits_for_its_enrolment(enrolled: Teller) -> None:
    async with door(enrolled.database) as at:
        waits = await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint("d2")})
        assert (waits["fate"], waits["need"]) == ("waiting", f"key:{thumbprint('d2')}")
        await at.tell("device.enrolled", enrolment("d2"))
        assert (await at.http.get(f"/events/v1/reports/{waits['id']}")).json()["fate"] == "recorded"
        assert await at.code(signed(key="d2")) == (403, "device-revoked")


async def test_an_enrolment_waits_for_the_place_for_which_the_device_reports(enrolled: Teller) -> None:
    place = f"{COMMUNE}-999"
    async with door(enrolled.database, areas=("VN",)) as at:
        waits = await at.tell("device.enrolled", enrolment("d2", place=place))
        assert (waits["fate"], waits["need"]) == ("waiting", place)
        assert await at.code(signed(key="d2")) == (403, "device-unknown")
        await enrolled.tell("area.established", area=place, commune=COMMUNE, names={"vi": "Thôn 9"})
        assert (await at.http.get(f"/events/v1/reports/{waits['id']}")).json()["fate"] == "recorded"


async def test_a_key_that_is_none_is_named_by_its_place(enrolled: Teller) -> None:
    key = public_key(device_key("d2"))
    async with door(enrolled.database) as at:
        for wrong in (
            key | {"x": key["y"]},
            key | {"crv": "P-384"},
            key | {"d": key["x"]},
            key | {"x": key["x"] + "A"},
        ):
            answer = await at.send(cloud_event("device.enrolled", enrolment("d2", key=wrong)))
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"].startswith("#/data/key")


KEYS = "select * from device_key order by key"
DEVICES = "select report, device, sequence from outcome where fate <> 'refused' order by report"


async def test_keys_and_signatures_come_back_from_kafka_alone(
    enrolled: Teller, kafka: Topics, fresh_database: Callable[..., Database], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(enrolled.database, kafka)
    lines = lines_of(3)
    async with door(enrolled.database) as at:
        assert (await at.send(signed(device="d1"))).status_code == 201
        await at.send(b"\n".join(lines), NDJSON | {HEADER: sign_batch(lines, device_key("d1"))})
        await at.send(signed({"on": "2025-04-01", "person": ids.nobody}, kind="person.died", device="d1"))
        await at.tell("device.enrolled", enrolment("d2", until="2031-12-31"))
        last = (await at.tell("device.revoked", {"on": "2025-06-01", "key": thumbprint("d1")}))["position"]
    async with relaying(settings) as relay:
        await published(relay, last)
    empty = fresh_database("socai_events", build)
    assert await restore(settings_for(empty, kafka)) == last
    old, new = await asyncpg.connect(enrolled.database.reader_dsn), await asyncpg.connect(empty.reader_dsn)
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


async def test_what_an_office_approves_was_signed_when_it_came_in(enrolled: Teller) -> None:
    await enrolled.family(ids.far, area=FAR, mai="female")
    async with door(enrolled.database, areas=(AREA,)) as at:
        body = signed({"on": "2025-04-01", "person": ids.mai}, kind="person.died", device="d1")
        assert (await at.send(body)).json()["fate"] == "handed_over"
    await enrolled.tell("device.revoked", on="2025-06-01", key=thumbprint("d1"))
    async with door(enrolled.database, client="office", areas=(OTHER,)) as office:
        told = {"on": "2025-04-02", "reports": [msgspec.json.decode(body)["id"]]}
        assert (await office.tell("reports.approved", told))["fate"] == "recorded"
    assert (await enrolled.facts())[-1][1].cause.signature is not None
    found = await evidence(enrolled)
    assert (found.signed, found.broken) == (2, [])
