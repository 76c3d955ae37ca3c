"""Do the commands ask the right questions, say what came of them, and keep their heads when the gateway does not?"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from contracts.event import CATALOGUE
from contracts.ids import EVERYWHERE
from contracts.kinds.vital import PersonBorn
from socai.amending import wanted
from socai.syncing import cursor_path
from tests.socai.conftest import AREA, Type, nobody, problem


def test_a_gateway_that_is_away_is_said_in_one_line(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    said = typed(answer, "why", "12")
    assert said.code == 1
    assert said.err == "The gateway at http://127.0.0.1:8080 does not answer: is the system up (`make status`)?\n"


def test_a_problem_is_shown_with_its_places(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return problem(422, errors=[{"pointer": "#/name", "code": "blank"}])

    said = typed(answer, "find", "Lan")
    assert said.code == 1
    assert said.err.splitlines() == ["422 Title", "  Detail.", "  #/name: blank"]


def test_an_unknown_client_is_answered_with_those_there_are(typed: Type) -> None:
    said = typed(nobody, "status", "--as", "nobody")
    assert said.code == 1
    assert "collaborator" in said.err


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


def test_figures_are_asked_for_the_clients_own_place_and_laid_out(typed: Type) -> None:
    asked: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(parse_qs(request.url.query.decode()))
        rows = [{"sex": "female", "value": 51}, {"sex": "male", "value": 149}]
        return httpx.Response(200, json={"rows": rows, "total": 200, "position": 9, "unit": "31-20200101"})

    said = typed(answer, "figures", "population", "--by", "sex", "--month", "2025-06")
    assert asked == [{"unit": ["31-20200101"], "by": ["sex"], "month": ["2025-06"]}]
    assert said.out.splitlines() == ["sex     value", "female     51", "male      149", "total 200"]


def test_figures_in_csv_are_passed_through(typed: Type) -> None:
    said = typed(lambda _: httpx.Response(200, text="sex,value\r\n"), "figures", "population", "--csv")
    assert said.out.splitlines() == ["sex,value"]


def test_a_feed_is_read_to_its_end_and_says_where_to_go_on(typed: Type) -> None:
    cursors: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        cursor = parse_qs(request.url.query.decode()).get("cursor", [None])[0]
        cursors.append(cursor)
        event = {"sequence": "7", "subject": "p1", "data": {"kind": "person.born", "on": "2025-03-14", "side": "here"}}
        events = [event] if cursor is None else []
        link = '<http://127.0.0.1:8080/exchange/v1/feed?cursor=after7&limit=500>; rel="next"'
        return httpx.Response(200, json=events, headers={"Link": link})

    said = typed(answer, "feed")
    assert cursors == [None, "after7"]
    assert said.out.split() == ["7", "person.born", "p1", "on=2025-03-14", "side=here"]
    assert "--cursor 'after7'" in said.err


def test_a_page_of_a_feed_that_only_passes_over_what_is_not_shown_is_no_end(typed: Type) -> None:
    event = {"sequence": "9", "subject": "p1", "data": {"kind": "person.born", "on": "2025-03-14", "side": "here"}}
    pages: dict[str | None, tuple[list[Any], str]] = {
        None: ([], "a"),
        "a": ([], "b"),
        "b": ([event], "c"),
        "c": ([], "c"),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        events, following = pages[parse_qs(request.url.query.decode()).get("cursor", [None])[0]]
        link = f'<http://127.0.0.1:8080/exchange/v1/feed?cursor={following}&limit=500>; rel="next"'
        return httpx.Response(200, json=events, headers={"Link": link})

    said = typed(answer, "feed")
    assert said.out.split()[0] == "9"
    assert "--cursor 'c'" in said.err


def test_status_shows_how_far_behind_each_service_is(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        service = request.url.path.split("/")[1]
        if service == "reporting":
            return problem(404)
        return httpx.Response(200, json={"position": {"events": 100, "registry": 98}.get(service, 100)})

    said = typed(answer, "status")
    assert said.code == 1, "one of them says nothing"
    lines = {line.split()[0]: line.split()[1:] for line in said.out.splitlines()}
    assert lines["registry"] == ["98", "2"]
    assert lines["exchange"] == ["100", "0"]


def test_status_shows_what_serves_under_each_projection(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/events/v1/status":
            return httpx.Response(200, json={"position": 9, "recorded_at": "2026-02-10T01:00:00.000000Z", "waiting": 1})
        built = {
            "name": "persons",
            "version": 3,
            "build": 2,
            "position": 7,
            "recorded_at": "2026-02-10T00:59:00.000000Z",
        }
        new = {"name": "added", "version": None, "build": None, "position": None, "recorded_at": None}
        projections = [built, new] if request.url.path == "/registry/v1/status" else []
        return httpx.Response(200, json={"service": "x", "position": 7, "projections": projections})

    said = typed(answer, "status")
    assert said.code == 1, "one projection was never built"
    lines = [line.split() for line in said.out.splitlines()]
    assert lines[1] == ["events", "9", "2026-02-10", "08:00:00", "1"]
    assert ["persons", "3", "2", "7", "2", "2026-02-10", "07:59:00"] in lines
    assert ["added"] in lines


def test_candidates_come_with_why_they_may_be_meant(typed: Type) -> None:
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        reason = {"code": "same-name", "points": 4, "text": {"en": "has the same name", "vi": "trùng họ tên"}}
        one = {"person": "p1", "score": 9, "status": "resident", "commune": "c1", "reasons": [reason], "state": None}
        one["commune_name"] = "Xã Một"
        return httpx.Response(200, json={"candidates": [one], "complete": False})

    said = typed(answer, "candidates", "Nguyen", "Lan", "--birth", "1990", "--identifier", "bhyt:0000000001")
    assert asked == [
        {
            "name": "Nguyen Lan",
            "birth": "1990",
            "identifiers": [{"type": "bhyt", "value": "0000000001"}],
            "limit": 20,
        }
    ]
    assert "has the same name" in said.out
    assert "Xã Một (c1)" in said.out
    assert "not all were looked at" in said.err


def test_moves_without_their_other_half_are_a_table(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert parse_qs(request.url.query.decode()) == {"side": ["arrival"], "limit": ["100"]}
        half = {"side": "arrival", "days": 40, "since": "2026-01-01", "from": "a1", "to": "a2", "person": "p1"}
        return httpx.Response(200, json={"moves": [half | {"report": "r1"}], "cursor": "further"})

    said = typed(answer, "unmatched", "--side", "arrival").out
    assert said.splitlines()[1].split() == ["arrival", "40", "2026-01-01", "a1", "a2", "p1", "r1"]
    assert "further" in said


def test_an_area_is_followed_from_where_it_ended_with_the_device_s_counters(typed: Type) -> None:
    asked: list[dict[str, object]] = []
    device = {"position": 41, "sent": 2, "counts": {"recorded": 1, "waiting": 1}, "highest": 4}

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/events/v1/devices/p1/sync"
        asked.append(json.loads(request.content))
        lan = {"id": "p1", "sex": "female", "status": "resident", "personal": {"name": "Phạm Ngọc Lan"}}
        page = {"households": [], "persons": [lan], "left": ["h9"], "missing": [{"first": 2, "last": 3}]}
        return httpx.Response(200, json=device | page | {"cursor": f"c{len(asked)}", "more": len(asked) == 1})

    said = typed(answer, "sync", "p1", AREA)
    assert said.code == 1, "numbers are missing"
    assert "numbers up to 4, missing: 2-3" in said.out
    assert "changed: 0 households, 2 persons; 2 stand there no longer" in said.out
    assert "Phạm Ngọc Lan" in said.out
    assert asked == [{"area": AREA}, {"area": AREA, "cursor": "c1"}]
    typed(answer, "sync", "p1", AREA)
    assert asked[-1] == {"area": AREA, "cursor": "c2"}
    typed(answer, "sync", "p1", AREA, "--anew")
    assert asked[-1] == {"area": AREA}


def test_a_cursor_that_the_server_knows_no_longer_has_the_area_told_anew(typed: Type) -> None:
    asked: list[dict[str, object]] = []
    told = {"households": [], "persons": [], "left": [], "missing": [], "more": False, "position": 7, "cursor": "c1"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        if asked[-1].get("cursor") == "c1":
            outdated = {"code": "invalid-request", "errors": [{"pointer": "#/cursor", "code": "outdated"}]}
            return httpx.Response(422, json=outdated)
        return httpx.Response(200, json=told | {"sent": 0, "counts": {}, "highest": 0})

    typed(answer, "sync", "p1", AREA)
    said = typed(answer, "sync", "p1", AREA)
    assert said.code == 0
    assert "told again" in said.err
    assert asked == [{"area": AREA}, {"area": AREA, "cursor": "c1"}, {"area": AREA}]


@pytest.mark.parametrize("kept", ["", '{"cursor"', "{}", "\udcff"])
def test_a_kept_cursor_that_is_none_has_the_area_told_anew(typed: Type, run_path: Path, kept: str) -> None:
    asked: list[dict[str, object]] = []
    told = {"households": [], "persons": [], "left": [], "missing": [], "more": False, "position": 7, "cursor": "c1"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json=told | {"sent": 0, "counts": {}, "highest": 0})

    path = cursor_path(run_path, "collaborator", AREA)
    path.write_bytes(kept.encode(errors="surrogateescape"))
    said = typed(answer, "sync", "p1", AREA)
    assert (said.code, asked) == (0, [{"area": AREA}])
    assert f"{path} holds no cursor" in said.err
    typed(answer, "sync", "p1", AREA)
    assert asked[-1] == {"area": AREA, "cursor": "c1"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("find", "Lan", "--as-of", "2025-01-01"), "Names are sought as of today"),
        (("find", "--history"), "Name whom to find"),
        (("candidates", "--birth", "1990"), "Say who is looked for"),
        (("assign", AREA, "ctv-1", "--on", "2026-05-01", "--until", "2026-01-01"), "It ends before it begins"),
        (("approve", "abc"), "reports.0: This does not have the form that it must have."),
        (("sheet", "return", AREA, "2026-10"), "reason: This is missing."),
    ],
)
def test_what_cannot_be_asked_is_said_at_once(typed: Type, arguments: tuple[str, ...], said: str) -> None:
    answer = typed(nobody, *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(said)
    assert len(answer.err.splitlines()) == 1


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


def test_a_missing_number_of_a_device_is_one_number(typed: Type) -> None:
    told = {"sent": 3, "counts": {"recorded": 3}, "highest": 9, "missing": [{"first": 2, "last": 2}]}
    said = typed(lambda _: httpx.Response(200, json=told | {"missing": told["missing"]}), "device", "counters", "p1")
    assert said.out.splitlines()[1] == "numbers up to 9, missing: 2"


@pytest.mark.parametrize(
    ("arguments", "english", "vietnamese"),
    [
        (
            ("assign", "10525-20250701", "ctv-1"),
            "area: This does not have the form that it must have. The id of an area is wanted, as 10525-20200101-001.",
            "địa bàn: Không đúng định dạng. Cần mã địa bàn, ví dụ 10525-20200101-001.",
        ),
        (
            ("month", "close", AREA, "2026-10"),
            "commune: This does not have the form that it must have. The id of a unit is wanted, as 10525-20250701.",
            "xã: Không đúng định dạng. Cần mã đơn vị, ví dụ 10525-20250701.",
        ),
        (
            ("approve", "abc"),
            "reports.0: This does not have the form that it must have. An id is wanted, as 0195e2a3-",
            "các báo cáo.0: Không đúng định dạng. Cần một mã, ví dụ 0195e2a3-",
        ),
    ],
)
def test_what_is_wanted_is_said_where_an_id_is_of_something_else(
    arguments: tuple[str, ...], english: str, vietnamese: str, typed: Type
) -> None:
    assert typed(nobody, *arguments).err.startswith(english)
    assert typed(nobody, "--lang", "vi", *arguments).err.startswith(vietnamese)


PERSON = "01941f63-29a0-7f41-948b-0a0b20c43638"


def test_any_kind_of_report_is_told_field_by_field(typed: Type) -> None:
    told: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        told.append(json.loads(request.content))
        return httpx.Response(201, json={"id": "r1", "fate": "recorded", "position": 4})

    said = typed(answer, "tell", "person.died", f"person={PERSON}", "on=20/10/2026", "place=home")
    assert (said.code, said.out) == (0, "r1 recorded at position 4\n")
    assert (told[0]["type"], told[0]["subject"]) == ("vn.socai.person.died.v1", PERSON)
    assert told[0]["data"] == {"person": PERSON, "on": "2026-10-20", "place": "home"}
    arrival = ("person=new", f"household={PERSON}", "sex=female", "on=2026-10-20", "personal.name=new")
    said = typed(answer, "tell", "person.arrived", *arrival)
    made = told[1]["data"]["person"]
    assert told[1]["data"]["personal"] == {"name": "new"}
    assert said.out.splitlines() == ["r1 recorded at position 4", f"person {made}"]
    assert typed(answer, "tell", "move.closed", f"person={PERSON}", "on=2026-10-20", "whereabouts=abroad").code == 0


def test_which_kinds_fields_and_codes_there_are_is_said(typed: Type) -> None:
    kinds = [re.split("  +", line) for line in typed(nobody, "--lang", "vi", "tell").out.splitlines()]
    assert kinds[0] == ["loại", "nội dung"]
    assert ["person.died", "Người chết"] in kinds
    fields = typed(nobody, "--lang", "vi", "tell", "move.closed").out.splitlines()
    assert [re.split("  +", line) for line in fields] == [
        ["trường", "ý nghĩa", "cần nêu", "các mã"],
        ["on", "ngày", "bắt buộc"],
        ["person", "người", "bắt buộc"],
        ["whereabouts", "nơi đã đến", "nếu biết", "abroad (đã ra nước ngoài), unknown (không rõ nơi đến)"],
    ]
    wrong = typed(nobody, "tell", "person.dead", "on=2026-10-20")
    assert (wrong.code, wrong.err) == (1, "person.dead is no kind of report; `socai tell` lists them.\n")


def test_every_kind_can_be_told_field_by_field(typed: Type) -> None:
    for kind in CATALOGUE.values():
        said = typed(nobody, "tell", kind.kind)
        assert (said.code, len(said.out.splitlines())) == (0, 1 + len(kind.model_fields)), kind


def test_which_fields_are_wrong_is_said_before_anything_is_sent(typed: Type) -> None:
    said = typed(nobody, "tell", "person.died", "place=sea", "who=Lan")
    assert said.code == 1
    assert said.err.splitlines() == [
        "on: This is missing.",
        "person: This is missing.",
        "place: This is none of the codes of its list; there are: health_facility, home, elsewhere, unknown.",
        "who: Something stands here that does not belong here.",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("queue",),
        ("overdue",),
        ("sheets",),
        ("sheets", "--month", "2026-01"),
        ("find", "Lan"),
        ("figures", "population"),
    ],
)
def test_of_a_unit_that_has_ended_it_is_said_what_took_its_place(typed: Type, command: tuple[str, ...]) -> None:
    ends: list[tuple[str, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/registry/v1/history/query":
            assert json.loads(request.content) == {"unit": AREA[:14]}
            founded = {"sentence": {"en": "Founded."}, "changes": [{"field": "names", "after": {}}]}
            told = [
                {"sentence": {"en": words}, "changes": [{"field": "valid_to", "after": day}]} for words, day in ends
            ]
            return httpx.Response(200, json={"history": [founded, *told], "position": 9})
        if request.url.path.startswith("/reporting/"):
            return problem(403)
        empty: dict[str, Any] = {"reports": [], "sheets": [], "persons": [], "cursor": None, "position": 9}
        return httpx.Response(200, json=empty)

    said: list[bool] = []
    for end in ((), ("Ended, went into B.", "2025-11-01"), ("Stands again.", None), ("Ended.", "2199-01-01")):
        ends += [end] if end else []
        err = typed(answer, *command, "--unit", AREA[:14]).err
        said.append(f"There is no {AREA[:14]} any more: Ended, went into B.\n" in err)
        assert ("no more" in err or "any more" in err) == said[-1]
    assert said == [False, True, False, False]


def test_null_empties_a_field_of_a_part_instead_of_being_its_text() -> None:
    assert wanted(["personal.name=null"], {"personal": {"name": "Lan"}}, PersonBorn) == {"personal": {"name": None}}


def test_nobody_is_sent_on_with_a_cursor_that_was_refused(typed: Type) -> None:
    said = typed(lambda _: problem(422), "feed", "--cursor", "zzz")
    assert (said.code, said.err.splitlines()[0]) == (1, "422 Title")


BORN = ("born", "--household", "01941f63-29a0-7f41-948b-0a0b20c43638", "--sex", "female", "--on", "2026-10-20")


def test_the_id_of_a_newborn_is_printed_only_where_the_birth_was_taken(typed: Type) -> None:
    taken = typed(lambda _: httpx.Response(201, json={"id": "r1", "fate": "recorded", "position": 4}), *BORN)
    told, person = taken.out.splitlines()
    assert told == "r1 recorded at position 4"
    assert re.fullmatch(r"person [0-9a-f-]{36}", person)
    refused = typed(lambda _: problem(409), *BORN)
    assert (refused.code, refused.out) == (1, "")
    wrong = typed(nobody, *BORN[:-1], "2026-02-30")
    assert (wrong.code, wrong.out) == (1, "")


def test_of_a_device_that_sent_nothing_it_is_said_so(typed: Type) -> None:
    told = {"sent": 0, "counts": {}, "highest": 0, "missing": []}
    said = typed(lambda _: httpx.Response(200, json=told), "device", "counters", "phone-x")
    assert said.out == (
        "No report names a device phone-x of client sandbox-collaborator: is the name right, and the client (--as)?\n"
    )


@pytest.mark.parametrize("limit", ["0", "-3"])
@pytest.mark.parametrize("command", ["queue", "overdue", "unmatched", "sheets", "feed", "find"])
def test_a_limit_is_at_least_one(command: str, limit: str, typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    for language, words in (("en", f"'{limit}' is less than 1"), ("vi", f"--limit: '{limit}' nhỏ hơn 1")):
        with pytest.raises(SystemExit) as end:
            typed(nobody, "--lang", language, command, "--limit", limit)
        assert end.value.code == 2
        assert words in capsys.readouterr().err


def test_a_device_of_a_client_of_the_whole_country_needs_a_place(typed: Type, run_path: Path) -> None:
    run = json.loads(run_path.read_text())
    run["clients"]["officer"]["areas"] = [EVERYWHERE]
    run_path.write_text(json.dumps(run))
    said = typed(nobody, "device", "enrol", "phone-1", "--as", "officer")
    assert (said.code, "--place" in said.err) == (1, True), said


def test_a_limit_beyond_all_bounds_is_no_limit(typed: Type) -> None:
    for command in ("queue", "overdue"):
        said = typed(lambda _: httpx.Response(200, json={"reports": [], "cursor": None}), command, "--limit", "9" * 30)
        assert (said.code, said.err) == (0, "")


def test_where_there_are_no_figures_it_is_said(typed: Type) -> None:
    answer = {"rows": [], "position": 9, "as_of": "1999-01-01"}
    said = typed(lambda _: httpx.Response(200, json=answer), "figures", "units", "--as-of", "1999-01-01")
    assert said.out == "There are no rows.\n"
