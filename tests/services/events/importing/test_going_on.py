"""Does an import that was interrupted go on where it stopped, and end at once when it is told to?"""

import argparse
import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import asyncpg
import pytest

from kit.cli import INTERRUPTED
from kit.http.problems import Unavailable
from services.events.importing import command, sending
from services.events.importing.sending import Submit, submitter
from services.events.importing.verdicts import FIELDS, Fault, Verdict
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.report.line import Line
from tests.services.events.importing.book import BOOK, HEADINGS, ON
from tests.services.events.importing.conftest import Importer, kinds
from tests.services.events.telling import AREA, COMMUNE, Teller


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)


def breaking_after(batches: int, monkeypatch: pytest.MonkeyPatch, *, by_signal: bool) -> list[int]:
    """Let the ledger be away, or a signal come, after some batches; how many reports were submitted is counted."""
    counted: list[int] = []

    def broken(intake: Intake, stopping: asyncio.Event) -> Submit:
        real = submitter(intake, stopping)

        async def submit(lines: Sequence[Line]) -> list[Answer]:
            if len(counted) == batches and by_signal:
                os.kill(os.getpid(), signal.SIGTERM)
            elif len(counted) >= batches and not by_signal:
                raise Unavailable
            counted.append(len(lines))
            return await real(lines)

        return submit

    monkeypatch.setattr(command, "submitter", broken)
    return counted


