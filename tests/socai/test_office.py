"""Does an officer at a terminal see what waits, and decide about it, about sheets, months and areas?"""

import json
import re
from pathlib import Path

import pytest

from contracts.calendar import next_month
from contracts.ids import EVERYWHERE, uuid7
from socai.dates import today
from tests.socai.conftest import System, Typed
from tests.support.day import within_one_day
from twin import generate

pytestmark = pytest.mark.postgres

MONTH = "2025-02"
COMMUNE, AREA = "10525-20200101", "10525-20200101-001"


@pytest.fixture
async def office(system: System, tmp_path: Path) -> System:
    """Books with some households, closed for a month."""
    within_one_day()
    path = tmp_path / "people.ndjson"
    path.write_bytes(b"".join(generate(10)))
    assert (await system.type("report", str(path))).code == 0
    closed = await system.type("month", "close", COMMUNE, MONTH)
    assert closed.code == 0, closed.err
    return system


async def born(office: System, on: str = f"{MONTH}-10") -> tuple[Typed, str]:
    sheet = next(
        line
        for line in (office.run.parent / "people.ndjson").read_text().splitlines()
        if AREA + '"' in line and '"household"' in line
    )
    told = await office.type("born", "--household", json.loads(sheet)["data"]["household"], "--sex", "male", "--on", on)
    assert told.code == 0, told.err
    return told, told.out.split()[0]


async def fate(office: System, report: str) -> str:
    return (await office.type("why", report)).out.splitlines()[0].split(": ")[1]


async def test_what_waits_is_listed_approved_and_returned(office: System) -> None:
    told, _ = await born(office)
    assert "waiting" in told.out
    _, second = await born(office)
    listed = await office.type("queue", "--unit", COMMUNE)
    assert len(listed.out.splitlines()) == 3, listed
    child = told.out.split()[-1]
    assert f"Birth  {MONTH}-10  {child}  {AREA}  sandbox-collaborator" in listed.out
    assert listed.out.count("The books of that month are closed.") == 2
    why = (await office.type("--lang", "vi", "why", second)).out
    assert "Phải chờ vì:\n  Sổ của tháng đó đã khóa. [month-closed]\n" in why
    returned = await office.type("return", second, "--reason", "Trùng")
    assert "1 report decided" in returned.out
    assert await fate(office, second) == "returned"
    assert "The office's reason: Trùng" in (await office.type("why", second)).out
    everything = await office.type("approve", "--all", "--unit", COMMUNE, "--month", MONTH, "--kind", "person.born")
    assert "1 report decided" in everything.out
    assert "Nothing waits" in (await office.type("queue")).out
    assert (await office.type("approve", second)).code == 1
    neither = await office.type("--lang", "vi", "approve")
    assert (neither.code, "--all" in neither.err) == (1, True)


async def test_an_office_reads_what_waits_on_its_desk(office: System) -> None:
    told, report = await born(office)
    why = await office.type("why", report, "--as", "officer")
    assert (why.code, "Birth, of 2025-02-10." in why.out) == (0, True), why
    assert f"  person: {told.out.split()[-1]}" in why.out
    assert "told by sandbox-collaborator, /socai/command-line" in why.out
    assert why.out.endswith("It waits for the office, which approves it, puts it right or returns it.\n")
    assert "chờ cán bộ xã duyệt" in (await office.type("--lang", "vi", "why", report, "--as", "officer")).out


async def test_what_waits_for_another_report_is_listed_with_what_it_needs(office: System) -> None:
    home = uuid7()
    told = await office.type("born", "--household", home, "--sex", "male", "--on", f"{MONTH}-10")
    assert told.code == 0, told.err
    assert "Nothing has waited" in (await office.type("overdue")).out
    listed = await office.type("overdue", "--days", "0")
    assert f"Birth  {MONTH}-10  sandbox-collaborator" in listed.out, listed
    assert home in listed.out
    report = listed.out.splitlines()[1].split()[4]
    assert (await office.type("return", report, "--reason", "Nhầm mã hộ")).code == 0
    why = (await office.type("--lang", "vi", "why", report)).out
    assert why.splitlines()[:4] == [
        f"Báo cáo {report}: bị trả lại",
        "Lý do của cán bộ xã: Nhầm mã hộ",
        "Hãy báo lại nội dung đúng; báo cáo mới có mã riêng.",
        "Trẻ sinh ra, của ngày 10/02/2025.",
    ]
    assert "phải chờ; người gửi sandbox-collaborator" in why, "what she told, for whoever must tell it anew"
    assert home in why
    assert report not in (await office.type("overdue", "--days", "0")).out


