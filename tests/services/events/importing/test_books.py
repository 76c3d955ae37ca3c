"""Does an A0 book come into the ledger as it stands on paper, once, and never half?"""

import pytest

from services.events.importing import books, sending
from tests.services.events.importing.conftest import Importer, facts_of, kinds, payload
from tests.services.events.telling import AREA, COMMUNE, SECOND, Teller

HEADINGS = "Hộ số,TT,Họ và tên,Quan hệ,Giới tính,Ngày sinh,Tình trạng hôn nhân,Địa chỉ,Số CCCD\n"
FAMILY = (
    "12,1,Phạm Văn Bình,chủ hộ,nam,17/04/1988,có vợ,Số 12 ngõ 5,030088012345\n"
    "12,2,Nguyễn Thị Hoa,vợ,nữ,1991,có chồng,,\n"
    "12,3,Phạm Ngọc Lan,con,2,11/2016,,,\n"
)
ON = ("--area", AREA, "--on", "2025-01-01")


async def test_a_household_of_three_rows_becomes_one_registration(teller: Teller, importing: Importer) -> None:
    await teller.places()
    came = await importing(HEADINGS + FAMILY, *ON)
    assert (came.code, came.fates()) == (0, {"recorded": 3}), came
    (fact,) = await facts_of(teller, "household.registered")
    told = payload(fact)
    members = told["members"]
    assert isinstance(members, list)
    assert (told["area"], told["number"], told["head"]) == (AREA, "12", members[0]["person"])
    assert [one["birth"] for one in members] == ["1988-04-17", "1991", "2016-11"]
    assert [one["sex"] for one in members] == ["male", "female", "female"]
    assert members[0]["spouse"] == members[1]["person"]
    assert fact.cause.authid == "tester"


async def test_a_second_run_changes_nothing(teller: Teller, importing: Importer) -> None:
    await teller.places()
    await importing(HEADINGS + FAMILY, *ON)
    before = await teller.facts()
    came = await importing(HEADINGS + FAMILY, *ON)
    assert (came.code, came.fates()) == (0, {"duplicate": 3})
    assert await teller.facts() == before


async def test_a_book_changed_afterwards_never_registers_anybody_twice(teller: Teller, importing: Importer) -> None:
    await teller.places()
    await importing(HEADINGS + FAMILY, *ON)
    came = await importing(HEADINGS + FAMILY.replace("1991", "1992"), *ON)
    assert came.code == 1
    assert [code for *_, code in came.wrong()] == ["already-known"]
    assert await kinds(teller) == ["household.registered"]


async def test_a_dry_run_checks_against_the_ledger_and_sends_nothing(teller: Teller, importing: Importer) -> None:
    await teller.places()
    came = await importing(HEADINGS + FAMILY, *ON, "--dry-run")
    assert (came.code, came.fates()) == (0, {"ready": 3})
    assert "households 1, persons 3, male 1, female 2" in came.out
    assert await kinds(teller) == []
    await importing(HEADINGS + FAMILY, *ON)
    again = await importing(HEADINGS + FAMILY.replace("1991", "1992"), *ON, "--dry-run")
    assert [code for *_, code in again.wrong()] == ["already-known"]


async def test_the_wrong_cell_is_named_and_never_its_value(teller: Teller, importing: Importer) -> None:
    await teller.places()
    wrong = HEADINGS + FAMILY.replace("1991", "31/02/1991").replace("vợ,nữ", "bạn thân,nữ")
    came = await importing(wrong, *ON)
    assert came.code == 1
    assert came.wrong() == [(3, "D3", "Quan hệ", "code-unknown"), (3, "F3", "Ngày sinh", "date-format")]
    assert came.fates() == {"held-back": 2, "wrong": 1}
    held = [one for one in came.verdicts if one["fate"] == "held-back"]
    # Whoever opens the file reads of every row in words what became of it.
    assert {(one["code"], one["en"], one["vi"]) for one in held} == {("", "held back", "chưa gửi")}
    assert not any(value in came.out for value in ("31/02", "bạn thân", "Nguyễn", "030088"))
    assert await kinds(teller) == []