async def broken_off(teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import the book as far as two batches: then the ledger is away."""
    await teller.places()
    with monkeypatch.context() as broken:
        breaking_after(2, broken, by_signal=False)
        await importing(BOOK, *ON)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("by_signal", [False, True])
async def test_an_interrupted_import_goes_on_where_it_stopped(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, by_signal: bool
) -> None:
    await teller.places()
    with monkeypatch.context() as broken:
        breaking_after(2, broken, by_signal=by_signal)
        came = await importing(BOOK, *ON)
    assert came.code == (INTERRUPTED if by_signal else command.FAILED)
    assert "--resume" in came.err.splitlines()[-1]
    done = len(await kinds(teller))
    assert 4 <= done < 10
    assert (tmp_path / "book.csv.progress").exists()
    counted = breaking_after(100, monkeypatch, by_signal=False)
    came = await importing(tmp_path / "book.csv", *ON, "--resume")
    assert came.code == 0
    assert sum(counted) <= 10 - done + 2
    assert await kinds(teller) == ["household.registered"] * 10
    assert not (tmp_path / "book.csv.progress").exists()
    assert came.fates() == {"recorded": 10}


async def test_a_file_of_verdicts_that_nothing_was_written_to_begins_with_its_headings(
    teller: Teller, importing: Importer, tmp_path: Path
) -> None:
    await teller.places()
    verdicts = tmp_path / "verdicts.csv"
    verdicts.touch()
    (tmp_path / "book.csv").write_text(BOOK)
    parsed = argparse.ArgumentParser()
    command.configure(parsed)
    came = ["--sender", "tester", *ON, "--resume", "--verdicts", str(verdicts)]
    assert await command.run(parsed.parse_args([str(tmp_path / "book.csv"), *came])) == 0
    assert verdicts.read_text("utf-8-sig").splitlines()[0] == ",".join(FIELDS)


@pytest.mark.usefixtures("small_batches")
async def test_rows_that_fit_by_now_are_sent_when_it_goes_on(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await teller.places()
    third = f"{COMMUNE}-003"
    areas = [third] * 2 + [AREA] * 8
    told = "".join(f"{area},{number},Lê Văn Tám,nam,1970\n" for number, area in enumerate(areas, 10))
    on = ("--commune", COMMUNE, "--on", "2025-01-01", "--partial")
    with monkeypatch.context() as broken:
        breaking_after(2, broken, by_signal=False)
        await importing(f"Địa bàn,{HEADINGS}{told}", *on)
    await teller.tell("area.established", on="2019-01-01", area=third, commune=COMMUNE, names={"vi": third})
    came = await importing(tmp_path / "book.csv", *on, "--resume")
    assert "read otherwise" in came.err
    assert came.fates() == {"recorded": 6, "duplicate": 4}
    assert len(await kinds(teller)) == 10


async def test_it_is_stopped_also_where_every_row_is_wrong(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    seen: list[int] = []
    real = command.unfit

    def stopping(table: str, rows: tuple[int, ...], faults: tuple[Fault, ...]) -> Iterator[Verdict]:
        seen.append(1)
        if len(seen) == 10:
            os.kill(os.getpid(), signal.SIGTERM)
        return real(table, rows, faults)

    monkeypatch.setattr(command, "unfit", stopping)
    wrong = "".join(f"{number},Lê Văn Tám,nam,99/99/1970\n" for number in range(11, 6_000))
    came = await importing(f"{HEADINGS}10,Lê Văn Tám,nam,1970\n{wrong}", *ON)
    assert came.code == INTERRUPTED
    assert len(seen) < 2_000


@pytest.mark.usefixtures("small_batches")
@pytest.mark.usefixtures("importing")
@pytest.mark.parametrize("name", ["verdicts.csv", "verdicts.ndjson"])
async def test_an_import_that_goes_on_tells_of_each_row_once(
    teller: Teller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    await teller.places()
    verdicts = tmp_path / name

    async def partially(told: str, *arguments: str) -> None:
        path = tmp_path / "book.csv"
        path.write_text(told, encoding="utf-8")
        parsed = argparse.ArgumentParser()
        command.configure(parsed)
        asked = (*ON, "--sender", "tester", "--partial", *arguments, "--verdicts", str(verdicts))
        await command.run(parsed.parse_args([str(path), *asked]))

    book = BOOK + "20,Lê Văn Tám,nam,99/99/1970\n"
    with monkeypatch.context() as broken:
        breaking_after(2, broken, by_signal=False)
        await partially(book)
    # Whoever is killed may have written half a line.
    whole = verdicts.read_bytes()
    verdicts.write_bytes(whole + b'{"table":"","row":1' if name.endswith("json") else whole + b",1")
    await partially(book, "--resume")
    lines = verdicts.read_bytes().splitlines()
    assert lines[: len(whole.splitlines())] == whole.splitlines()
    # Two lines for each of ten households without a head, one for the row that is wrong, and headings.
    assert len(set(lines)) == len(lines) == 21 + name.endswith("csv")
    assert sum(b"date-format" in line for line in lines) == 1


@pytest.mark.usefixtures("small_batches")
async def test_what_changed_since_is_not_resumed(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await broken_off(teller, importing, monkeypatch)
    came = await importing(BOOK.replace("Tám", "Chín"), *ON, "--resume")
    assert (came.code, came.err.partition(":")[0]) == (1, "checked")
    assert "changed-since" in came.err
    assert (
        "changed-since"
        in (await importing(tmp_path / "book.csv", "--area", AREA, "--on", "2025-01-02", "--resume")).err
    )


async def test_what_is_resumed_although_it_had_ended_tells_of_each_row_once(
    teller: Teller, importing: Importer, tmp_path: Path
) -> None:
    await teller.places()
    assert (await importing(BOOK, *ON)).fates() == {"recorded": 10}
    came = await importing(tmp_path / "book.csv", *ON, "--resume")
    assert came.fates() == {"duplicate": 10}
    assert {one["fate"] for one in came.verdicts} == {"duplicate"}


@pytest.mark.usefixtures("small_batches")
async def test_what_a_restored_ledger_lacks_is_sent_again(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await broken_off(teller, importing, monkeypatch)
    # As a backup leaves it that was taken before the import.
    owner = await asyncpg.connect(teller.database.owner_dsn)
    tables = await owner.fetchval(
        "select string_agg(quote_ident(tablename), ', ') from pg_tables "
        "where schemaname = 'public' and tablename <> 'alembic_version'"
    )
    await owner.execute(f"truncate {tables}")
    await owner.close()
    await teller.places()
    came = await importing(tmp_path / "book.csv", *ON, "--resume")
    assert "lacks what was sent before" in came.err
    assert came.fates() == {"recorded": 10}
    assert await kinds(teller) == ["household.registered"] * 10


async def test_who_is_to_stop_does_not_wait_for_a_ledger_that_is_away(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    asked: list[int] = []

    async def away(_: Intake, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
        if not asked:
            asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGTERM)
        asked.append(len(lines))
        raise Unavailable

    monkeypatch.setattr(Intake, "submit", away)
    async with asyncio.timeout(20):
        came = await importing(BOOK, *ON)
    assert (came.code, len(asked)) == (command.FAILED, 2)
    assert "go on with --resume" in came.err
