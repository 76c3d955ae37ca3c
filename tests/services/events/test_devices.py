"""Are the counters that a device asks for those that it kept itself, and is nobody else's work in them?"""

import asyncio
import importlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.fact import Cause, Fact, ReportEntry, encode
from contracts.ids import uuid7
from deploy.local.databases import Database
from kit.process.migrate import migrate
from services.events.queries.devices import counters
from services.events.store.ledger import Entry, Head, append, link
from tests.services.events.conftest import MIGRATIONS
from tests.services.events.signing import NDJSON, Door, born, door, signed
from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, PROVINCE, SECOND, Teller, cloud_event, ids
from tests.services.events.test_api import asking, send
from tests.support.devices import enrolment, thumbprint

NOTHING = dict.fromkeys(("recorded", "waiting", "returned", "refused", "duplicate", "handed_over"), 0)


class Phone:
    """A device that counts what it is answered."""

    def __init__(self, at: Door, name: str) -> None:
        self.at = at
        self.name = name
        self.counts: Counter[str] = Counter(NOTHING)

    async def send(self, *lines: bytes) -> None:
        answer = await self.at.send(b"\n".join(lines), NDJSON)
        for told in map(msgspec.json.decode, answer.content.splitlines()):
            if told["fate"] is not None:
                self.counts["duplicate" if told.get("duplicate") else told["fate"]] += 1

    def report(self, number: int | None, kind: str, told: dict[str, Any]) -> bytes:
        attributes = {} if number is None else {"devicesequence": number}
        return cloud_event(kind, told, id=uuid7(), device=self.name, **attributes)

    async def ask(self) -> dict[str, Any]:
        answer = await self.at.http.get(f"/events/v1/devices/{self.name}")
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told


async def test_a_device_s_counters_are_its_own(family: Teller) -> None:
    async with door(family.database) as at:
        phone, other = Phone(at, "p1"), Phone(at, "p2")
        birth = phone.report(1, "person.born", born())
        early = phone.report(2, "person.left", {"on": "2024-03-01", "person": ids.lan})
        nobody = phone.report(3, "person.died", {"on": "2025-03-01", "person": ids.nobody})
        later = phone.report(7, "person.born", born("second"))
        uncounted = phone.report(None, "person.born", born())
        await phone.send(birth, early, nobody, later, b"{", uncounted)
        await phone.send(birth, early, later, later)
        await other.send(other.report(1, "person.born", born("third")), other.report(4, "person.born", born("fourth")))
        told = await phone.ask()
        assert told["counts"] == phone.counts
        assert told["counts"] == NOTHING | {"recorded": 1, "refused": 1, "waiting": 2, "duplicate": 5}
        assert told["sent"] == 9
        assert (told["highest"], told["missing"]) == (7, [{"first": 4, "last": 6}])
        async with family.connections.acquire() as connection:
            assert told["position"] == await connection.fetchval("select max(position) from ledger")
        assert (await other.ask())["missing"] == [{"first": 2, "last": 3}]
        assert (await other.ask())["counts"] == other.counts


async def test_what_comes_later_moves_from_one_fate_to_another_and_stays_counted(family: Teller) -> None:
    async with door(family.database) as at:
        phone = Phone(at, "p1")
        await phone.send(phone.report(2, "person.born", born()))
        assert (await phone.ask())["counts"] == NOTHING | {"waiting": 1}
        birth = phone.report(1, "person.born", born("second"))
        await phone.send(birth)
        told = await phone.ask()
        assert (told["counts"], told["missing"], told["highest"]) == (NOTHING | {"recorded": 2}, [], 2)
        await phone.send(phone.report(3, "fact.voided", {"fact": msgspec.json.decode(birth)["id"]}))
        told = await phone.ask()
        assert (told["counts"], told["voided"]) == (NOTHING | {"recorded": 3}, 1)


async def test_a_device_that_sent_nothing_has_nothing(family: Teller) -> None:
    async with door(family.database) as at:
        told = await Phone(at, "p1").ask()
        assert (told["sent"], told["counts"], told["highest"], told["missing"]) == (0, NOTHING, 0, [])
        assert (await at.http.get("/events/v1/devices/not%20a%20name")).status_code == 422


async def test_a_device_of_the_same_name_of_another_sender_is_another_one(family: Teller) -> None:
    async with door(family.database) as at:
        phone = Phone(at, "p1")
        await phone.send(phone.report(1, "person.born", born()))
        at.granting.granted = msgspec.structs.replace(at.granting.granted, client_id="another")
        assert (await phone.ask())["sent"] == 0


async def test_a_device_sees_its_keys(family: Teller) -> None:
    async with door(family.database) as at:
        await at.tell("device.enrolled", enrolment("p1", until="2031-12-31"))
        assert (await at.send(signed(key="p1", device="p1"))).status_code == 201
        told = await Phone(at, "p1").ask()
        key = {"key": thumbprint("p1"), "since": "2025-01-01", "until": "2031-12-31", "revoked": False}
        assert (told["keys"], told["sent"]) == ([key], 1)


