"""Do the commands ask the right questions, say what came of them, and keep their heads when the gateway does not?"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from contracts.ids import EVERYWHERE
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


def test_the_scope_that_lacks_is_named(typed: Type) -> None:
    asks = 'DPoP realm="socai", error="insufficient_scope", scope="registry.search", algs="ES256"'

    def refuse(_: httpx.Request) -> httpx.Response:
        answer = problem(403, "scope-insufficient")
        answer.headers["WWW-Authenticate"] = asks
        return answer

    assert typed(refuse, "find", "lan").err == "403 Title\n  Detail.\n  The scope that lacks: registry.search\n"
    vietnamese = typed(refuse, "--lang", "vi", "find", "lan").err
    assert vietnamese.endswith("Phạm vi (scope) còn thiếu: registry.search\n")


def test_an_unknown_client_is_answered_with_those_there_are(typed: Type) -> None:
    said = typed(nobody, "status", "--as", "nobody")
    assert said.code == 1
    assert "collaborator" in said.err


def test_figures_are_asked_for_the_clients_own_place_and_laid_out(typed: Type) -> None:
    asked: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(parse_qs(request.url.query.decode()))
        rows = [{"sex": "female", "value": 51}, {"sex": "male", "value": 149}]
        return httpx.Response(200, json={"rows": rows, "total": 200, "position": 9, "unit": "31-20200101"})

    said = typed(answer, "figures", "population", "--by", "sex", "--month", "2025-06")
    assert asked == [{"unit": ["31-20200101"], "by": ["sex"], "month": ["2025-06"]}]
    assert said.out.splitlines() == ["sex     value", "female     51", "male      149", "total 200"]


def test_flows_and_the_balance_of_one_month_are_asked_for_by_that_month(typed: Type) -> None:
    asked: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(parse_qs(request.url.query.decode()))
        return httpx.Response(200, json={"rows": [], "position": 9})

    for figure in ("flows", "balance"):
        assert typed(answer, "figures", figure, "--unit", "VN", "--month", "2025-06").code == 0
    assert asked == [{"unit": ["VN"], "from": ["2025-06"], "to": ["2025-06"]}] * 2


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
        if request.url.path == "/registry/v1/persons/query":
            return httpx.Response(200, json={"persons": [{"personal": {"name": "Lan"}}]})
        assert parse_qs(request.url.query.decode()) == {"side": ["arrival"], "limit": ["100"]}
        half = {"side": "arrival", "days": 40, "since": "2026-01-01", "from": "a1", "to": "a2", "person": "p1"}
        return httpx.Response(200, json={"moves": [half | {"report": "r1"}], "cursor": "further"})

    said = typed(answer, "unmatched", "--side", "arrival").out
    assert said.splitlines()[1].split() == ["arrival", "40", "2026-01-01", "a1", "a2", "Lan", "p1", "r1"]
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


def test_a_missing_number_of_a_device_is_one_number(typed: Type) -> None:
    told = {"sent": 3, "counts": {"recorded": 3}, "highest": 9, "missing": [{"first": 2, "last": 2}]}
    said = typed(lambda _: httpx.Response(200, json=told | {"missing": told["missing"]}), "device", "counters", "p1")
    assert said.out.splitlines()[1] == "numbers up to 9, missing: 2"


@pytest.mark.parametrize(
    "command",
    [
        ("queue",),
        ("overdue",),
        ("approve", "--all"),
        ("return", "--all", "--reason", "Sai"),
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


def test_nobody_is_sent_on_with_a_cursor_that_was_refused(typed: Type) -> None:
    said = typed(lambda _: problem(422), "feed", "--cursor", "zzz")
    assert (said.code, said.err.splitlines()[0]) == (1, "422 Title")


@pytest.mark.parametrize("given", [("--cursor", "-a_z"), ("--cursor=-a_z",)])
def test_a_cursor_may_begin_with_a_hyphen(given: tuple[str, ...], typed: Type) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["cursor"])
        return problem(422)

    assert typed(answer, "feed", *given).code == 1
    assert asked == ["-a_z"]


def test_a_key_may_begin_with_a_hyphen(typed: Type) -> None:
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return problem(422)

    key = "-" + "a" * 41 + "A"
    said = typed(answer, "device", "revoke", "phone-1", "--key", key, "--reason", "lost")
    assert said.code == 1
    assert json.loads(asked[0])["data"]["key"] == key


@pytest.mark.parametrize("given", [("--cursor", "--limit", "5"), ("--cursor", "-h"), ("--cursor",)])
def test_an_option_is_no_cursor(given: tuple[str, ...], typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        typed(nobody, "--lang", "en", "feed", *given)
    assert end.value.code == 2
    assert "--cursor: expected one argument" in capsys.readouterr().err


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


def test_a_device_of_a_client_that_there_is_not_is_enrolled_nowhere(typed: Type) -> None:
    said = typed(nobody, "device", "enrol", "phone-1", "--as", "nobody")
    assert (said.code, "--place" in said.err, "nobody" in said.err, "collaborator" in said.err) == (
        1,
        False,
        True,
        True,
    )


def test_a_limit_beyond_all_bounds_is_no_limit(typed: Type) -> None:
    for command in ("queue", "overdue"):
        said = typed(lambda _: httpx.Response(200, json={"reports": [], "cursor": None}), command, "--limit", "9" * 30)
        assert (said.code, said.err) == (0, "")


def test_where_there_are_no_figures_it_is_said(typed: Type) -> None:
    answer = {"rows": [], "position": 9, "as_of": "1999-01-01"}
    said = typed(lambda _: httpx.Response(200, json=answer), "figures", "units", "--as-of", "1999-01-01")
    assert said.out == "There are no rows.\n"
