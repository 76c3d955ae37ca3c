"""How is a report explained at the terminal: what it says, what it changed, and what became of it?"""

import json
from typing import Any

import httpx
import pytest

from tests.socai.conftest import AREA, Type, problem


def test_an_officer_reads_the_day_in_viet_nam_on_which_a_report_came_in(typed: Type) -> None:
    waits = {"id": "r1", "fate": "waiting", "type": "vn.socai.person.died.v1", "on": "2026-11-26", "reasons": []}

    def answer(_: httpx.Request) -> httpx.Response:
        told = waits | {"since": "2026-11-26T22:57:00.000000Z", "places": [AREA], "sender": "ctv"}
        return httpx.Response(200, json={"reports": [told], "cursor": None})

    assert typed(answer, "queue", "--unit", AREA).out.splitlines()[1].startswith("2026-11-27  waiting  Death")


def test_the_queue_says_about_whom_each_report_is(typed: Type) -> None:
    """By name where the registry gives one to the reader, as told of who is new, else by id."""
    queued = {"fate": "waiting", "on": "2026-11-26", "reasons": [], "since": "2026-11-26T01:00:00.000000Z"}
    queued |= {"places": [], "sender": "ctv"}
    told: list[tuple[str, dict[str, Any] | None]] = [
        ("person.died", {"person": "p1"}),
        ("person.died", {"person": "p9"}),
        ("person.born", {"person": "p8", "mother": "p1"}),
        ("person.arrived", {"person": "p8", "new": {"personal": {"name": "Trần Mai"}}}),
        ("person.married", {"person": "p1", "spouse": "p2"}),
        ("household.registered", {"household": "h1", "members": [{"person": f"p{n}"} for n in (1, 2, 3, 4)]}),
        ("household.moved", {"household": "h1"}),
        ("fact.corrected", {"fact": "r7", "changes": {"on": "2026-11-25"}}),
        ("fact.voided", {"fact": "r8"}),
        ("person.contraception_started", None),
    ]
    names = {"p1": "Phạm Lan", "p2": "Lê An"}
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/events/v1/queue":
            types = [
                {"type": f"vn.socai.{kind}.v1", "id": f"r{n}", "data": data} for n, (kind, data) in enumerate(told)
            ]
            return httpx.Response(200, json={"reports": [queued | one for one in types], "cursor": None})
        if path == "/events/v1/reports/r7":
            return httpx.Response(200, json={"fate": "recorded", "position": 7})
        if path == "/events/v1/facts/7":
            return httpx.Response(200, json={"fact": {"cause": {"data": {"person": "p2"}}}})
        if path == "/registry/v1/persons/query":
            person = json.loads(request.content)["person"]
            asked.append(person)
            if person in names:
                return httpx.Response(200, json={"persons": [{"personal": {"name": names[person]}}]})
        return problem(404)

    lines = typed(answer, "queue", "--unit", AREA).out.splitlines()
    assert [line[lines[0].index("whom") : lines[0].index("areas")].strip() for line in lines[1:]] == [
        "Phạm Lan",
        "p9",
        "mother Phạm Lan",
        "Trần Mai",
        "Phạm Lan, Lê An",
        "Phạm Lan, Lê An, p3, …",
        "h1",
        "Lê An",
        "",
        "",
    ]
    assert sorted(asked) == ["p1", "p2", "p3", "p4", "p8", "p9"], "each is asked for once"


def test_of_what_was_approved_elsewhere_its_sender_sees_the_fate(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "/facts/" in request.url.path:
            return problem(404)
        return httpx.Response(200, json={"id": "r-1", "fate": "recorded", "position": 4})

    said = typed(answer, "why", "r-1")
    assert (said.code, said.out) == (0, "Report r-1: recorded\nWhat it says lies outside of what you may see.\n")


def sheet_told() -> dict[str, Any]:
    """A sheet with one member, as the ledger gives it."""
    card = {"type": "bhyt", "value": "DN4010000000001"}
    personal = {"name": "Phạm Ngọc Lan", "identifiers": [{"type": "pid", "value": "030191023456"}, card]}
    lan = {"person": "p1", "sex": "female", "ethnicity": "01", "personal": personal}
    address = {"address": "Số 4"}
    data = {"household": "h1", "on": "2025-03-14", "members": [lan], "personal": address}
    cause = {"report": "r1", "type": "vn.socai.household.registered.v1", "source": "/ctv", "data": data}
    before = {"id": "p2", "area": "a1", "household": "h2"}
    after = {"id": "p2", "transit": {"area": "a1", "on": "2025-03-14"}}
    moved = {"entity": "p2", "on": "2025-03-14", "before": before, "after": after}
    fact = {"on": "2025-03-14", "cause": cause, "asserts": {"persons": [moved]}}
    return {"fact": fact, "position": 7, "recorded_at": "2025-03-15T01:00:00.000000Z", "amended_by": []}


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "  household: h1",
                "  on: 2025-03-14",
                "  members:",
                "    - person=p1, sex=female, ethnicity=Kinh",
                "      personal: name=Phạm Ngọc Lan",
                "        identifiers:",
                "          - type=personal identification number, value=030191023456",
                "          - type=health insurance card, value=DN4010000000001",
                "  personal: address=Số 4",
                "It changed:",
                "  person p2 2025-03-14: area a1 → -, household h2 → -, transit - → (area=a1, on=2025-03-14)",
            ],
        ),
        (
            "vi",
            [
                "  hộ: h1",
                "  ngày: 14/03/2025",
                "  thành viên:",
                "    - người=p1, giới tính=nữ, dân tộc=Kinh",
                "      thông tin cá nhân: họ tên=Phạm Ngọc Lan",
                "        số định danh:",
                "          - loại=số định danh cá nhân, giá trị=030191023456",
                "          - loại=thẻ bảo hiểm y tế, giá trị=DN4010000000001",
                "  thông tin cá nhân: địa chỉ=Số 4",
                "Thay đổi:",
                "  người p2 14/03/2025: địa bàn a1 → -, hộ h2 → -, đang chuyển - → (địa bàn=a1, ngày=14/03/2025)",
            ],
        ),
    ],
)
def test_what_is_nested_is_said_in_lines_of_its_own(typed: Type, language: str, lines: list[str]) -> None:
    said = typed(lambda _: httpx.Response(200, json=sheet_told()), "--lang", language, "why", "7", "--personal")
    assert said.out.splitlines()[3:-1] == lines
    hidden = typed(lambda _: httpx.Response(200, json=sheet_told()), "--lang", language, "why", "7").out
    assert "Lan" not in hidden
    assert "Số 4" not in hidden
    assert "person=p1" in hidden or "người=p1" in hidden