async def test_counting_one_device_costs_what_it_sent_and_not_what_all_others_did(family: Teller) -> None:
    owner = await asyncpg.connect(family.database.owner_dsn)
    try:
        for device, reports in (("p1", 50), ("p2", 50_000)):
            await owner.execute(
                "insert into outcome (report, sender, digest, fate, device, sequence) select $1 || n, 'collaborator', "
                "'', 'recorded', $1, n from generate_series(1, $2::integer) n",
                device,
                reports,
            )
        await owner.execute("analyze outcome")
        read = []
        for device in ("p1", "p2"):
            plan = await owner.fetchval(
                "explain (analyze, buffers, format json) select fate, count(*), sum(duplicates) from outcome "
                "where sender = 'collaborator' and device = $1 group by fate",
                device,
            )
            read.append(msgspec.json.decode(plan)[0]["Plan"]["Shared Hit Blocks"])
    finally:
        await owner.close()
    assert read[0] < 20 < read[1]


@pytest.mark.parametrize(("gaps", "more"), [(1000, False), (1001, True)])
async def test_a_device_s_many_gaps_are_listed_up_to_a_bound(family: Teller, gaps: int, *, more: bool) -> None:
    owner = await asyncpg.connect(family.database.owner_dsn)
    try:
        await owner.execute(
            "insert into outcome (report, sender, digest, fate, device, sequence) select 'r' || n, 'collaborator', '', "
            "'waiting', 'p1', 2 * n from generate_series(1, $1::integer) n",
            gaps,
        )
    finally:
        await owner.close()
    told = await counters(family.connections, "collaborator", "p1")
    assert (len(told["missing"]), told["more_missing"], told["highest"]) == (1000, more, 2 * gaps)


async def test_what_was_recorded_before_devices_were_counted_is_counted_too(
    fresh_database: Callable[..., Database], tmp_path: Path
) -> None:
    database = fresh_database("socai_events")
    (tmp_path / "versions").mkdir()
    copyfile(MIGRATIONS / "versions" / "0001_ledger.py", tmp_path / "versions" / "0001_ledger.py")
    await asyncio.to_thread(migrate, tmp_path, database.owner_dsn)
    cause = Cause("r1", "vn.socai.person.died.v1", "s", msgspec.Raw(b"{}"), None, "collaborator", "p1", 3)
    entries = [
        Entry("reports", "r1", "report.waiting", "nowhere", "", encode(ReportEntry("waiting", cause, "x"))),
        Entry("facts", "r1", "person.died", "nowhere", "", encode(Fact("person.died", "2025-01-01", cause))),
    ]
    owner = await asyncpg.connect(database.owner_dsn)
    try:
        _, rows = link(Head(0, bytes(32), 0), 1, entries)
        await append(owner, rows)
        for report in ("r1", "r2"):
            await owner.execute(
                "insert into outcome (report, sender, digest, fate, duplicates) "
                "values ($1, 'collaborator', '', 'recorded', 2)",
                report,
            )
        await owner.execute("insert into device values ('c/p1', 1), ('c/p1', 2), ('c/p1', 3), ('c/p2', 1)")
        await asyncio.to_thread(migrate, MIGRATIONS, database.owner_dsn)
        passed = await owner.fetch("select device, passed, repeated from device order by device")
        assert [tuple(row) for row in passed] == [("c/p1", 3, 0), ("c/p2", 1, 0), ("collaborator/p1", 0, 2)]
        found = await owner.fetch("select report, device, sequence from outcome order by report")
        assert [tuple(row) for row in found] == [("r1", "p1", 3), ("r2", None, None)]
    finally:
        await owner.close()


