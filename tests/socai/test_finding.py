"""Is somebody or a household found at the terminal, and is it told how she came to be so?"""

import json
import re

import httpx
import pytest

from tests.socai.conftest import AREA, Type, nobody, problem


def test_a_person_is_found_by_name_and_shown_in_a_table(typed: Type) -> None:
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        assert request.url.path == "/registry/v1/search"
        lan = {"id": "p1", "sex": "female", "status": "resident", "personal": {"name": "Phạm Ngọc Lan"}}
        lan["relation"] = "adopted_or_in_law"
        return httpx.Response(200, json={"persons": [lan], "cursor": "c2", "position": 9})

    said = typed(answer, "find", "Ngoc", "Lan", "--unit", "10525-20250701")
    assert asked == [{"name": "Ngoc Lan", "limit": 20, "unit": "10525-20250701"}]
    assert "Phạm Ngọc Lan  female" in said.out
    assert "--cursor c2" in said.out
    said = typed(answer, "--lang", "vi", "find", "Ngoc", "Lan")
    assert said.out.splitlines()[1].split("  ")[:2] == ["Phạm Ngọc Lan", "nữ"]
    assert "con nuôi/dâu/rể" in said.out
    assert "đang ở" in said.out


def test_an_identifier_stands_in_the_body_and_never_in_the_address(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "030191023456" not in str(request.url)
        assert json.loads(request.content) == {"identifier": {"type": "pid", "value": "030191023456"}}
        return httpx.Response(200, json={"persons": [], "position": 9})

    assert "Nobody was found" in typed(answer, "find", "--identifier", "030191023456").out


def test_a_history_is_told_in_sentences_by_the_officer(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        sentence = {"en": "Born.", "vi": "Sinh ra."}
        return httpx.Response(
            200, json={"history": [{"position": 4, "sentence": sentence, "changes": []}], "position": 9}
        )

    assert "4  Born." in typed(answer, "find", "--person", "p1", "--history").out


def test_a_widow_and_who_stands_on_the_second_sheet_are_seen_in_the_table(typed: Type) -> None:
    asked: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        lan = {"id": "p1", "sex": "female", "status": "resident", "personal": {"name": "Lan"}, "marital": "widowed"}
        binh = {"id": "p2", "sex": "male", "status": "resident", "personal": {"name": "Bình"}, "sheet": "2"}
        found = {"household": {"id": "h1", "area": AREA, "number": "14", "sheet": "1"}, "members": [lan, binh]}
        return httpx.Response(200, json={"households": [found], "position": 9})

    said = typed(answer, "--lang", "vi", "find", "--area", AREA, "--number", "14.2")
    assert asked == [{"area": AREA, "number": "14"}]
    assert said.out.startswith(f"h1 {AREA} 14.1 ")
    _, heading, lan, binh = (re.split("  +", line) for line in said.out.splitlines())
    assert heading[:6] == ["họ tên", "giới tính", "ngày sinh", "trạng thái", "hôn nhân", "phiếu"]
    assert (lan[3:], binh[3:]) == (["góa", "p1"], ["14.2", "p2"])


@pytest.mark.parametrize("number", ["A14", "14.0", "14/2", "1234567", ""])
def test_what_a_number_of_a_household_looks_like_is_said(typed: Type, number: str) -> None:
    said = typed(nobody, "find", "--area", AREA, "--number", number)
    assert (said.code, said.out) == (1, "")
    assert f"{number} is no number of a household: write digits, as 14, or a sheet's number, as 14.2." in said.err


def test_a_history_says_what_changed_from_what_to_what(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        sentence = {"en": "Death.", "vi": "Chết."}
        changes = [
            {"field": "marital", "before": "married", "after": "widowed", "hidden": False},
            {"field": "spouse", "before": "p2", "after": None, "hidden": False},
            {"field": "personal.name", "before": None, "after": None, "hidden": True},
            {"field": "care.health_check", "before": None, "after": {"on": "2026-03-01", "place": "hospital"}},
            {"field": "birth", "before": "1958", "after": "1958-06"},
            {"field": "care.pregnancy", "before": None, "after": {"ended": "2026-03-01", "outcome": "birth"}},
        ]
        if request.url.path.endswith("/persons/query"):
            return problem(404)
        told = {"position": 4, "sentence": sentence, "changes": changes}
        return httpx.Response(200, json={"history": [told], "position": 9})

    said = typed(answer, "--lang", "vi", "find", "--person", "p1", "--history")
    assert [line.strip() for line in said.out.splitlines()] == [
        "4  Chết.",
        "tình trạng hôn nhân: đang có vợ/chồng → góa",
        "vợ/chồng: p2 → -",
        "họ tên: …",
        "khám sức khỏe người cao tuổi: - → (ngày=01/03/2026, nơi=bệnh viện)",
        "ngày sinh: 1958 → 06/1958",
        "thai sản: - → (ngày kết thúc=01/03/2026, kết quả=sinh con)",
    ]
    said = typed(answer, "find", "--person", "p1", "--history")
    assert said.out.splitlines()[1].strip() == "marital: married → widowed"


@pytest.mark.parametrize(
    ("before", "after", "words"), [("p2", None, "spouse: Lan (p2) → -"), (None, "p3", "spouse: - → p3")]
)
def test_a_history_names_the_spouse_as_far_as_the_reader_may_see_her(
    typed: Type, before: str | None, after: str | None, words: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/persons/query"):
            seen = json.loads(request.content) == {"person": "p2"}
            return httpx.Response(200, json={"persons": [{"personal": {"name": "Lan"}}]}) if seen else problem(404)
        changes = [{"field": "spouse", "before": before, "after": after}]
        told = {"position": 4, "sentence": {"en": "Changed."}, "changes": changes}
        return httpx.Response(200, json={"history": [told], "position": 9})

    assert typed(answer, "find", "--person", "p1", "--history").out.splitlines()[1].strip() == words


def test_the_history_of_a_household_names_whoever_came_or_went(typed: Type) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        told = {"position": 4, "sentence": {"en": "Registered.", "vi": "Đăng ký."}, "changes": []}
        named = told | {"person": "p2", "name": "Phạm Lan"}
        return httpx.Response(200, json={"history": [told, told | {"person": "p1"}, named], "position": 9})

    said = typed(answer, "find", "--household", "h1", "--history")
    assert [line.strip() for line in said.out.splitlines()] == [
        "4  Registered.",
        "4  Registered. p1",
        "4  Registered. Phạm Lan (p2)",
    ]


def test_a_double_is_shown_with_who_goes_on(typed: Type) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        state = {"id": "p1", "status": "merged", "merged_into": "p2"}
        return httpx.Response(200, json={"persons": [state], "position": 9})

    assert typed(answer, "find", "--person", "p1").out.splitlines()[-1] == "p1 - on the books as p2"
