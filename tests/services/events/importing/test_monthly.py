"""Do the lists of a P0 form become reports about the right people, told apart by number, name, birth and household?"""

import time
from datetime import date, timedelta

import pytest

from contracts.calendar import today
from contracts.kinds.vital import PersonBorn
from services.events.importing.lists import LISTS
from tests.services.events.importing.conftest import Importer, facts_of, kinds, payload
from tests.services.events.importing.listing import AT, book
from tests.services.events.telling import PROVINCE, Teller


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


async def test_what_a_change_tells_is_blamed_and_not_the_column_that_says_of_whom(
    teller: Teller, importing: Importer
) -> None:
    await book(teller, importing)
    changes = "Hộ số,Họ và tên,Quan hệ,Ngày thay đổi,Nội dung thay đổi,Thông tin cũ,Thông tin mới\n"
    told = "12,Đỗ Thị Bưởi,mẹ,05/04/2025,Quan hệ với chủ hộ,mẹ,chủ hộ\n"
    came = await importing(changes + told, *AT, "--list", "changes")
    assert [(cell, code) for _, cell, _, code in came.wrong()] == [("G2", "head-among-relations")]


@pytest.mark.parametrize(
    ("heading", "which", "arguments"), [("Danh sách,", "deaths,", ()), ("", "", ("--list", "deaths"))]
)
async def test_a_row_without_a_word_is_no_row_of_a_list(
    teller: Teller, importing: Importer, heading: str, which: str, arguments: tuple[str, ...]
) -> None:
    await book(teller, importing)
    lists = (
        f"{heading}Hộ số,Họ và tên,Ngày sinh,Ngày chết\n"
        f"{which}12,Đỗ Thị Bưởi,1959,05/04/2025\n,,,,\n\n{which}13,Trần Thị Chín,1972,06/04/2025\n"
    )
    came = await importing(lists, *AT, "--kind", "p0", *arguments)
    assert came.fates() == {"recorded": 2}, came


async def test_a_place_of_death_that_no_list_holds_is_told_as_unknown(teller: Teller, importing: Importer) -> None:
    await book(teller, importing)
    deaths = "Hộ số,Họ và tên,Ngày sinh,Ngày chết,Nơi chết\n12,Đỗ Thị Bưởi,1959,05/04/2025,trên sông\n"
    came = await importing(deaths, *AT, "--list", "deaths")
    assert came.fates() == {"recorded": 1}, came
    assert [payload(fact)["place"] for fact in await facts_of(teller, "person.died")] == ["unknown"]
    assert came.told() == [(2, "E2", "Nơi chết", "place-not-read")]


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
    assert came.told() == [(3, "I3", "Nơi đi", "place-not-read")]
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


async def test_a_place_that_was_abolished_since_is_where_somebody_went_or_came_from_before(
    teller: Teller, importing: Importer
) -> None:
    await book(teller, importing)
    unit = {"unit": "11383-20200101", "code": "11383", "level": "commune", "type": "xa", "parent": PROVINCE}
    await teller.tell("unit.established", on="2020-01-01", unit=unit | {"names": {"vi": "Xã An Lạc"}})
    await teller.tell("unit.reorganised", on="2025-07-01", change="abolish", units=[unit["unit"]])
    departures = "Hộ số,Họ và tên,Ngày đi,Nơi đến\n12,Đỗ Thị Bưởi,30/06/2025,Xã An Lạc\n"
    arrivals = "Hộ số,Họ và tên,Giới tính,Ngày đến,Nơi đi\n12,Hoàng Thị Thư,nữ,30/06/2025,Xã An Lạc\n"
    for which, rows, field in (("đi", departures, "place"), ("đến", arrivals, "origin")):
        assert (await importing(rows, *AT, "--list", which)).told() == []
        fact = (await teller.facts())[-1][1]
        assert payload(fact)[field] == unit["unit"]


@pytest.mark.parametrize(
    ("which", "heading", "cell"),
    [("deaths", "Hộ số,Họ và tên,Ngày chết", "C2"), ("births", "Hộ số,Họ và tên,Ngày sinh,Giới tính", "C2")],
)
async def test_an_event_of_today_is_told_and_one_of_a_day_to_come_is_wrong_where_its_date_stands(
    teller: Teller, importing: Importer, which: str, heading: str, cell: str
) -> None:
    await book(teller, importing)
    day = date.fromisoformat(today(time.time()))
    rows = [f"12,Đỗ Thị Bưởi,{day + timedelta(days=later):%d/%m/%Y}" for later in (2, 0)]
    came = await importing("\n".join((heading, *rows)) + "\n", *AT, "--list", which, "--partial")
    assert [(at, code) for _, at, _, code in came.wrong()] == [(cell, "date-in-the-future")]
    assert came.fates()["recorded"] == 1


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


CHANGES = (
    "Hộ số,Họ và tên,Ngày sinh,Ngày thay đổi,Nội dung thay đổi,Thông tin cũ,Thông tin mới\n"
    "12,Nguyễn Thị Hoa,03/09/1991,05/04/2025,Họ và tên,Nguyễn Thị Hoa,Nguyễn Thị Lan\n"
    "12,Phạm Văn Bình,17/04/1988,05/04/2025,Ngày sinh,17/04/1988,17/05/1988\n"
    "12,Phạm Văn Bình,17/05/1988,06/04/2025,Ngày sinh,17/05/1988,18/05/1988\n"
)


async def test_a_change_of_name_or_birth_date_is_recognised_when_it_is_imported_again(
    teller: Teller, importing: Importer
) -> None:
    """By then nobody bears the name that the row tells; also an import that goes on reads its first rows again."""
    await book(teller, importing)
    at = (*AT, "--list", "changes")
    first, *more = CHANGES.splitlines()[1:]
    head = CHANGES.splitlines()[0]
    for row in (first, *more):
        assert (await importing(f"{head}\n{row}\n", *at)).fates() == {"recorded": 1}
    recorded = await kinds(teller)
    for arguments in ((), ("--dry-run",)):
        assert (await importing(CHANGES, *at, *arguments)).fates() == {"duplicate": 3}
    assert await kinds(teller) == recorded
    other = await importing(CHANGES.replace("Thị Lan", "Thị Huệ"), *at)
    assert other.wrong() == [(2, "B2", "Họ và tên", "person-not-found")]
