"""Do the lists of a P0 form become reports about the right people, told apart by number, name, birth and household?"""

from pathlib import Path

import openpyxl
import pytest

from contracts.kinds.vital import PersonBorn
from services.events.importing import sending
from services.events.importing.lists import LISTS
from tests.services.events.importing.conftest import Importer, facts_of, kinds, payload
from tests.services.events.importing.test_command import breaking_after
from tests.services.events.telling import AREA, PROVINCE, Teller

BOOK = """Hộ số,Họ và tên,Quan hệ,Giới tính,Ngày sinh,Tình trạng hôn nhân,Số thẻ BHYT
12,Phạm Văn Bình,chủ hộ,nam,17/04/1988,có vợ,DN4300120860538
12,Nguyễn Thị Hoa,vợ,nữ,03/09/1991,có chồng,
12,Đỗ Thị Bưởi,mẹ,nữ,1959,góa,
13,Lê Văn Tám,chủ hộ,nam,1970,có vợ,
13,Lê Văn Tám,con,nam,1995,,
13,Trần Thị Chín,vợ,nữ,1972,có chồng,
"""
AT = ("--area", AREA)


def workbook(path: Path, *sheets: tuple[str, list[list[str]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append([text or None for text in row])
    made.save(path)
    return path


async def book(teller: Teller, importing: Importer) -> None:
    await teller.places()
    came = await importing(BOOK, *AT, "--on", "2025-01-01")
    assert came.code == 0, came


async def test_a_birth_finds_household_and_mother(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    births = (
        "Hộ số,Họ tên trẻ,Nam,Nữ,Họ tên mẹ,Nơi sinh,Con thứ\n12,Phạm Gia Hân,,14/03/2025,nguyen thi hoa,Trạm y tế,2\n"
    )
    came = await importing(births, *AT, "--list", "Trẻ sinh ra")
    assert came.fates() == {"recorded": 1}, came
    (fact,) = await facts_of(teller, "person.born")
    told = payload(fact)
    assert (told["on"], told["sex"], told["place"], told["birth_order"]) == (
        "2025-03-14",
        "female",
        "health_station",
        2,
    )
    mother = await teller.state(str(told["mother"]))
    assert mother["birth"] == "1991-09-03"
    assert (await importing(births, *AT, "--list", "births")).fates() == {"duplicate": 1}


async def test_a_mother_who_is_not_found_is_left_out_with_a_warning(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    births = "Hộ số,Họ và tên,Giới tính,Ngày sinh,Họ tên mẹ\n12,Phạm Gia Hân,nữ,14/03/2025,Ai Đó Khác\n"
    came = await importing(births, *AT, "--list", "births")
    assert [one["code"] for one in came.verdicts] == ["mother-not-found"]
    (fact,) = await facts_of(teller, PersonBorn.kind)
    assert "mother" not in payload(fact)


async def test_a_mother_of_another_household_is_told_with_her_birth_date(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    head = "Hộ số,Họ và tên,Giới tính,Ngày sinh,Họ tên mẹ,Ngày sinh mẹ\n"
    named = head + "12,Phạm Gia Hân,nữ,14/03/2025,Trần Thị Chín,\n"
    came = await importing(named, *AT, "--list", "births")
    assert [one["code"] for one in came.verdicts] == ["mother-not-found"]
    dated = head + "12,Phạm Gia Hà,nữ,15/03/2025,Trần Thị Chín,1972\n"
    await importing(dated, *AT, "--list", "births")
    first, second = (payload(fact) for fact in await facts_of(teller, PersonBorn.kind))
    assert "mother" not in first
    assert (await teller.state(str(second["mother"])))["birth"] == "1972"


ARRIVED = (
    "Hộ số,Họ và tên,Giới tính,Ngày sinh,Số thẻ BHYT,Ngày chuyển đến\n"
    "12,Phạm Thị Một,nữ,01/02/2010,DN4300120860539,05/04/2025\n"
    "12,Phạm Thị Hai,nữ,01/02/2010,,05/04/2025\n"
)


DEATH = ["Hộ số", "Họ và tên", "Ngày sinh", "Ngày chết"]


async def test_twins_keep_their_ids_when_their_list_is_imported_again(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    assert (await importing(ARRIVED, *AT, "--list", "arrivals")).fates() == {"recorded": 2}
    assert (await importing(ARRIVED, *AT, "--list", "arrivals")).fates() == {"duplicate": 2}
    arrived = [payload(fact)["person"] for fact in await facts_of(teller, "person.arrived")]
    assert len(set(arrived)) == 2


async def test_the_twin_who_died_is_the_one_who_is_named_also_after_a_break(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await book(teller, importing)
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    path = workbook(
        tmp_path / "p0.xlsx",
        ("Chuyển đến", [row.split(",") for row in ARRIVED.splitlines()]),
        (
            "Chết",
            [["Hộ số", "Họ và tên", "Ngày sinh", "Ngày chết"], ["12", "Phạm Thị Hai", "01/02/2010", "06/04/2025"]],
        ),
    )
    with monkeypatch.context() as broken:
        breaking_after(1, broken, by_signal=False)
        await importing(path, *AT)
    assert (await importing(path, *AT, "--resume")).code == 0
    arrived = {one["person"]: one["personal"] for one in map(payload, await facts_of(teller, "person.arrived"))}
    (died,) = map(payload, await facts_of(teller, "person.died"))
    assert arrived[died["person"]] == {"name": "Phạm Thị Hai"}


async def test_a_twin_of_a_later_file_is_not_taken_for_the_one_on_the_books(
    teller: Teller, importing: Importer, tmp_path: Path
) -> None:
    await book(teller, importing)
    head = ["Hộ số", "Họ và tên", "Giới tính", "Ngày sinh"]
    first = ",".join(head) + "\n12,Phạm Gia Hân,nữ,14/03/2025\n"
    assert (await importing(first, *AT, "--list", "births")).code == 0
    path = workbook(
        tmp_path / "april.xlsx",
        ("Trẻ sinh ra", [head, ["12", "Phạm Gia Hà", "nữ", "14/03/2025"]]),
        ("Chết", [DEATH, ["12", "Phạm Gia Hà", "14/03/2025", "16/03/2025"]]),
    )
    came = await importing(path, *AT, "--partial")
    assert [code for *_, code in came.wrong()] == ["another-by-that-key", "person-not-found"]
    assert await facts_of(teller, "person.died") == []
    assert (await importing(first, *AT, "--list", "births")).fates() == {"duplicate": 1}


async def test_what_a_change_tells_is_blamed_and_not_the_column_that_says_of_whom(
    teller: Teller, importing: Importer
) -> None:
    await book(teller, importing)
    changes = "Hộ số,Họ và tên,Quan hệ,Ngày thay đổi,Nội dung thay đổi,Thông tin cũ,Thông tin mới\n"
    told = "12,Đỗ Thị Bưởi,mẹ,05/04/2025,Quan hệ với chủ hộ,mẹ,chủ hộ\n"
    came = await importing(changes + told, *AT, "--list", "changes")
    assert [(cell, code) for _, cell, _, code in came.wrong()] == [("G2", "head-among-relations")]


async def test_a_row_without_a_word_is_no_row_of_a_list(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    lists = (
        "Danh sách,Hộ số,Họ và tên,Ngày sinh,Ngày chết\n"
        "deaths,12,Đỗ Thị Bưởi,1959,05/04/2025\n,,,,\n\ndeaths,13,Trần Thị Chín,1972,06/04/2025\n"
    )
    came = await importing(lists, *AT, "--kind", "p0")
    assert came.fates() == {"recorded": 2}, came


async def test_a_death_finds_its_person_by_number_or_by_name_and_household(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    deaths = (
        "Hộ số,Họ và tên,Số thẻ BHYT,Ngày sinh,Ngày chết\n"
        "12,PHẠM VĂN BÌNH,DN4300120860538,,05/04/2025\n"
        "012,Do Thi Buoi,,,06/04/2025\n"
    )
    came = await importing(deaths, *AT, "--list", "deaths")
    assert came.fates() == {"recorded": 2}, came
    assert await kinds(teller) == ["household.registered"] * 2 + ["person.died"] * 2
    again = await importing(deaths, *AT, "--list", "deaths")
    assert (again.code, again.fates()) == (0, {"duplicate": 2})


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("13,Lê Văn Tám,,,05/04/2025", (2, "B2", "Họ và tên", "person-unclear")),
        ("13,Lê Văn Chín,,,05/04/2025", (2, "B2", "Họ và tên", "person-not-found")),
        (",Đỗ Thị Bưởi,,,05/04/2025", (2, "B2", "Họ và tên", "person-unclear")),
        ("12,Nguyễn Thị Hoa,DN4300120860538,,05/04/2025", (2, "B2", "Họ và tên", "name-differs")),
        ("14,Đỗ Thị Bưởi,,,05/04/2025", (2, "A2", "Hộ số", "household-unknown")),
        ("12,Đỗ Thị Bưởi,,,04/2025", (2, "E2", "Ngày chết", "date-incomplete")),
        ("12,Đỗ Thị Bưởi,,,", (2, "E2", "Ngày chết", "required")),
        ("12,Đỗ Thị Bưởi,,,05/04/2999", (2, "E2", "Ngày chết", "date-out-of-range")),
        ("12,Đỗ Thị Bưởi,,,05/04/2099", (2, "E2", "Ngày chết", "date-in-the-future")),
        ("12,Đỗ Thị Bưởi,,,05/05/2025", (2, "E2", "Ngày chết", "date-outside-month")),
        ("12,,,,05/04/2025", (2, "B2", "Họ và tên", "name-missing")),
        ("12,Đỗ Thị Bưởi,,1961,05/04/2025", (2, "B2", "Họ và tên", "person-not-found")),
    ],
)
async def test_a_row_that_fits_nobody_or_several_is_wrong(
    teller: Teller, importing: Importer, row: str, wrong: tuple[int, str, str, str]
) -> None:
    await book(teller, importing)
    head = "Hộ số,Họ và tên,Số thẻ BHYT,Ngày sinh,Ngày chết\n"
    came = await importing(head + row + "\n", *AT, "--list", "Người chết", "--month", "2025-04")
    assert (came.code, came.wrong()) == (1, [wrong])
    assert "person.died" not in await kinds(teller)


async def test_father_and_son_of_one_name_stay_apart_after_one_has_died(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    head = "Hộ số,Họ và tên,Ngày sinh,Ngày chết\n"
    assert (await importing(head + "13,Lê Văn Tám,1970,05/04/2025\n", *AT, "--list", "deaths")).code == 0
    came = await importing(head + "13,Lê Văn Tám,,06/04/2025\n", *AT, "--list", "deaths")
    assert [code for *_, code in came.wrong()] == ["person-unclear"]


async def test_arrivals_and_departures_read_their_places(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    arrivals = (
        "Hộ số,Họ và tên,Quan hệ,Giới tính,Ngày sinh,Dân tộc,Trình độ học vấn,Ngày chuyển đến,Nơi đi\n"
        "12,Hoàng Thị Thư,con dâu,nữ,02/1998,Tày,ĐH,01/09/2025,10507-20190101\n"
        "12,Hoàng Văn Bé,cháu nội,nam,2020,2,,01/09/2025,Tỉnh Lạng Sơn\n"
    )
    came = await importing(arrivals, *AT, "--list", "Chuyển đến")
    assert came.fates() == {"recorded": 2}, came
    first, second = (payload(fact) for fact in await facts_of(teller, "person.arrived"))
    assert (first["birth"], first["ethnicity"], first["education"]) == ("1998-02", "02", "university")
    assert first["origin"] == "10507-20190101"
    assert "origin" not in second
    assert [one["code"] for one in came.verdicts if one["code"]] == ["place-not-read"]
    departures = (
        "Hộ số,Họ và tên,Ngày chuyển đi,Nơi đến\n"
        "12,Hoàng Thị Thư,02/10/2025,nước ngoài\n13,Trần Thị Chín,02/10/2025,Hà Nội\n"
    )
    came = await importing(departures, *AT, "--list", "Chuyển đi")
    assert [payload(fact)["destination"] for fact in await facts_of(teller, "person.left")] == ["abroad", "unknown"]


@pytest.mark.parametrize(
    ("told", "destination", "place", "code"),
    [
        ("Xã Nam Đồng", "inside_country", "10510-20200101", ""),
        ("nam dong, hai duong", "inside_country", "10510-20200101", ""),
        ("P. Nam Đồng - TP. Hải Phòng", "inside_country", "11380-20200101", ""),
        ("Hải Phòng", "inside_country", "31-20200101", ""),
        ("Xã Chân Mây - Lăng Cô", "inside_country", "10513-20200101", ""),
        ("chân mây \u2013 lăng cô, Hải Dương", "inside_country", "10513-20200101", ""),
        ("Xã Thanh Hà, Hải Dương", "inside_country", "10516-20200101", ""),
        ("Nam Đồng", "inside_country", None, "place-unclear"),
        ("Nam Đồng, Hà Nội", "unknown", None, "place-not-read"),
        ("Xã An Lạc", "unknown", None, "place-not-read"),
    ],
)
async def test_a_place_is_read_by_its_name_where_one_on_the_books_bears_it(
    teller: Teller, importing: Importer, told: str, destination: str, place: str | None, code: str
) -> None:
    await book(teller, importing)
    for unit, level, type_, name, parent in (
        ("31-20200101", "province", "thanh_pho", "Thành phố Hải Phòng", None),
        ("10510-20200101", "commune", "xa", "Xã Nam Đồng", PROVINCE),
        ("10513-20200101", "commune", "xa", "Xã Chân Mây - Lăng Cô", PROVINCE),
        ("10516-20200101", "commune", "xa", "Thanh Hà", PROVINCE),
        ("11380-20200101", "commune", "phuong", "Phường Nam Đồng", "31-20200101"),
        ("11383-20200101", "commune", "xa", "Xã An Lạc", "31-20200101"),
    ):
        made = {"unit": unit, "code": unit.split("-")[0], "level": level, "type": type_, "names": {"vi": name}}
        made |= {} if parent is None else {"parent": parent}
        await teller.tell("unit.established", on="2020-01-01", unit=made)
    await teller.tell("unit.reorganised", on="2025-07-01", change="abolish", units=["11383-20200101"])
    came = await importing(
        f'Hộ số,Họ và tên,Ngày đi,Nơi đến\n12,Đỗ Thị Bưởi,02/10/2025,"{told}"\n', *AT, "--list", "đi"
    )
    (left,) = map(payload, await facts_of(teller, "person.left"))
    assert (left["destination"], left.get("place")) == (destination, place)
    assert [one["code"] for one in came.verdicts if one["code"]] == ([code] if code else [])
    arrivals = f'Hộ số,Họ và tên,Giới tính,Ngày đến,Nơi đi\n12,Hoàng Thị Thư,nữ,02/09/2025,"{told}"\n'
    await importing(arrivals, *AT, "--list", "đến")
    (arrived,) = map(payload, await facts_of(teller, "person.arrived"))
    assert arrived.get("origin") == place


async def test_a_returning_person_keeps_her_id_by_her_number(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    head = "Hộ số,Họ và tên,Số thẻ BHYT,Giới tính,Ngày sinh,"
    row = "12,Phạm Văn Bình,DN4300120860538,nam,17/04/1988,"
    await importing(f"{head}Ngày chuyển đi,Nơi đến\n{row}01/05/2025,abroad\n", *AT, "--list", "departures")
    came = await importing(f"{head}Ngày chuyển đến\n{row}01/08/2025\n", *AT, "--list", "arrivals")
    assert came.fates() == {"recorded": 1}
    (left,), (back,) = await facts_of(teller, "person.left"), await facts_of(teller, "person.arrived")
    assert payload(left)["person"] == payload(back)["person"]


BIRTHS = "Hộ số,Họ và tên,Giới tính,Ngày sinh\n"
ARRIVALS = "Hộ số,Họ và tên,Giới tính,Ngày sinh,Ngày đến\n"


@pytest.mark.parametrize(
    ("which", "headings", "row"),
    [
        ("births", BIRTHS, "13,Lê Gia Hà,nữ,14/03/2025\n"),
        ("arrivals", ARRIVALS, "12,Vũ Văn Đến,nam,1980,14/03/2025\n"),
    ],
)
async def test_a_row_pasted_twice_brings_nobody_twice(
    teller: Teller, importing: Importer, which: str, headings: str, row: str
) -> None:
    await book(teller, importing)
    came = await importing(headings + row * 2, *AT, "--list", which, "--partial")
    assert came.wrong() == [(3, "B3", "Họ và tên", "row-twice")]
    assert came.fates() == {"recorded": 1, "wrong": 1}
    # A twin of a name that differs in a tone is another child, and has the same id whether or not a row is wrong.
    twin = row.replace("Hà", "Hạ").replace("Đến", "Dền")
    first = await importing(headings + row * 2 + twin, *AT, "--list", which, "--partial")
    assert first.fates() == {"duplicate": 1, "wrong": 1, "recorded": 1}
    again = await importing(headings + row + twin, *AT, "--list", which)
    assert again.fates() == {"duplicate": 2}


async def test_who_arrives_and_may_be_on_the_books_is_told_with_a_warning(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    arrives = ARRIVALS + "13,Nguyễn Thị Hoa,nữ,03/09/1991,14/03/2025\n13,Nguyễn Thị Hoa,nữ,04/09/1991,14/03/2025\n"
    for fate in ("recorded", "duplicate"):
        came = await importing(arrives, *AT, "--list", "arrivals")
        assert came.fates() == {fate: 2}
        assert [(int(one["row"]), one["code"]) for one in came.verdicts if one["code"]] == [(2, "may-be-known")]


async def test_a_number_that_fits_one_and_a_birth_that_fits_another_is_unclear(
    teller: Teller, importing: Importer
) -> None:
    await book(teller, importing)
    await importing(
        BOOK.replace("12,", "14,").replace("DN4300120860538", "").replace("1988", "1958"),
        *AT,
        "--on",
        "2025-01-01",
        "--partial",
    )
    told = "Hộ số,Họ và tên,Ngày sinh,Số thẻ BHYT,Ngày chết\n14,Phạm Văn Bình,{},DN4300120860538,20/03/2025\n"
    unclear = await importing(told.format("17/04/1958"), *AT, "--list", "deaths")
    assert unclear.wrong() == [(2, "B2", "Họ và tên", "person-unclear")]
    differs = await importing(told.format("18/04/1988"), *AT, "--list", "deaths", "--dry-run")
    assert [(one["fate"], one["code"]) for one in differs.verdicts][:1] == [("ready", "birth-differs")]


async def test_care_lists_read_marks_and_codes(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    contraception = "Hộ số,Họ và tên,Ngày bắt đầu sử dụng,Mã BPTT,Số con hiện có\n12,Nguyễn Thị Hoa,01/02/2025,5,1\n"
    assert (await importing(contraception, *AT, "--list", "Mới sử dụng BPTT")).fates() == {"recorded": 1}
    (fact,) = await facts_of(teller, "person.contraception_started")
    assert (payload(fact)["method"], payload(fact)["living_children"]) == ("pill", 1)
    screening = (
        "Hộ số,Họ và tên,Ngày sàng lọc,Lần khám,Down,Edwards,Patau,Thalassemia\n"
        "12,Nguyễn Thị Hoa,01/03/2025,12,nguy cơ thấp,x,,bình thường\n"
    )
    assert (await importing(screening, *AT, "--list", "Sàng lọc trước sinh")).fates() == {"recorded": 1}
    (fact,) = await facts_of(teller, "person.prenatally_screened")
    told = payload(fact)
    assert (told["visit"], told["down"], told["edwards"], told["thalassemia"]) == ("week_12", "low", "done", "normal")
    assert "patau" not in told


async def test_one_file_may_hold_several_lists_told_apart_by_a_column(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    rows = (
        "Danh sách,Hộ số,Họ và tên,Giới tính,Ngày sinh,Ngày\n"
        "Người chết,12,Phạm Gia Hân,,,20/03/2025\n"
        "1. Trẻ sinh ra,12,Phạm Gia Hân,nữ,14/03/2025,\n"
    )
    came = await importing(rows, *AT, "--kind", "p0")
    assert came.fates() == {"recorded": 2}, came
    assert (await kinds(teller))[2:] == ["person.born", "person.died"]


def test_every_list_has_headings_that_are_told_apart() -> None:
    for one in LISTS:
        seen: dict[str, str] = {}
        for column in one.columns:
            for heading in set(column.headings):
                assert seen.setdefault(heading, column.name) == column.name, (one.name, heading)


async def test_a_rehearsal_foretells_every_fate(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    rows = (
        "Danh sách,Hộ số,Họ và tên,Giới tính,Ngày sinh,Ngày,Họ và tên vợ/chồng\n"
        "Người chết,12,Đỗ Thị Bưởi,,,20/03/2025,\n"
        "Người chết,13,Trần Thị Chín,,,01/02/2024,\n"
        "Kết hôn,12,Phạm Văn Bình,,,20/03/2025,\n"
        "Ly hôn,13,Lê Văn Tám,,1970,20/03/2025,\n"
        "Chuyển đến,13,Lê Thị Mới,nữ,1999,20/03/2025,\n"
        "Kết hôn,13,Lê Thị Mới,,,21/03/2025,Lê Văn Tám\n"
        "Chuyển đi,12,Nguyễn Thị Hoa,,,21/03/2025,\n"
    )
    foretold = await importing(rows, *AT, "--kind", "p0", "--dry-run")
    came = await importing(rows, *AT, "--kind", "p0", "--partial")
    expected = {"ready": "recorded"}

    def fates(verdicts: list[dict[str, str]]) -> list[tuple[str, str, str]]:
        return [(one["row"], expected.get(one["fate"], one["fate"]), one["code"]) for one in verdicts]

    assert fates(foretold.verdicts) == fates(came.verdicts)
    assert {fate for _, fate, _ in fates(came.verdicts)} >= {"recorded", "refused", "wrong"}


async def test_whoever_is_of_the_other_sex_on_the_books_is_told_with_a_warning(
    teller: Teller, importing: Importer
) -> None:
    await book(teller, importing)
    deaths = "Hộ số,Họ và tên,Giới tính,Ngày chết\n12,Nguyễn Thị Hoa,{},14/03/2025\n"
    for told, code in (("nam", "sex-differs"), ("nữ", ""), ("", "")):
        came = await importing(deaths.format(told), *AT, "--list", "deaths", "--dry-run")
        assert [(one["fate"], one["code"]) for one in came.verdicts][:1] == [("ready", code)]


async def test_two_of_one_name_in_a_household_are_told_apart_by_their_sex(teller: Teller, importing: Importer) -> None:
    await teller.places()
    people = "Hộ số,Họ và tên,Quan hệ,Giới tính,Ngày sinh\n12,Lê Thanh,chủ hộ,nam,1970\n12,Lê Thanh,vợ,nữ,1972\n"
    assert (await importing(people, *AT, "--on", "2025-01-01")).code == 0
    deaths = "Hộ số,Họ và tên,Giới tính,Ngày chết\n12,Lê Thanh,{},14/03/2025\n"
    assert (await importing(deaths.format(""), *AT, "--list", "deaths")).wrong()[0][3] == "person-unclear"
    assert (await importing(deaths.format("nữ"), *AT, "--list", "deaths")).fates() == {"recorded": 1}
    (fact,) = await facts_of(teller, "person.died")
    assert (await teller.state(str(payload(fact)["person"])))["sex"] == "female"