async def test_what_waits_for_numbers_that_a_phone_lost_is_decided_without_them(office: System, tmp_path: Path) -> None:
    path = tmp_path / "phone.ndjson"
    told = next(json.loads(line) for line in generate(1, seed=7) if b"household.registered" in line)
    path.write_text(json.dumps(told | {"id": uuid7(), "device": "phone-7", "devicesequence": 3}))
    assert (await office.type("report", str(path))).code == 0
    report = json.loads(path.read_text())["id"]
    (listed,) = (await office.type("overdue", "--days", "0")).out.splitlines()[1:]
    assert "number 2 of device " in listed
    assert listed.endswith("/phone-7")
    advanced = await office.type("advance", report, "--reason", "Điện thoại hỏng")
    assert advanced.code == 0, advanced.err
    assert await fate(office, report) == "recorded"
    again = await office.type("advance", report)
    assert (again.code, "does not wait for this decision" in again.err) == (1, True), again


async def test_a_report_is_approved_with_a_correction(office: System) -> None:
    _, report = await born(office)
    wrong = await office.type("amend", report, "sex=none")
    assert (wrong.code, "#/data/changes/sex" in wrong.err) == (1, True), wrong
    amended = await office.type("amend", report, "sex=female", "personal.name=Phạm Gia Hân", "--reason", "Giấy")
    assert amended.code == 0, amended.err
    why = (await office.type("why", report, "--personal")).out
    assert "Amended since by:" in why
    assert "Phạm Gia Hân" in why
    gone = await office.type("amend", report, "sex=male")
    assert (gone.code, "not in the queue" in gone.err) == (1, True)


async def test_a_whole_sheet_is_approved_and_appraised(office: System) -> None:
    _, report = await born(office)
    missing = await office.type("sheet", "appraise", AREA, MONTH)
    assert (missing.code, "not drawn up" in missing.err) == (1, True)
    assert (await office.type("sheet", "draw-up", AREA, MONTH, "--lines", "1")).code == 0
    approved = await office.type("sheet", "approve", AREA, MONTH)
    assert "1 report decided" in approved.out
    assert await fate(office, report) == "recorded"
    stands = await office.type("sheets", "--unit", AREA, "--month", MONTH)
    assert stands.out.splitlines()[1].split() == [AREA, "appraised", today(), today()]
    back = await office.type("sheet", "return", AREA, MONTH, "--reason", "Thiếu")
    assert back.code == 0, back.err
    assert "late" in (await office.type("sheets", "--unit", AREA, "--month", MONTH)).out