def test_a_fact_named_by_its_position_is_said_with_the_report_by_which_it_is_put_right(typed: Type) -> None:
    told = sheet_told()
    void = {"report": "r2", "type": "vn.socai.fact.voided.v1", "source": "/office", "data": {"fact": "r1"}}
    later = told | {"position": 9, "fact": told["fact"] | {"cause": void}}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=later if request.url.path.endswith("/9") else told | {"amended_by": [9]})

    for language, report in (("en", "report"), ("vi", "báo cáo")):
        said = typed(answer, "--lang", language, "why", "7").out.splitlines()
        assert f"/ctv, {report} r1." in said[1]
        assert said[-2].endswith(f"/office, {report} r2")


@pytest.mark.parametrize(
    ("language", "hidden", "shown"),
    [
        ("en", "personal …", "name Phạm Lan → Phạm Ngọc Lan"),
        ("vi", "thông tin cá nhân …", "họ tên Phạm Lan → Phạm Ngọc Lan"),
    ],
)
def test_of_another_name_both_are_shown_to_whoever_asks_for_them(
    typed: Type, language: str, hidden: str, shown: str
) -> None:
    told = sheet_told()
    states = [{"id": "p1", "personal": {"name": name}} for name in ("Phạm Lan", "Phạm Ngọc Lan")]
    step = {"entity": "p1", "on": "2025-03-14", "before": states[0], "after": states[1]}
    told["fact"] = {**told["fact"], "asserts": {"persons": [step]}}
    why = ("--lang", language, "why", "7")
    lines = [typed(lambda _: httpx.Response(200, json=told), *why, *more).out for more in ((), ("--personal",))]
    day = "14/03/2025" if language == "vi" else "2025-03-14"
    assert [said.splitlines()[-2].partition(f" p1 {day}: ")[2] for said in lines] == [hidden, shown]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_correction_is_told_as_what_stood_there_and_what_stands_there_now(typed: Type, language: str) -> None:
    slot = {"entity": "p1", "on": "2025-03-14", "rank": 7}
    old = slot | {"after": {"id": "p1", "sex": "male", "personal": {"name": "Lan"}}}
    new = slot | {"on": "2025-03-15", "after": {"id": "p1", "sex": "female", "personal": {"name": "Ngọc Lan"}}}
    moved: list[dict[str, Any]] = [
        {"entity": "p2", "on": "2025-04-01", "rank": 9, "after": {"area": "a2"}} for _ in range(2)
    ]
    moved[1]["before"] = {"area": "a1"}
    told = sheet_told()
    steps = {"retracts": {"persons": [old, moved[0]]}, "asserts": {"persons": [new, moved[1]]}}
    told["fact"] = {**told["fact"], **steps, "amends": {"position": 7}}
    why = ("--lang", language, "why", "8", "--personal")
    said = typed(lambda _: httpx.Response(200, json=told), *why).out.splitlines()[-5:]
    assert (
        said
        == {
            "en": [
                "It took back:",
                "  person p2 2025-04-01: comes on the books",
                "It changed:",
                "  person p1 2025-03-15: on 2025-03-14 → 2025-03-15, sex male → female, name Lan → Ngọc Lan",
                "  person p2 2025-04-01: area a1 → a2",
            ],
            "vi": [
                "Rút lại:",
                "  người p2 01/04/2025: được đưa vào sổ",
                "Thay đổi:",
                "  người p1 15/03/2025: ngày 14/03/2025 → 15/03/2025, giới tính nam → nữ, họ tên Lan → Ngọc Lan",
                "  người p2 01/04/2025: địa bàn a1 → a2",
            ],
        }[language]
    )