async def test_nothing_is_sent_while_something_is_wrong_unless_asked_for(teller: Teller, importing: Importer) -> None:
    await teller.places()
    other = "13,1,Lê Văn Tám,chủ hộ,nam,1970,,,\n"
    wrong = HEADINGS + FAMILY.replace("1991", "91") + other
    came = await importing(wrong, *ON)
    assert (came.fates(), await kinds(teller)) == ({"wrong": 1, "held-back": 3}, [])
    came = await importing(wrong, *ON, "--partial")
    assert came.fates() == {"wrong": 1, "held-back": 2, "recorded": 1}
    assert await kinds(teller) == ["household.registered"]


async def test_totals_that_differ_are_said_by_measure(teller: Teller, importing: Importer) -> None:
    await teller.places()
    sums = "Tổng số hộ:,1,,,,,,,\nTổng số nhân khẩu,4,,,,,,,\nTrong đó: Nam,1,Nữ,3,,,,,\n"
    came = await importing(HEADINGS + FAMILY + sums, *ON, "--dry-run")
    assert came.code == 1
    assert "persons: the sheet says 4, counted 3" in came.out
    assert "female: the sheet says 3, counted 2" in came.out
    assert "households: the sheet says" not in came.out
    # Who stands in a row that is wrong is not counted, and that is said.
    wrong = (HEADINGS + FAMILY + sums).replace("1991", "91")
    assert "persons: the sheet says 4, counted in what is right 0" in (await importing(wrong, *ON, "--dry-run")).out
    right = sums.replace(",4", ",3").replace("Nữ,3", "Nữ,2")
    assert (await importing(HEADINGS + FAMILY + right, *ON, "--dry-run")).code == 0


@pytest.mark.parametrize("below", [",,Người lập sổ,,,,,,", ",,Cộng 45 người,,,,,,"])
async def test_a_row_of_mere_words_below_a_household_is_nobody_of_it(
    teller: Teller, importing: Importer, below: str
) -> None:
    await teller.places()
    came = await importing(f"{HEADINGS}{FAMILY},,,,,,,,\n{below}\n", *ON)
    assert came.wrong() == [(6, "A6", "Hộ số", "row-unclear")]
    assert await kinds(teller) == []


async def test_a_book_of_names_alone_goes_on_with_the_household_above(teller: Teller, importing: Importer) -> None:
    await teller.places()
    came = await importing("Hộ số,Họ và tên\n12,Lê Văn Tám\n,Trần Thị Chín\n", *ON)
    assert came.fates() == {"recorded": 2}


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ("Tổng số nhân khẩu: 1.003,,,,,,,,\n", "persons: the sheet says 1,003, counted 3"),
        ('Tổng số nhân khẩu,"1,003",,,,,,,\n', "persons: the sheet says 1,003, counted 3"),
        ("Tổng số nhân khẩu: 4 người,,,,,,,,\n", "persons: the sheet says 4, counted 3"),
        ("Tổng số hộ,2 hộ,Nhân khẩu,3 người,,,,,\n", "households: the sheet says 2, counted 1"),
        (",,Tổng số nhân khẩu: chừng ba,,,,,,\n", "row-unclear"),
    ],
)
async def test_a_total_is_compared_however_its_number_is_written(
    teller: Teller, importing: Importer, sums: str, said: str
) -> None:
    await teller.places()
    came = await importing(HEADINGS + FAMILY + sums, *ON)
    assert said in came.out
    assert await kinds(teller) == []


