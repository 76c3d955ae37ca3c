"""Do help, tables and refusals speak the language that is asked for, whatever is typed?"""

import re
from pathlib import Path

import httpx
import pytest

from contracts.kinds.vital import PersonBorn
from socai.__main__ import main
from socai.amending import wanted
from socai.helping import COMMANDS, OPTIONS
from socai.values import lines
from socai.wording import say
from tests.socai.conftest import AREA, Type, nobody


def test_without_a_run_file_the_way_to_one_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "vi", "--run", str(tmp_path / "absent.json"), "status"]) == 1
    assert "make run" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", '{"gateway": 1}'])
def test_of_a_run_file_that_is_none_it_is_said_that_it_is_there(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.json"
    path.write_text(text)
    for language, words in (("en", f"{path} is no run file"), ("vi", f"{path} không phải tệp chạy")):
        assert main(["--lang", language, "--run", str(path), "status"]) == 1
        assert capsys.readouterr().err.startswith(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str], typed: Type
) -> None:
    with pytest.raises(SystemExit) as end:
        typed(nobody, command, "--help")
    assert end.value.code == 0
    assert f"socai {command}" in capsys.readouterr().out.split("examples:")[1]


def test_whose_device_is_enrolled_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "en", "device", "--help"])
    assert "enrol, counters: whose device it is" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_vietnamese(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert said.startswith("cách dùng: socai")
    assert COMMANDS[command][1] in said
    assert f"socai {command}" in said.split("ví dụ:")[1]
    told = "".join(said.split())
    english = {
        words[0] for words in (*COMMANDS.values(), *OPTIONS.values()) if words[0] != words[1] and " " in words[0]
    }
    assert not [text for text in (*english, "positional arguments", "options:") if "".join(text.split()) in told]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_an_option_takes_is_named_in_vietnamese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "vi", command, "--help"])
    named = re.findall(r"--([a-z-]+) ([A-Z_]+)", capsys.readouterr().out)
    assert not [option for option, taken in named if taken == option.upper().replace("-", "_")]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["born", "--on", "2026-10-20", "--sex", "male"], "socai born: lỗi: còn thiếu: --household"),
        (["bron"], "socai: lỗi: LỆNH: không có lựa chọn 'bron'; chọn một trong: 'report', 'device'"),
        (["month", "shut", AREA, "2026-10"], "không có lựa chọn 'shut'; chọn một trong: 'show', 'close', 'reopen'"),
        (["queue", "--limit", "ten"], "socai queue: lỗi: --limit: 'ten' không phải là số nguyên"),
        (["queue", "--limit"], "socai queue: lỗi: --limit: cần một giá trị"),
        (["correct", "r1"], "socai correct: lỗi: còn thiếu: TRƯỜNG=GIÁ_TRỊ"),
        (["area"], "socai area: lỗi: còn thiếu: NƠI"),
        (["area", "--out"], "socai area: lỗi: --out: cần một giá trị"),
        (["candidates", "--relative"], "socai candidates: lỗi: --relative: cần một giá trị"),
        (["status", "--all"], "socai: lỗi: không có mục này: --all"),
        (["find", "--as", "x", "--a"], "--a có thể là --as, --area, --as-of, --as-known"),
        (["queue", "--handed-over=yes"], "--handed-over: không nhận giá trị 'yes'"),
    ],
)
def test_what_is_typed_wrong_is_said_in_vietnamese(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--lang", "vi", *arguments])
    said = capsys.readouterr().err
    assert end.value.code == 2
    assert said.startswith("cách dùng: socai")
    assert told in said
    assert "error" not in said


@pytest.mark.parametrize("command", ["status", "queue", "sheets", "overdue"])
def test_that_there_is_no_such_client_is_said_in_vietnamese(command: str, typed: Type) -> None:
    said = typed(nobody, "--lang", "vi", command, "--as", "nobody")
    assert said.err.startswith("Không có hệ thống khách nobody trong tệp chạy; hiện có: collaborator, ")


def test_the_command_line_explains_itself_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "vi", "--help"])
    said = capsys.readouterr().out
    assert "các lệnh:\n  LỆNH" in said
    assert all(vietnamese.splitlines()[0] in said for _, vietnamese in COMMANDS.values())


def test_figures_are_laid_out_in_vietnamese(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/balance"):
            terms = {"population_start": 198, "births": 2, "population_end": 200, "difference": 0}
            return httpx.Response(200, json={"rows": [terms], "difference": 0, "position": 9, "unit": "VN"})
        rows = [{"flow": "moves_in", "name": "Xã Một", "sex": "female", "value": 51}]
        return httpx.Response(200, json={"rows": rows, "total": 51, "position": 9, "geography": "2025-07-01"})

    said = typed(answer, "--lang", "vi", "figures", "flows")
    assert [re.split("  +", line) for line in said.out.splitlines()] == [
        ["biến động", "tên", "giới tính", "số lượng"],
        ["chuyển đến", "Xã Một", "nữ", "51"],
        ["tổng số 51"],
    ]
    assert said.err.startswith("địa giới ngày=01/07/2025; đầy đủ")
    said = typed(answer, "--lang", "vi", "figures", "balance")
    assert [line.rsplit(maxsplit=1)[0].strip() for line in said.out.splitlines()[1:]] == [
        "dân số đầu kỳ",
        "sinh",
        "dân số cuối kỳ",
        "chênh lệch",
        "chênh lệch",
    ]


def test_a_feed_is_read_in_vietnamese(typed: Type) -> None:
    moved = {"kind": "person.moved", "on": "2025-03-14", "side": "left", "withdrawn": True, "area": "a1"}
    event = {"sequence": "7", "subject": "p1", "data": moved | {"changed": ["household", "bhyt", "birth_month"]}}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[] if "cursor" in str(request.url) else [event])

    assert typed(answer, "--lang", "vi", "feed").out.strip().split("  ") == [
        "7",
        "Chuyển sang hộ khác",
        "p1",
        "ngày=14/03/2025",
        "phía=đã ra khỏi phạm vi",
        "rút lại=có",
        "thay đổi=hộ,thẻ bảo hiểm y tế,tháng sinh",
        "địa bàn=a1",
    ]


