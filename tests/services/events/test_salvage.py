"""Do reports come back that stand behind a hole of the log?"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.fact import Signature
from deploy.local.databases import Database
from kit.process import progress
from kit.process.database import Connections
from services.events import __main__ as commands
from services.events.intake.intake import Intake
from services.events.report.line import cause_of
from services.events.report.parse import check, parse
from services.events.settings import EventsSettings
from services.events.store.restore import NoFurtherError, restore_from
from services.events.store.salvage import Salvaged, as_told, salvage_from
from tests.services.events.conftest import build
from tests.services.events.publishing import (
    a_life,
    a_life_in_kafka,
    a_life_in_the_log,
    changed,
    published,
    punched,
    relaying,
    settings_for,
)
from tests.services.events.telling import ANYBODY, Teller, ids, report
from tests.support.memory_log import MemoryLog
from tests.support.topics import Topics


async def salvaged(log: MemoryLog, sender: str | None = None) -> tuple[Salvaged, list[bytes]]:
    lines, reader = list[bytes](), log.reader()
    await reader.start()
    return await salvage_from(reader, "", lines.append, sender), lines


async def test_what_stands_behind_a_hole_is_told_anew_and_leads_to_the_same(
    teller: Teller, fresh_database: Callable[..., Database]
) -> None:
    log = MemoryLog()
    _, last, _ = await a_life_in_the_log(teller, log)
    hole = punched(log)
    missing = next(fact for position, fact in await teller.facts() if position == hole)
    found, lines = await salvaged(log)
    assert (found.whole, found.unreadable) == (hole - 1, [])
    assert found.broken == f"position {hole + 1} follows {hole - 1}"
    assert found.told.total() == len(lines) == last - hole
    assert {told["authid"] for line in lines if (told := msgspec.json.decode(line))} == {"tester"}
    restored = fresh_database("socai_events", build)
    connection, reader = await asyncpg.connect(restored.writer_dsn), log.reader()
    await reader.start()
    with pytest.raises(NoFurtherError):
        await restore_from(connection, reader, "")
    await connection.close()
    connections = Connections(restored.writer_dsn)
    intake = Intake(connections)
    await intake.start()
    again = Teller(intake, connections, restored)
    try:
        told = [parse(line, ANYBODY) for line in (as_told(missing.cause), *lines)]
        await intake.submit([(line, "") for line in told])
        # What was refused at once is in no log: the device tells its number anew, before those behind have their turn.
        refused = report("person.left", {"on": "2025-04-03", "person": ids.an}, device="d", devicesequence=2)
        assert [answer.fate for answer in await again.submit(refused)] == ["refused"]
        assert await fates(again) == await fates(teller)
        for entity in (ids.home, ids.lan, ids.an, ids.mai, ids.binh, ids.baby):
            assert await again.state(entity) == await teller.state(entity)
    finally:
        await intake.stop()
        await connections.close()


async def fates(teller: Teller) -> dict[str, str]:
    async with teller.connections.acquire() as connection:
        rows = await connection.fetch("select report, fate from outcome where fate <> 'refused'")
    return {row["report"]: row["fate"] for row in rows}


async def test_one_sender_is_given_her_own_reports_alone(teller: Teller) -> None:
    log = MemoryLog()
    await a_life_in_the_log(teller, log)
    punched(log)
    everybody, lines = await salvaged(log, "tester")
    assert everybody.told.total() == len(lines) > 0
    nobody, lines = await salvaged(log, "another")
    assert (nobody.told.total(), lines) == (0, [])


async def test_a_log_without_a_hole_has_nothing_behind_it(teller: Teller) -> None:
    log = MemoryLog()
    _, last, _ = await a_life_in_the_log(teller, log)
    found, lines = await salvaged(log)
    assert (found.broken, lines) == (None, [])
    assert last > 0


def test_a_report_is_one_line_as_it_was_told_and_names_its_sender() -> None:
    data = msgspec.Raw(b'{"on": "2025-04-10",\r\n "person": "%s"}' % ids.lan.encode())
    told = msgspec.structs.replace(report("person.died", {}, device="d", devicesequence=3, time="x"), data=data)
    cause = cause_of(check(told, ANYBODY))
    line = as_told(cause)
    assert b"\n" not in line
    assert b'{"on": "2025-04-10",   "person"' in line
    assert msgspec.json.decode(line)["authid"] == "tester"
    assert cause_of(parse(line, ANYBODY)).device == "d"
    for signature, given in ((Signature("a..b"), "a..b"), (Signature("a..b", 0, 2, ""), None)):
        signed = msgspec.structs.replace(cause, signature=signature)
        assert msgspec.json.decode(as_told(signed)).get("signature") == given


async def run(settings: EventsSettings, path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(EventsSettings, "load", lambda: settings)
    return await commands.salvage(argparse.Namespace(file=path, sender=None))


async def test_an_operator_is_given_a_file_of_her_own_and_told_whose_reports_it_holds(
    teller: Teller, kafka: Topics, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry is published without the hash by which it follows from the one ahead of it."""
    last, path = await a_life(teller), tmp_path / "behind.ndjson"
    settings = settings_for(teller.database, kafka)
    await changed(
        teller, "update ledger set hash = sha256(hash) where position = (select max(position) - 1 from ledger)"
    )
    async with relaying(settings) as relay:
        await published(relay, last)
    assert await run(settings, path, monkeypatch) == 0
    out = capsys.readouterr().out
    assert f"the log is whole up to position {last - 2}: position {last - 1} does not follow" in out
    assert f"tester, no device: 2 reports\n2 reports are in {path}\n" in out
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes().splitlines()) == 2
    assert await run(settings, path, monkeypatch) == 1
    assert "is there already" in capsys.readouterr().out


async def test_there_is_no_file_where_there_is_no_hole(
    teller: Teller, kafka: Topics, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = await a_life_in_kafka(teller, kafka)
    assert await run(settings, tmp_path / "behind.ndjson", monkeypatch) == 0
    assert "the log has no hole" in capsys.readouterr().out
    assert files_in(tmp_path) == []


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_whoever_salvages_is_told_how_far_the_log_is_read(
    teller: Teller, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SAID_EVERY", 0.0)
    log = MemoryLog()
    _, last, _ = await a_life_in_the_log(teller, log)
    await salvaged(log)
    assert capsys.readouterr().out.splitlines()[-1] == f"Kafka: at position {last}"