async def test_a_household_on_two_sheets_is_one_household_with_people_on_its_sheets(
    teller: Teller, importing: Importer
) -> None:
    await teller.places()
    book = (
        HEADINGS
        + "7.1,1,Trần Văn Cả,chủ hộ,nam,1950,,,\n7.1,2,Lê Thị Hai,vợ,nữ,1952,,,\n"
        + "7.2,3,Trần Văn Ba,con,nam,1980,,,\n7.2,4,Vũ Thị Tư,con dâu,nữ,1982,,,\n"
    )
    came = await importing(book, *ON)
    assert came.fates() == {"recorded": 4}, came
    assert await kinds(teller) == ["household.registered", "household.sheet_opened", "household.sheet_opened"]
    (fact,) = await facts_of(teller, "household.registered")
    members = payload(fact)["members"]
    assert isinstance(members, list)
    assert [(await teller.state(one["person"]))["sheet"] for one in members] == ["1", "1", "2", "2"]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("1,1,A Văn Một,chủ hộ,nam,1950,,,\n1,2,B Văn Hai,chủ hộ,nam,1950,,,\n", (3, "D3", "Quan hệ", "head-twice")),
        (
            "1,1,A Văn Một,chủ hộ,nam,1950,,,\n2,1,B Văn Hai,chủ hộ,nam,1950,,,\n1,2,C Thị Ba,vợ,nữ,1951,,,\n",
            (4, "A4", "Hộ số", "household-twice"),
        ),
        (
            "1,1,A Văn Một,chủ hộ,nam,1950,,,\n,2,B Văn Hai,chủ hộ,nam,1950,,,\n",
            (3, "A3", "Hộ số", "household-number-missing"),
        ),
        ("x,1,A Văn Một,chủ hộ,nam,1950,,,\n", (2, "A2", "Hộ số", "household-number-format")),
        ("1,1,A Văn Một,chủ hộ,nam,02/01/2025,,,\n", (2, "F2", "Ngày sinh", "born-after-date")),
        ("1,1,,chủ hộ,nam,1950,,,030050000001\n", (2, "C2", "Họ và tên", "name-missing")),
        ("1,1,A Văn Một,chủ hộ,nam,1950,,,30050000001\n", (2, "I2", "Số CCCD", "number-lost-zeros")),
        ("1,1,A Văn Một,chủ hộ,nam,1950,,,12345\n", (2, "I2", "Số CCCD", "identifier-format")),
        ("1,1,Ph¹m V¨n B\u00d7nh,chủ hộ,nam,1950,,,\n", (2, "C2", "Họ và tên", "legacy-font")),
        ("1,1,NguyÔn ThÞ Lan,chủ hộ,nữ,1950,,,\n", (2, "C2", "Họ và tên", "legacy-font")),
        ("1,1,=A1&B1,chủ hộ,nam,1950,,,\n", (2, "C2", "Họ và tên", "formula")),
        ("1,1,A Văn Một,chủ hộ,nam,#N/A,,,\n", (2, "F2", "Ngày sinh", "cell-error")),
        (
            "1,1,A Văn Một,chủ hộ,nam,1950,,Nơi một,\n1,2,B Thị Hai,vợ,nữ,1950,,Nơi hai,\n",
            (3, "H3", "Địa chỉ", "household-differs"),
        ),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named(
    teller: Teller, importing: Importer, rows: str, wrong: tuple[int, str, str, str]
) -> None:
    await teller.places()
    came = await importing(HEADINGS + rows, *ON, "--dry-run")
    assert came.wrong() == [wrong]


async def test_a_number_that_cannot_be_read_is_not_missing_besides(teller: Teller, importing: Importer) -> None:
    await teller.places()
    came = await importing("Địa bàn,Hộ số,Họ tên,Quan hệ\n,x,A Văn Một,chủ hộ\n", *ON, "--dry-run")
    assert came.wrong() == [(2, "B2", "Hộ số", "household-number-format")]


async def test_areas_are_named_by_number_within_a_commune(teller: Teller, importing: Importer) -> None:
    await teller.places()
    book = "Địa bàn,Hộ số,Họ tên,Giới\nX,1,D,nam\n1,1,A Văn Một,nam\nĐịa bàn số 002,1,B Thị Hai,nữ\n9,1,C Văn Ba,nam\n"
    came = await importing(book, "--commune", COMMUNE, "--on", "2025-01-01", "--partial")
    assert [payload(fact)["area"] for fact in await facts_of(teller, "household.registered")] == [AREA, SECOND]
    assert came.wrong() == [(2, "A2", "Địa bàn", "area-format"), (5, "A5", "Địa bàn", "area-unknown")]