async def test_what_another_office_gets_and_sends_back_is_counted_as_that(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    async with door(family.database, areas=(AREA,)) as at:
        phone = Phone(at, "p1")
        death = phone.report(1, "person.died", {"on": "2025-04-01", "person": ids.mai})
        await phone.send(death, phone.report(2, "person.born", born()))
        assert (await phone.ask())["counts"] == phone.counts == NOTHING | {"handed_over": 1, "recorded": 1}
    async with door(family.database, client="office", areas=(OTHER,)) as office:
        told = {"reports": [msgspec.json.decode(death)["id"]], "on": "2025-04-02", "reason": "Không đúng người"}
        assert (await office.tell("reports.returned", told))["fate"] == "recorded"
    async with door(family.database, areas=(AREA,)) as at:
        again = Phone(at, "p1")
        assert (await again.ask())["counts"] == NOTHING | {"returned": 1, "recorded": 1}
        await again.send(death)
        assert (await again.ask())["counts"] == NOTHING | {"returned": 1, "recorded": 1, "duplicate": 1}


async def test_a_report_told_again_under_another_number_holds_up_nobody(family: Teller) -> None:
    async with door(family.database) as at:
        phone, other, the_id = Phone(at, "p1"), Phone(at, "p2"), uuid7()
        await phone.send(cloud_event("person.born", born(), id=the_id, device="p1", devicesequence=1))
        for again, number in ((phone, 2), (other, 1)):
            told = cloud_event("person.born", born(), id=the_id, device=again.name, devicesequence=number)
            await again.send(
                told, again.report(number + 1, "household.reviewed", {"on": "2025-04-01", "household": ids.home})
            )
            answer = await again.ask()
            assert (answer["missing"], answer["counts"]["waiting"]) == ([], 0)


async def test_what_another_telephone_told_before_is_a_duplicate_of_the_one_that_tells_it_again(family: Teller) -> None:
    async with door(family.database) as at:
        one, two, the_id = Phone(at, "p1"), Phone(at, "p2"), uuid7()
        for phone in (one, two, two):
            await phone.send(cloud_event("person.born", born(), id=the_id, device=phone.name, devicesequence=1))
        waits = uuid7()
        for phone in (two, two, one):
            told = cloud_event("person.died", {"on": "2025-05-01", "person": ids.nobody}, id=waits, device=phone.name)
            await phone.send(told, told)
        for phone in (one, two):
            answer = await phone.ask()
            assert answer["counts"] == phone.counts
            assert answer["sent"] == phone.counts.total()


async def test_what_is_told_of_a_former_area_has_a_fate_where_its_number_is_used_up(family: Teller) -> None:
    await family.tell("person.died", on="2025-04-01", person=ids.lan)
    async with door(family.database, areas=(SECOND,)) as at:
        phone = Phone(at, "p1")
        late = phone.report(1, "person.died", {"on": "2025-04-02", "person": ids.lan})
        await phone.send(late)
        told = await phone.ask()
        fate = await at.http.get(f"/events/v1/reports/{msgspec.json.decode(late)['id']}")
    assert (told["highest"], told["missing"], told["counts"]["refused"]) == (1, [], 1)
    assert fate.json()["fate"] == "refused"
    assert "position" not in str(fate.json().get("reasons", ()))


async def test_an_office_finds_the_keys_of_devices_that_report_for_its_places(family: Teller) -> None:
    await family.tell("device.enrolled", **enrolment(place=AREA))
    await family.tell("device.enrolled", **enrolment("far", device="d1", sender="another", place=FAR))
    await family.tell("device.revoked", on="2025-03-01", key=thumbprint("d1"))
    path = "/events/v1/devices/d1/keys"
    async with asking(family.database, client="officer", areas=(COMMUNE,)) as officer:
        (own,) = (await officer.get(path)).json()["keys"]
        assert (own["key"], own["sender"], own["place"], own["revoked"]) == (
            thumbprint("d1"),
            "collaborator",
            AREA,
            True,
        )
        assert (await officer.get("/events/v1/devices/d9/keys")).json()["keys"] == []
    async with asking(family.database, client="centre") as centre:
        assert [one["revoked"] for one in (await centre.get(path)).json()["keys"]] == [True, False]


async def test_an_enrolment_that_waits_for_its_place_is_told_with_the_keys(family: Teller) -> None:
    place = "10999-20190101"
    told = {"on": "2025-03-01", "sender": "ctv", "device": "d1", "place": place, "key": enrolment()["key"]}
    officer = asking(family.database, client="officer", areas=(PROVINCE,))
    async with officer as office, asking(family.database, client="elsewhere", areas=(OTHER,)) as elsewhere:
        sent = (await send(office, cloud_event("device.enrolled", told))).json()
        assert sent["fate"] == "waiting"
        path = "/events/v1/devices/d1/keys"
        (one,) = (await office.get(path)).json()["waiting"]
        assert (one["need"], one["place"], one["report"], one["sender"]) == (place, place, sent["id"], "ctv")
        assert (await elsewhere.get(path)).json() == {"device": "d1", "keys": [], "waiting": []}
        assert (await office.get("/events/v1/devices/d2/keys")).json()["waiting"] == []
        for client, area in (("officer", OTHER), ("colleague", PROVINCE)):
            async with asking(family.database, client=client, areas=(area,)) as another:
                assert (await another.get(path)).json()["waiting"] == [one], client
        unit = {"level": "commune", "names": {"vi": "M"}, "unit": place, "code": "10999", "parent": PROVINCE}
        assert (await family.tell("unit.established", on="2019-01-01", unit=unit)).fate == "recorded"
    async with asking(family.database, client="centre") as centre:
        (key,) = (await centre.get(path)).json()["keys"]
        assert (key["key"], (await centre.get(path)).json()["waiting"]) == (one["key"], [])


async def test_an_enrolment_that_waited_before_is_found_by_its_device_once_the_ledger_is_brought_up_to_date(
    family: Teller,
) -> None:
    await family.tell("device.enrolled", **enrolment(place="10999-20190101"))
    await family.tell("person.died", person=ids.nobody)
    step = importlib.import_module("services.events.migrations.versions.0019_waiting_enrolments")
    owner = await asyncpg.connect(family.database.owner_dsn)
    await owner.execute("update waiting set device = null")
    await owner.execute(step.DEVICES)
    assert [one["device"] for one in await owner.fetch("select device from waiting order by position")] == ["d1", None]
    await owner.close()
