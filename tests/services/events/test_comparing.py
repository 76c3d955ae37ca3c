"""Is a table that is not what the ledger makes of it told from one that is?"""

from collections.abc import Mapping
from typing import Any

import pytest

from services.events.store import comparing, folding
from services.events.store.comparing import TABLES
from services.events.store.verify import verify
from tests.services.events.publishing import a_life, changed, published, relaying, settings_for
from tests.services.events.telling import AREA, COMMUNE, Teller, ids, report
from tests.support.devices import enrolment, thumbprint
from tests.support.topics import Topics

NUMBER = "030190012345"
STRANGER = "019f0000-0000-7000-8000-000000000000"
Difference = tuple[str, str, str]
# How a table is changed, and what is said of it: the table, the row's name, what is wrong.
CHANGES: Mapping[str, tuple[str, Difference]] = {
    "a state": (
        "update state set body = replace(convert_from(body, 'UTF8'), 'male', 'female')::bytea where entity = '{an}'",
        ("state", "{an}", "differs from the ledger"),
    ),
    "a state's last day": (
        "update state set last_on = '2020-01-01' where entity = '{an}'",
        ("state", "{an}", "differs from the ledger"),
    ),
    "a state's facts": (
        "update state set facts = substr(facts, 9) where entity = '{an}'",
        ("state", "{an}", "differs from the ledger"),
    ),
    "a lost state": ("delete from state where entity = '{lan}'", ("state", "{lan}", "is missing")),
    "an invented state": (
        "insert into state select '{stranger}', kind, version, last_on, last_rank, facts, body from state limit 1",
        ("state", "{stranger}", "is not in the ledger"),
    ),
    "a lost tie": ("delete from tie where dependant = '{lan}'", ("tie", "{lan}", "is missing")),
    "a lost number": ("delete from identifier", ("identifier", "{hoa}", "is missing")),
    "another's number": (
        "update identifier set holder = '{an}'",
        ("identifier", "{an}", "is not in the ledger"),
    ),
    "a lost amendment": (
        "delete from amendment where position = (select max(position) from amendment)",
        ("amendment", "{voided}", "is missing"),
    ),
    "a fate": (
        "update outcome set fate = 'refused', position = null where report = '{told}'",
        ("outcome", "{told}", "differs from the ledger"),
    ),
    "a content": (
        "update outcome set digest = '' where report = '{told}'",
        ("outcome", "{told}", "differs from the ledger"),
    ),
    "a lost fate": ("delete from outcome where report = '{told}'", ("outcome", "{told}", "is missing")),
    "an invented fate": (
        "insert into outcome values ('{stranger}', 'tester', '', 'recorded', 1)",
        ("outcome", "{stranger}", "is not in the ledger"),
    ),
    "what is waited for": (
        "update waiting set need = '{an}' where report = '{waits}'",
        ("waiting", "{waits}", "differs from the ledger"),
    ),
    "a lost report": ("delete from waiting where report = '{waits}'", ("waiting", "{waits}", "is missing")),
    "closed books": ("update month set closed = null", ("month", "{commune} 2025-02", "differs from the ledger")),
    "a lost half": ("delete from half where key = '{mai}'", ("half", "{mai}", "is missing")),
    "a device's turn": (
        "update device set passed = passed - 1 where device = 'tester/d'",
        ("device", "tester/d", "differs from the ledger"),
    ),
    "turns that nothing had": (
        "update device set passed = passed + 1 where device = 'tester/d'",
        ("device", "tester/d", "differs from the ledger"),
    ),
    "a key": (
        "update device_key set sender = 'tester' where key = '{key}'",
        ("device_key", "{key}", "differs from the ledger"),
    ),
}


async def a_whole_life(teller: Teller) -> tuple[int, dict[str, str]]:
    """Fill every table; gives where the ledger ends, and the names of what stands in it."""
    voided = await a_life(teller)
    waits = report("person.died", {"on": "2025-06-02", "person": ids.stranger})
    refused = [
        report("person.died", {"on": "2024-01-02", "person": ids.lan}, device="d", devicesequence=number)
        for number in (5, 7)
    ]
    told = report("device.enrolled", enrolment())
    hoa = {"name": "Hoa", "identifiers": [{"type": "pid", "value": NUMBER}]}
    member = {"person": ids.hoa, "sex": "female", "birth": "1990", "personal": hoa}
    answers = await teller.submit(waits, *refused, told)
    assert [answer.fate for answer in answers] == ["waiting", "refused", "refused", "recorded"]
    await teller.tell("household.registered", household=ids.third, area=AREA, members=[member])
    last = await teller.tell("month.closed", on="2025-05-01", commune=COMMUNE, month="2025-02")
    assert last.position is not None
    names = {"waits": waits.id, "told": told.id, "voided": str(voided), "key": thumbprint("d1"), "stranger": STRANGER}
    return last.position, names | {"commune": COMMUNE} | {one: getattr(ids, one) for one in ("an", "lan", "hoa", "mai")}


async def test_tables_that_are_what_the_ledger_makes_of_them_are_whole(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, (last, _) = settings_for(teller.database, kafka), await a_whole_life(teller)
    async with teller.connections.acquire() as connection:
        rows = {table: await connection.fetchval(f"select count(*) from {table}") for table in TABLES}  # noqa: S608
    assert all(rows.values()), rows
    async with relaying(settings) as relay:
        await published(relay, last)
    assert await verify(settings, deep=True) == 0
    assert f"tables: built anew from {last} entries and compared, 0 rows are wrong" in capsys.readouterr().out


async def test_rows_that_differ_from_the_ledger_are_named(teller: Teller) -> None:
    _, names = await a_whole_life(teller)
    await changed(teller, *("create table kept_T as select * from T".replace("T", table) for table in TABLES))
    for statement, told in CHANGES.values():
        await changed(teller, statement.format(**names))
        table, name, what = told
        assert (table, name.format(**names), what) in await differences(teller), statement
        kept = ("delete from T", "insert into T select * from kept_T")
        await changed(teller, *(one.replace("T", table) for one in kept))
    assert await differences(teller) == []


async def test_verify_names_rows_and_nothing_that_they_say(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, (last, names) = settings_for(teller.database, kafka), await a_whole_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)
    await changed(teller, "delete from identifier", "delete from state")
    assert await verify(settings) == 0
    # Something that is wrong already hides nothing.
    await changed(teller, "update ledger set kind = 'person.died' where position = 5")
    assert await verify(settings, deep=True) == 1
    out = capsys.readouterr().out
    assert f"identifier: BROKEN: {names['hoa']} is missing\n" in out
    assert "identifier: 1 rows are not what the ledger makes of them\n" in out
    assert NUMBER not in out


async def test_what_waits_may_be_due(teller: Teller) -> None:
    await a_whole_life(teller)
    await changed(teller, "update waiting set need = 'ready'")
    assert await differences(teller) == []


async def test_a_comparison_writes_nothing_that_stays_and_hinders_nobody_who_writes(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, _ = await a_whole_life(teller)
    fold, began = folding.fold, list[int]()

    async def folded(connection: Any, bodies: Any) -> None:
        assert await connection.fetchval("show transaction_read_only") == "on"
        answer = await teller.tell("household.reviewed", household=ids.home)
        began.append(answer.position or 0)
        await fold(connection, bodies)

    monkeypatch.setattr(comparing, "fold", folded)
    assert await differences(teller) == []
    assert began == [last + 1]


async def differences(teller: Teller) -> list[Difference]:
    found = list[Difference]()
    await comparing.compare(teller.database.writer_dsn, lambda _: None, lambda *told: found.append(told))
    return found