async def test_areas_are_looked_up_some_rows_ahead(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows at a time: a household and an area's books end within them, at their end, and behind it."""
    monkeypatch.setattr(books, "ROWS_AHEAD", 2)
    await teller.places()
    await teller.tell("household.registered", household="01941f60-6a80-736f-945c-bc628b209b4a", area=SECOND, number="3")
    people = ("1,1,A", "1,1,B", "1,1,C", "9,1,D", "2,1,E", "2,2,F", "2,3,G", "1,2,H")
    book = "Địa bàn,Hộ số,Họ tên,Giới\n" + "".join(f"{one} Văn Ba,nam\n" for one in people)
    came = await importing(book, "--commune", COMMUNE, "--on", "2025-01-01", "--partial")
    told = [payload(fact) for fact in await facts_of(teller, "household.registered")]
    homes = [(SECOND, "3"), (AREA, "1"), (SECOND, "1"), (SECOND, "2"), (AREA, "2")]
    assert [(one["area"], one["number"]) for one in told] == homes
    assert came.wrong() == [(5, "A5", "Địa bàn", "area-unknown"), (8, "B8", "Hộ số", "household-number-taken")]
    assert came.fates()["recorded"] == len(people) - 2


async def test_a_number_that_another_household_of_the_area_has_is_taken(teller: Teller, importing: Importer) -> None:
    await teller.places()
    await teller.tell("household.registered", household="01941f60-6a80-736f-945c-bc628b209b4a", area=AREA, number="012")
    came = await importing(HEADINGS + FAMILY, *ON)
    assert came.wrong() == [(2, "A2", "Hộ số", "household-number-taken")]


async def test_a_household_is_held_back_with_a_row_that_may_be_of_it(teller: Teller, importing: Importer) -> None:
    await teller.places()
    book = HEADINGS + FAMILY.replace("12,2,", "1?,2,") + "13,1,Lê Văn Tám,chủ hộ,nam,1970,,,\n"
    came = await importing(book, *ON, "--partial")
    assert came.wrong() == [(3, "A3", "Hộ số", "household-number-format")]
    assert came.fates() == {"held-back": 2, "wrong": 1, "recorded": 1}


SHEETS = "Hộ số,Phiếu số,Họ và tên,Giới tính,Ngày sinh\n"


async def test_what_follows_a_registration_that_was_refused_is_not_sent(teller: Teller, importing: Importer) -> None:
    await teller.places()
    told = "12,,Anh,nam,1960\n12,,Bình,nam,1961\n12,,Chi,nữ,1962\n"
    assert (await importing(SHEETS + told, *ON)).code == 0
    # Somebody was put in between: the third place is another's now.
    other = "12,,Anh,nam,1960\n12,,Xuân,nam,1990\n12,2,Bình,nam,1961\n12,,Chi,nữ,1962\n"
    came = await importing(SHEETS + other, *ON)
    assert came.fates() == {"refused": 4}
    assert await kinds(teller) == ["household.registered"]


async def test_a_row_that_is_held_back_is_told_once_also_where_it_names_a_sheet(
    teller: Teller, importing: Importer
) -> None:
    await teller.places()
    came = await importing(f"{SHEETS}12,,Anh,nam,1960\n12,2,Bình,nam,1961\n13,,Chi,nữ,99\n", *ON)
    assert [(int(one["row"]), one["fate"]) for one in came.verdicts] == [
        (4, "wrong"),
        (2, "held-back"),
        (3, "held-back"),
    ]


@pytest.mark.parametrize("at_once", [1, 2, 3])
async def test_a_dry_run_says_what_the_run_does_wherever_a_batch_ends(
    teller: Teller, importing: Importer, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", at_once)
    await teller.places()
    told = "1,,Lê Văn Tám,nam,1970\n2,,Lê Văn Tám,nam,1970\n2,2,Lê Văn Tư,nam,1971\n3,,Lê Văn Ba,nam,1970\n"
    assert (await importing(SHEETS + told, *ON, "--dry-run")).fates() == {"ready": 4}
    assert (await importing(SHEETS + told, *ON)).fates() == {"recorded": 4}
    assert (await kinds(teller)).count("household.sheet_opened") == 1
    assert (await importing(SHEETS + told, *ON)).fates() == {"duplicate": 4}