def test_one_alone_is_counted_as_one(typed: Type) -> None:
    told = {"households": [{}], "persons": [], "left": ["h9"], "missing": [], "more": False, "position": 7}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=told | {"cursor": "c", "sent": 0, "counts": {}, "highest": 0})

    assert "changed: 1 household, 0 persons; 1 stands there no longer" in typed(answer, "sync", "p1", AREA).out
    assert say("en", "decided", n=1) == "1 report decided"
    assert say("en", "decided", n=2) == "2 reports decided"


def test_what_is_wrong_before_it_is_sent_is_said_in_vietnamese(typed: Type) -> None:
    wrong = typed(nobody, "--lang", "vi", "sheet", "return", AREA, "2026-10")
    assert wrong.err == "lý do: Còn thiếu mục này.\n"


def test_days_stand_in_vietnamese_as_they_are_written_there(typed: Type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if "/facts/" in path:
            cause = {
                "report": "r1",
                "type": "vn.socai.person.born.v1",
                "source": "/ctv",
                "data": {"birth": "1958-06", "on": "2025-03-14"},
            }
            fact = {"on": "2025-03-14", "cause": cause}
            known = {"fact": fact, "position": 7, "recorded_at": "2025-03-14T18:00:05.000000Z"}
            return httpx.Response(200, json=known | {"amended_by": [8] if path.endswith("/7") else []})
        if "/months/" in path:
            return httpx.Response(200, json={"closed": {"on": "2026-11-27", "by": "office", "position": 4}})
        if path.endswith("/sheets"):
            owed = {"area": AREA, "month": "2026-10", "due": "2026-11-01", "days": 3, "late": True}
            return httpx.Response(200, json={"sheets": [owed], "cursor": None})
        if path.endswith("/status"):
            return httpx.Response(200, json={"position": 9, "recorded_at": "2025-03-14T18:00:05.000000Z"})
        entry = {"position": 4, "sentence": {"vi": "Phân công."}}
        told = [{"since": "2026-11-01", "collaborator": "ctv-1", "until": "2026-12-31"}]
        change = {"field": "assigned", "before": [], "after": told}
        return httpx.Response(200, json={"history": [entry | {"changes": [change]}], "position": 9})

    said = {
        command: typed(answer, "--lang", "vi", *command.split()).out
        for command in (
            "why 7",
            f"month show {AREA} 2026-10",
            f"sheets --unit {AREA}",
            "status",
            f"find --unit {AREA} --history",
        )
    }
    for command, days in zip(
        said,
        (
            [
                "Trẻ sinh ra, có hiệu lực ngày 14/03/2025.",
                "lúc 01:00:05 15/03/2025",
                "ngày sinh: 06/1958",
                "vị trí 8, 01:00",
            ],
            ["ngày 27/11/2026"],
            ["10/2026", "01/11/2026"],
            ["01:00:05 15/03/2025"],
            ["01/11/2026 .. 31/12/2026"],
        ),
        strict=True,
    ):
        assert [day for day in days if day not in said[command]] == [], said[command]
        assert not re.search(r"[0-9]{4}-[0-9]{2}\b(?!-[0-9]{3})", said[command]), said[command]


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("figures", "population", "--month", "09/2026"), ("month", "2026-09")),
        (("figures", "units", "--as-of", "1/7/2025"), ("as_of", "2025-07-01")),
        (("figures", "units", "--as-of", "2025-07-01"), ("as_of", "2025-07-01")),
    ],
)
def test_a_day_is_typed_as_it_is_shown(arguments: tuple[str, ...], asked: tuple[str, str], typed: Type) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(404)

    typed(answer, *arguments)
    assert seen[0].url.params[asked[0]] == asked[1]


def test_a_correction_takes_a_day_as_it_is_shown() -> None:
    assert wanted(["on=19/10/2026", "personal.name=1/2"], {}, PersonBorn) == {
        "on": "2026-10-19",
        "personal": {"name": "1/2"},
    }


def test_what_a_divided_unit_gives_is_read_in_words() -> None:
    parts = [{"unit": "10945-20250701", "rest": True}, {"unit": "10966-20250701", "takes": ["10960-20200101-002"]}]
    told = list(lines("vi", "parts", parts))
    assert told[1:] == [
        "    - đơn vị=10945-20250701, phần còn lại=có",
        "    - đơn vị=10966-20250701, các nơi được nhận=10960-20200101-002",
    ]
    assert [*lines("en", "rest", value=True)] == ["  rest: true"]