async def test_a_sheet_is_shown_list_by_list_with_who_is_on_it(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    homes = [line["data"] for line in lines if line["data"].get("area") == AREA and line["data"].get("members")]
    home = next(one for one in homes if one["head"])
    head = next(one for one in home["members"] if one["person"] == home["head"])
    _, report = await born(office, on="2025-03-10")
    assert await fate(office, report) == "recorded"
    changed = await office.type(
        "tell", "person.changed", "on=2025-03-12", f"person={head['person']}", "new.education=none"
    )
    assert changed.code == 0, changed.err
    assert (await office.type("correct", report, "on=2025-03-09")).code == 0
    numbers = {"identifiers": [{"type": "pid", "value": "030143001234"}]}
    issued = {"on": "2025-04-02", "person": head["person"], "personal": numbers}
    event = {"specversion": "1.0", "id": uuid7(), "source": "/ctv", "type": "vn.socai.person.identifier_issued.v1"}
    path = office.run.parent / "issued.json"
    path.write_text(json.dumps(event | {"data": issued}))
    assert "recorded" in (await office.type("report", str(path))).out
    assert "030143001234" in (await office.type("sheet", "show", AREA, "2025-04")).out
    shown = await office.type("sheet", "show", AREA, "2025-03")
    assert shown.code == 0, shown.err
    birth, change = shown.out.split("\n\n")[:2]
    assert birth.splitlines()[0] == "1. Birth (1)"
    assert birth.splitlines()[1].split()[:4] == ["on", "household", "name", "sex"]
    assert birth.splitlines()[2].split()[0] == "2025-03-09"
    assert "corrected" in birth.splitlines()[2]
    assert change.splitlines()[0] == "6. Change of basic data (1)"
    line = change.splitlines()[2]
    assert line.split()[:2] == ["2025-03-12", home["number"]]
    assert head["personal"]["name"] in line
    assert "education: " in line
    assert " → " in line
    assert shown.out.endswith("2 reports stand on the sheet.\n")
    vietnamese = (await office.type("--lang", "vi", "sheet", "show", AREA, "2025-03")).out
    assert vietnamese.splitlines()[0] == "1. Trẻ sinh ra (1)"
    assert "số thẻ BHYT" in vietnamese
    assert vietnamese.endswith("Phiếu có 2 báo cáo đã ghi sổ.\n")
    assert (await office.type("sheet", "draw-up", AREA, "2025-03", "--lines", "3")).code == 0
    drawn_up = (await office.type("sheet", "show", AREA, "2025-03")).out
    assert drawn_up.endswith(f"It was drawn up on {today()} by sandbox-collaborator, who counted 3.\n")
    nothing = await office.type("sheet", "show", AREA, "2001-01")
    assert (nothing.code, nothing.out) == (0, "0 reports stand on the sheet.\n")


async def test_a_line_says_what_the_tellers_book_had_only_where_it_was_not_on_record(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    homes = [line["data"] for line in lines if line["data"].get("area") == AREA and line["data"].get("members")]
    women = [one for home in homes for one in home["members"] if one["sex"] == "female" and one["birth"] < "2005"]
    person = women[0]["person"]
    for day, old, new in (("01", None, "primary"), ("02", "primary", "university"), ("03", "college", "primary")):
        was = () if old is None else (f"old.education={old}",)
        told = await office.type(
            "tell", "person.changed", f"on=2025-05-{day}", f"person={person}", *was, f"new.education={new}"
        )
        assert told.code == 0, told.err
    told = await office.type(
        "tell", "person.pregnancy_reported", "on=2025-05-04", f"person={person}", "event=pregnant", "number=2"
    )
    assert told.code == 0, told.err
    shown = (await office.type("sheet", "show", AREA, "2025-05")).out
    details = {line[:10]: re.split(r"\s{2,}", line)[-2] for line in shown.splitlines() if line.startswith("2025-05")}
    assert details["2025-05-02"] == "education: primary → university"
    assert details["2025-05-03"] == "old: (education=college); education: university → primary"
    assert details["2025-05-04"] == "event: pregnant; pregnancy number: 2"
    vietnamese = (await office.type("--lang", "vi", "sheet", "show", AREA, "2025-05")).out
    assert "sự kiện thai sản: mang thai; lần mang thai: 2" in vietnamese


async def test_a_line_shows_the_households_of_the_area_in_which_she_stood_and_stands(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    homes = [line["data"] for line in lines if len(line["data"].get("members", ())) > 1]
    here, beside = [one for one in homes if one["area"] == AREA][:2]
    elsewhere = next(one for one in homes if one["area"] != AREA)
    for left, joined in ((here, beside), (elsewhere, here), (beside, elsewhere)):
        person = next(one["person"] for one in left["members"] if one["person"] != left["head"])
        told = ("person.moved", "on=2025-03-05", f"person={person}", f"household={joined['household']}")
        moved = await office.type("tell", *told, "relation=other")
        assert moved.code == 0, moved.err
    shown = (await office.type("sheet", "show", AREA, "2025-03")).out
    stood = [re.split(r"\s{2,}", line)[1] for line in shown.splitlines() if line.startswith("2025-03-05")]
    assert stood == [f"{here['number']} → {beside['number']}", here["number"], beside["number"]]


async def test_of_a_couple_whoever_lives_in_the_area_is_named_on_its_sheet(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    homes = [line["data"] for line in lines if line["data"].get("members")]
    here = next(one for one in homes if one["area"] == AREA)["household"]
    there = next(one for one in homes if one["area"] != AREA)["household"]
    couple = []
    for name, home in (("Đỗ Thế Anh", there), ("Vũ Thị Lan", here)):
        told = ("person.arrived", "on=2025-03-01", "person=new", f"household={home}", "sex=unknown", "birth=1990")
        arrived = await office.type("tell", *told, f"personal.name={name}")
        assert arrived.code == 0, arrived.err
        couple.append(arrived.out.split()[-1])
    married = await office.type("tell", "person.married", "on=2025-03-05", f"person={couple[0]}", f"spouse={couple[1]}")
    assert married.code == 0, married.err
    shown = (await office.type("sheet", "show", AREA, "2025-03")).out
    (row,) = [line for line in shown.splitlines() if line.startswith("2025-03-05")]
    assert re.split(r"\s{2,}", row)[2] == "Vũ Thị Lan"
    assert f"person: {couple[0]}" in row


async def test_whoever_moves_with_her_household_to_another_commune_is_named_on_the_sheet(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    homes = [line["data"] for line in lines if line["data"].get("members")]
    here = next(one for one in homes if one["area"] == AREA)
    elsewhere = next(one["area"] for one in homes if one["area"][:5] != AREA[:5])
    moved = await office.type(
        "tell", "household.moved", "on=2025-03-05", f"household={here['household']}", f"area={elsewhere}"
    )
    assert moved.code == 0, moved.err
    shown = (await office.type("sheet", "show", AREA, "2025-03")).out
    assert shown.splitlines()[0] == "5. Household moved (1)"
    rows = [re.split(r"\s{2,}", line)[1:3] for line in shown.splitlines() if line.startswith("2025-03-05")]
    assert sorted(rows) == sorted([here["number"], one["personal"]["name"]] for one in here["members"])


async def test_of_what_was_not_known_before_a_line_shows_that_it_was_not(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    members = [one for line in lines if line["data"].get("area") == AREA for one in line["data"].get("members", ())]
    person = next(one["person"] for one in members if "occupation" not in one)
    told = ("person.changed", "on=2025-03-12", f"person={person}", "new.occupation=Thợ may")
    changed = await office.type("tell", *told)
    assert changed.code == 0, changed.err
    shown = (await office.type("--lang", "vi", "sheet", "show", AREA, "2025-03")).out
    assert "nghề nghiệp: - → Thợ may" in shown


async def test_of_a_sheet_that_cannot_be_appraised_no_report_is_approved(office: System) -> None:
    _, report = await born(office)
    early = await office.type("sheet", "approve", AREA, MONTH)
    assert (early.code, "not drawn up" in early.err, early.out) == (1, True, ""), early
    assert await fate(office, report) == "waiting"
    for action in ("draw-up", "appraise"):
        assert (await office.type("sheet", action, AREA, MONTH, "--lines", "1")).code == 0
    late = await office.type("--lang", "vi", "sheet", "approve", AREA, MONTH)
    assert (late.code, "thẩm định ngày" in late.err, late.out) == (1, True, ""), late
    assert await fate(office, report) == "waiting"
    elsewhere = await office.type("sheet", "approve", COMMUNE, MONTH)
    assert (elsewhere.code, "is no area" in elsewhere.err) == (1, True), elsewhere


async def test_an_office_learns_which_of_the_approved_reports_were_refused_and_why(office: System) -> None:
    lines = map(json.loads, (office.run.parent / "people.ndjson").read_text().splitlines())
    sheet = next(line["data"] for line in lines if line["data"].get("area") == AREA and line["data"].get("members"))
    person = sheet["members"][0]["person"]
    deaths: list[str] = []
    for day in (10, 12):
        deaths.append(uuid7())
        told = {"on": f"{MONTH}-{day}", "person": person}
        event = {"specversion": "1.0", "id": deaths[-1], "source": "/ctv", "type": "vn.socai.person.died.v1"}
        path = office.run.parent / "death.json"
        path.write_text(json.dumps(event | {"data": told}))
        assert "waiting" in (await office.type("report", str(path))).out
    assert (await office.type("sheet", "draw-up", AREA, MONTH, "--lines", "2")).code == 0
    approved = await office.type("sheet", "approve", AREA, MONTH)
    assert approved.code == 1, approved
    assert "  1 recorded, 1 refused\n" in approved.out
    assert f"  Report {deaths[1]}: refused\n    " in approved.out
    assert "[already-dead] (at position " in approved.out
    assert deaths[0] not in approved.out, "what is recorded is counted"
    assert "sheet return" in approved.err, "to appraise is to find the sheet right"
    stands = ("sheets", "--unit", AREA, "--month", MONTH)
    assert (await office.type(*stands)).out.splitlines()[1].split()[1:3] == ["drawn", "up"]
    why = (await office.type("why", deaths[1], "--as", "officer")).out
    assert ("Came to the desk on " in why, f"  person: {person}" in why, "[already-dead]" in why) == (True,) * 3, why
    approval = approved.out.split()[0]
    why = (await office.type("--lang", "vi", "why", approval, "--as", "officer")).out
    assert f"  Báo cáo {deaths[1]}: bị từ chối\n" in why
    assert (await office.type("sheet", "appraise", AREA, MONTH)).code == 0
    assert "appraised" in (await office.type(*stands)).out


async def test_sheets_that_are_owed_are_listed_with_their_age(office: System) -> None:
    nothing = (await office.type("sheets", "--unit", COMMUNE)).out
    assert "No sheet is due there since its areas came on these books; --since looks further back." in nothing
    year, month = divmod(int(today()[:4]) * 12 + int(today()[5:7]) - 2, 12)
    last = f"{year:04d}-{month + 1:02d}"
    owed = (await office.type("sheets", "--unit", AREA, "--since", last)).out.splitlines()[1].split()
    assert owed[:3] == [AREA, last, f"{next_month(last)}-01"]


async def test_a_month_is_shown_and_opened_again(office: System) -> None:
    assert f"were closed on {today()} by sandbox-officer" in (await office.type("month", "show", COMMUNE, MONTH)).out
    assert (await office.type("month", "reopen", COMMUNE, MONTH)).code == 1
    assert (await office.type("month", "reopen", COMMUNE, MONTH, "--reason", "Muộn")).code == 0
    assert "are open" in (await office.type("month", "show", COMMUNE, MONTH)).out
    assert "are open" in (await office.type("month", "show", COMMUNE, today()[:7])).out


@pytest.mark.parametrize("action", ["show", "draw-up", "approve", "appraise", "return"])
async def test_of_a_commune_it_is_said_that_each_of_its_areas_has_a_sheet(office: System, action: str) -> None:
    typed = await office.type("sheet", action, COMMUNE, MONTH)
    assert typed.code == 1
    assert f"{COMMUNE} is no area, and each area has a sheet of its own" in typed.err
    assert f"socai sheets --unit {COMMUNE} --month {MONTH}" in typed.err


async def test_of_a_month_to_come_it_is_said_that_it_has_not_begun(office: System) -> None:
    shown = await office.type("month", "show", COMMUNE, next_month(today()[:7]))
    assert (shown.code, shown.out.startswith("The month has not begun")) == (0, True), shown


async def test_an_area_is_assigned_and_what_another_tells_of_it_is_handed_over(office: System) -> None:
    assigned = await office.type("assign", AREA, "ctv-9", "--on", "2025-02-01")
    assert assigned.code == 0, assigned.err
    told, report = await born(office, "2025-03-01")
    assert "handed over" in told.out
    assert "assigned to another collaborator" in told.out
    why = (await office.type("--lang", "vi", "why", report)).out
    assert "Được bàn giao vì:" in why
    listed = await office.type("queue", "--handed-over")
    assert report in listed.out
    assert (await office.type("assign", AREA, "ctv-9", "--on", "2025-03-01", "--until", "2025-02-01")).code == 1
    assert (await office.type("assign", AREA)).code == 0
    assert "recorded" in (await born(office, "2025-03-02"))[0].out


async def test_a_month_or_kind_that_there_is_not_narrows_nothing(office: System) -> None:
    _, report = await born(office)
    narrowing = (("--month", MONTH[:4]), ("--month", MONTH[:6]), ("--month", "2025-13"), ("--kind", "person.dead"))
    for asked in (("queue",), ("approve", "--all"), ("return", "--all", "--reason", "Sai")):
        for narrow in narrowing:
            told = await office.type("--lang", "vi", *asked, "--unit", COMMUNE, *narrow)
            assert (told.code, told.out) == (1, ""), told
            assert narrow[1] in told.err
    assert await fate(office, report) == "waiting"


async def test_whoever_decides_for_the_whole_country_names_a_unit(office: System) -> None:
    run = json.loads(office.run.read_text())
    run["clients"]["officer"]["areas"] = [EVERYWHERE]
    office.run.write_text(json.dumps(run))
    for asked in (("queue",), ("amend", uuid7(), "sex=female"), ("approve", "--all")):
        told = await office.type(*asked)
        assert (told.code, "--unit" in told.err) == (1, True), told
    assert "Nothing waits" in (await office.type("queue", "--unit", COMMUNE)).out


async def test_why_says_of_what_waits_whether_it_waits_for_the_office_or_for_which_report(office: System) -> None:
    _, report = await born(office)
    assert "waits for the office" in (await office.type("why", report)).out
    assert "chờ cán bộ xã duyệt" in (await office.type("--lang", "vi", "why", report)).out
    home = uuid7()
    told = await office.type("--lang", "vi", "born", "--household", home, "--sex", "male", "--on", f"{MONTH}-10")
    assert f"cần {home}" in told.out
    assert f"needs {home}" in (await office.type("why", told.out.split()[0])).out
