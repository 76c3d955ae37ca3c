"""Whom does a row of a list mean: found by number, name, birth, household and sex, or somebody new?"""

from pathlib import Path

import pytest

from services.events.importing import sending
from tests.services.events.importing.conftest import Importer, facts_of, kinds, payload
from tests.services.events.importing.listing import ARRIVED, AT, BOOK, DEATH, book, workbook
from tests.services.events.importing.test_going_on import breaking_after
from tests.services.events.telling import AREA, SECOND, Teller, ids


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
    ("day", "row", "wrong"),
    [
        ("31/05/2025", "12,Phạm Văn Bình,{day}\n", []),
        ("01/06/2025", "12,Phạm Văn Bình,{day}\n", []),
        ("02/06/2025", "12,Phạm Văn Bình,{day}\n", ["person-not-found"]),
        ("01/06/2025", "13,Trần Thị Chín,{day}\n", []),
        ("03/06/2025", "12,Trần Thị Chín,{day}\n", []),
        ("03/06/2025", "13,Trần Thị Chín,{day}\n", ["household-unknown"]),
        ("01/12/2024", "13,Trần Thị Chín,{day}\n", ["before-person-known"]),
    ],
)
async def test_a_number_is_that_of_the_household_that_bore_it_on_the_day(
    teller: Teller, importing: Importer, day: str, row: str, wrong: list[str]
) -> None:
    """On the first of June household 12 moves away, on the second household 13 gets its number."""
    await book(teller, importing)
    homes = {told["number"]: told["household"] for told in map(payload, await facts_of(teller, "household.registered"))}
    await teller.tell("household.moved", on="2025-06-01", household=homes["12"], area=SECOND, number="7")
    await teller.tell("household.moved", on="2025-06-02", household=homes["13"], area=AREA, number="12")
    await teller.tell("household.reviewed", on="2025-07-01", household=homes["13"])
    came = await importing("Hộ số,Họ và tên,Ngày chết\n" + row.format(day=day), *AT, "--list", "deaths")
    assert [code for *_, code in came.wrong()] == wrong, came


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("12,2,Vũ Văn An", []),
        ("12.2,,Vũ Văn An", []),
        ("12,1,Đỗ Thị Bưởi", []),
        ("12.1,,Đỗ Thị Bưởi", []),
        ("12.2,,Đỗ Thị Bưởi", ["person-not-found"]),
        ("12,,Đỗ Thị Bưởi", []),
        ("12,,Vũ Văn An", ["person-not-found"]),
        ("20.1,,Vũ Văn An", []),
        ("20,,Vũ Văn An", ["household-unclear"]),
    ],
)
async def test_the_sheet_says_which_of_two_households_of_one_number_is_meant(
    teller: Teller, importing: Importer, row: str, wrong: list[str]
) -> None:
    await book(teller, importing)
    for number, sheet in (("12", "2"), ("20", "1"), ("20", "2")):
        name = f"{number} {sheet}"
        person = {"person": getattr(ids, f"an {name}"), "sex": "male", "personal": {"name": "Vũ Văn An"}}
        told = {"household": getattr(ids, name), "number": number, "sheet": sheet, "members": [person]}
        assert (await teller.tell("household.registered", area=AREA, **told)).fate == "recorded"
    deaths = f"Hộ số,Phiếu số,Họ và tên,Ngày chết\n{row},05/04/2025\n"
    came = await importing(deaths, *AT, "--list", "deaths", "--dry-run")
    assert [code for *_, code in came.wrong()] == wrong, came


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
        assert came.told() == [(2, "B2", "Họ và tên", "may-be-known")]


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
    assert differs.fates() == {"ready": 1}
    assert (2, "C2", "Ngày sinh", "birth-differs") in differs.told()


async def test_a_number_that_two_hold_is_unclear_and_who_has_no_name_is_found_by_hers(
    teller: Teller, importing: Importer
) -> None:
    await teller.places()
    numbers = {ids.lan: "DN4300120860538", ids.mai: "DN4300120860538", ids.an: "DN4300120860539"}
    people = [{"person": person, "sex": "female"} for person in numbers]
    await teller.tell("household.registered", household=ids.home, area=AREA, members=people)
    for person, number in numbers.items():
        card = {"identifiers": [{"type": "bhyt", "value": number}]}
        await teller.tell("person.identifier_issued", person=person, personal=card)
    deaths = "Họ và tên,Số thẻ BHYT,Ngày chết\nAi Đó,DN4300120860538,14/03/2025\nVũ Thị An,DN4300120860539,14/03/2025\n"
    came = await importing(deaths, *AT, "--list", "deaths", "--partial")
    assert came.wrong() == [(2, "B2", "Số thẻ BHYT", "person-unclear")]
    assert [payload(fact)["person"] for fact in await facts_of(teller, "person.died")] == [ids.an]


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


OF_SPOUSE, OF_PARTNER = (
    f"Hộ số,Họ và tên,Ngày sinh,{day},Họ và tên {who},Ngày sinh của {who},Số thẻ BHYT của {who}\n"
    for day, who in (("Ngày kết hôn", "vợ/chồng"), ("Ngày khám", "bạn đời"))
)
TWO = "13,Lê Văn Tám,1995,20/03/2025,Ngô Thị Xa,03/09/1991"


@pytest.mark.parametrize("card", ["DN4300120860539", "1191012345"])
@pytest.mark.parametrize(
    ("which", "headings", "row"),
    [
        ("births", "Hộ số,Họ và tên,Ngày sinh,Họ tên mẹ,Số thẻ BHYT của mẹ\n", "12,Phạm Gia Hân,14/03/2025,Ngô Thị Xa"),
        ("marriages", OF_SPOUSE, TWO),
        ("premarital_checks", OF_PARTNER, TWO),
        ("identifiers", "Hộ số,Họ và tên,Ngày cấp,Số thẻ BHYT mới\n", "12,Đỗ Thị Bưởi,20/03/2025"),
    ],
)
async def test_a_card_of_whom_a_row_names_besides_and_a_new_one_are_read(
    teller: Teller, importing: Importer, which: str, headings: str, row: str, card: str
) -> None:
    await book(teller, importing)
    came = await importing(f"{headings}{row},{card}\n", *AT, "--list", which, "--dry-run")
    assert came.wrong() == [], came


@pytest.mark.parametrize(("which", "headings"), [("marriages", OF_SPOUSE), ("premarital_checks", OF_PARTNER)])
async def test_who_is_recorded_without_the_other_of_a_couple_reads_that(
    teller: Teller, importing: Importer, which: str, headings: str
) -> None:
    await book(teller, importing)
    came = await importing(f"{headings}{TWO},\n", *AT, "--list", which)
    assert came.fates() == {"recorded": 1}
    assert (2, "E2", headings.split(",")[4], "partner-not-found") in came.told()
