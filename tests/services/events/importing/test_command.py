"""Does the command that imports ask for what it needs, and tell in a line what keeps it?"""

import fcntl
from collections.abc import Sequence
from pathlib import Path

import pytest

from kit.http.problems import Unavailable
from kit.process import database
from services.events.importing import command
from services.events.importing.lists import LISTS
from services.events.importing.sending import Submit
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.report.line import Line
from tests.services.events.importing.book import BOOK, ON
from tests.services.events.importing.conftest import Importer, kinds
from tests.services.events.telling import AREA, SECOND, Teller


async def test_how_far_it_is_is_said_in_the_language_of_the_rest(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    monkeypatch.setattr(command, "TOLD_EVERY", 0.0)
    monkeypatch.setattr(command, "PAUSE", 1)
    said = (await importing(BOOK, *ON, "--language", "vi")).err.splitlines()
    assert {line.partition(":")[0] for line in said} == {"đang kiểm tra", "đã kiểm tra", "đã gửi"}


async def test_a_full_disk_is_told_in_a_line_and_loses_no_report(
    teller: Teller, importing: Importer, tmp_path: Path
) -> None:
    await teller.places()
    came = await importing(BOOK, *ON, verdicts=Path("/dev/full"))
    assert (came.code, len(await kinds(teller))) == (command.FAILED, 10)
    assert came.err.splitlines()[-1].startswith("No space left on device: ")
    assert "book.csv" not in came.err
    assert (await importing(tmp_path / "book.csv", *ON, "--resume")).fates() == {"duplicate": 10}


@pytest.mark.parametrize("verdicts", ["no/such/folder.csv", "book.csv/verdicts.csv"])
async def test_a_file_that_cannot_be_written_is_told_in_a_line(
    teller: Teller, importing: Importer, tmp_path: Path, verdicts: str
) -> None:
    await teller.places()
    (tmp_path / "book.csv").write_text(BOOK)
    came = await importing(tmp_path / "book.csv", *ON, "--partial", verdicts=tmp_path / verdicts)
    assert (came.code, came.err.count("\n")) == (command.FAILED, 1)
    assert verdicts in came.err
    assert await kinds(teller) == []


async def test_nothing_is_sent_where_the_progress_cannot_be_kept(
    teller: Teller, importing: Importer, tmp_path: Path
) -> None:
    await teller.places()
    (tmp_path / "book.csv.progress.new").mkdir()
    came = await importing(BOOK, *ON)
    assert came.code == command.FAILED
    assert "book.csv.progress.new" in came.err
    assert await kinds(teller) == []


async def test_an_address_that_is_none_is_told_in_a_line(importing: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCAI_EVENTS_READER_DSN", "postgresql://h:x/ledger")
    came = await importing(BOOK, *ON)
    assert (came.code, came.err.splitlines()) == (
        command.FAILED, ["the database does not answer / cơ sở dữ liệu không trả lời"],
    )  # fmt: skip


async def test_the_ledger_may_be_away_for_a_moment(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    real = Intake.submit
    refused: list[int] = []

    async def once_away(self: Intake, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
        if not refused:
            refused.append(len(lines))
            raise Unavailable
        return await real(self, lines)

    monkeypatch.setattr(Intake, "submit", once_away)
    assert (await importing(BOOK, *ON)).code == 0
    assert refused == [10]


async def test_a_file_is_imported_by_one_process_at_a_time(teller: Teller, importing: Importer, tmp_path: Path) -> None:
    await teller.places()
    (tmp_path / "book.csv").write_text(BOOK)
    with (tmp_path / "book.csv").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        came = await importing(tmp_path / "book.csv", *ON, verdicts=tmp_path / "others.ndjson")
        assert (came.code, came.err.partition(":")[0]) == (command.FAILED, "under-way")
    assert not (tmp_path / "others.ndjson").exists()
    assert await kinds(teller) == []
    assert (await importing(tmp_path / "book.csv", *ON)).code == 0


async def test_a_ledger_that_goes_away_while_it_is_rehearsed_is_told_in_a_line(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()

    def away(*_: object) -> Submit:
        async def submit(_: Sequence[Line]) -> list[Answer]:
            raise database.Unavailable

        return submit

    monkeypatch.setattr(command, "rehearser", away)
    came = await importing(BOOK, *ON, "--dry-run")
    assert came.code == command.FAILED
    assert came.err.splitlines()[-1].startswith("the database does not answer")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sender", ""), "--sender"),
        (("--sender", "trạm y tế"), "--sender: text-format; --sender tram-y-te"),
        (("--dry-run", "--sender", "tram y te"), "--sender: text-format; --sender tram-y-te"),
        (("--area", "12"), "--area: area-format; --area 10525-20200101-001"),
        (("--commune", "Phường Đông"), "--commune: area-format; --commune 10525-20250701"),
        (("--month", "10/2025"), "--month: date-format; --month 2026-10"),
        (("--month", "2025-13"), "--month: date-format"),
        (("--on", "2025"), "--on: date-incomplete; --on 2025-01-01"),
        (("--on", "yesterday"), "--on: date-format"),
    ],
)
async def test_an_option_that_does_not_fit_ends_it_with_a_line(
    importing: Importer, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit, match=said):
        await importing(BOOK, *arguments)


async def test_whoever_names_no_list_is_told_those_that_there_are(importing: Importer) -> None:
    said = (await importing(BOOK, *ON, "--dry-run", "--list", "Sinh con")).err
    assert said.startswith("list-unknown (--list: Chuyển đến từ xã khác, Trẻ sinh ra, ")
    assert all(one.titles[1] in said for one in LISTS)


async def test_a_column_of_the_only_table_is_named_alone(teller: Teller, importing: Importer) -> None:
    await teller.places()
    first, *others = BOOK.splitlines()
    more = "\n".join([f"{first},Nhóm máu", *(f"{other},A" for other in others)])
    letter = chr(ord("A") + first.count(",") + 1)
    assert f"! column that was not read: {letter}\n" in (await importing(more, *ON, "--dry-run")).out


async def test_a_file_that_is_not_there_is_named(importing: Importer, tmp_path: Path) -> None:
    came = await importing(tmp_path / "nowhere.xlsx", *ON, "--dry-run")
    assert came.code == command.FAILED
    assert came.err == f"not-found ({tmp_path}/nowhere.xlsx): There is no such file. / Không có tệp này.\n"


async def test_without_the_secret_nothing_is_sent(importing: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCAI_EVENTS_IMPORT_KEY", "")
    with pytest.raises(SystemExit, match="SOCAI_EVENTS_IMPORT_KEY"):
        await importing(BOOK, *ON)


async def test_a_dry_run_says_that_whoever_sends_it_names_a_sender(importing: Importer) -> None:
    assert "name with --sender" in (await importing(BOOK, *ON, "--dry-run")).err
    vietnamese = await importing(BOOK, *ON, "--dry-run", "--language", "vi")
    assert "cần nêu --sender" in vietnamese.err
    assert "--sender" not in (await importing(BOOK, *ON, "--dry-run", "--sender", "tester")).err
    with pytest.raises(SystemExit, match="nhân danh ai"):
        await importing(BOOK, *ON, "--sender", "")


async def test_a_dry_run_of_a_book_needs_no_database(importing: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WRITER_DSN", "READER_DSN", "IMPORT_KEY"):
        monkeypatch.setenv(f"SOCAI_EVENTS_{name}", "")
    assert (await importing(BOOK, *ON, "--dry-run")).fates() == {"ready": 10}
    deaths = await importing(BOOK, *ON, "--dry-run", "--list", "deaths")
    assert "database-needed" in deaths.err


async def test_what_lies_outside_the_senders_places_is_handed_over(teller: Teller, importing: Importer) -> None:
    await teller.places()
    book = "Địa bàn," + BOOK.replace("\n", f"\n{AREA},").removesuffix(f"{AREA},")
    rehearsed = await importing(book, "--commune", "10507-20190101", "--on", "2025-01-01", "--dry-run")
    came = await importing(book, "--commune", "10507-20190101", "--on", "2025-01-01")
    assert rehearsed.fates() == came.fates() == {"handed_over": 10}
    assert {one["code"] for one in came.verdicts} == {"outside-the-areas", "no-head"}
    assert await kinds(teller) == []


async def test_what_the_office_must_see_waits_for_it_unless_the_office_itself_imports(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    monkeypatch.setenv("SOCAI_EVENTS_APPROVAL", '[{"source": "/imports/", "kinds": ["household.registered"]}]')
    assert (await importing(BOOK, *ON, "--dry-run")).fates() == {"waiting": 10}
    assert (await importing(BOOK, *ON, "--officer")).fates() == {"recorded": 10}
    assert (await importing(BOOK, "--area", SECOND, "--on", "2025-01-01")).fates() == {"waiting": 10}


async def test_what_waits_for_the_office_is_not_told_as_recorded_when_it_is_imported_again(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    monkeypatch.setenv("SOCAI_EVENTS_APPROVAL", '[{"source": "/imports/", "kinds": ["household.registered"]}]')
    for arguments in ((), ("--dry-run",), ()):
        came = await importing(BOOK, *ON, *arguments)
        assert came.fates() == {"waiting": 10}
        assert "before" not in came.out
    assert (await importing(BOOK, *ON, "--officer")).fates() == {"waiting": 10}
    assert await kinds(teller) == []


@pytest.mark.parametrize("more", ["20,Lê Văn Tám,nam,99/99/1970\n", "Tổng số hộ,9\n"])
async def test_a_dry_run_says_that_nothing_is_sent_as_long_as_anything_is_wrong(
    teller: Teller, importing: Importer, more: str
) -> None:
    await teller.places()
    assert "--partial" in (await importing(BOOK + more, *ON, "--dry-run")).err
    assert "chưa gửi" in (await importing(BOOK + more, *ON, "--dry-run", "--language", "vi")).err
    assert "--partial" not in (await importing(BOOK, *ON, "--dry-run")).err
    assert (await importing(BOOK + more, *ON)).fates()["held-back"] == 10
    rehearsed = await importing(BOOK + more, *ON, "--partial", "--dry-run")
    came = await importing(BOOK + more, *ON, "--partial")
    told = {"recorded" if fate == "ready" else fate: count for fate, count in rehearsed.fates().items()}
    assert "--partial" not in rehearsed.err
    assert (rehearsed.code, told, rehearsed.wrong()) == (came.code, came.fates(), came.wrong())
