"""Are reports read from files as they come, sent in batches, and sent again when something breaks?"""

import json
from codecs import BOM_UTF8
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from socai.batches import MOST_LINES, batches, read_reports
from socai.signing import Device, device_path, write_device
from tests.socai.conftest import Type, nobody, problem

UNIT = b'{"id":"u","type":"vn.socai.unit.established.v1","data":{}}'
BIRTH = b'{"id":"b","type":"vn.socai.person.born.v1","data":{}}'


def file_of(tmp_path: Path, body: bytes) -> Path:
    path = tmp_path / "reports"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    ("body", "reports"),
    [
        (b"", 0),
        (b"\n \n", 0),
        (BIRTH, 1),
        (BIRTH + b"\n\n" + UNIT + b"\r\n", 2),
        (b'{\n "id": "b",\n "type": "x"\n}\n', 1),
        (b"[" + BIRTH + b",\n" + UNIT + b"]", 2),
        (BOM_UTF8 + BIRTH + b"\n" + UNIT, 2),
        (b"no json\n" + BIRTH + b"\n", 2),
        (b"[" * 5000 + b"]" * 5000, 1),
    ],
)
def test_a_file_is_read_as_lines_an_array_or_one_report(tmp_path: Path, body: bytes, reports: int) -> None:
    with file_of(tmp_path, body).open("rb") as file:
        read = list(read_reports(file))
    assert len(read) == reports
    assert all(b"\n" not in line and not line.startswith(BOM_UTF8) for line in read)


def test_batches_change_with_the_speaker_and_keep_the_order() -> None:
    lines = [UNIT, BIRTH, BIRTH, UNIT]
    assert [(who, len(batch)) for who, batch in batches(lines, routed=True)] == [
        ("officer", 1),
        ("collaborator", 2),
        ("officer", 1),
    ]
    assert [len(batch) for _, batch in batches(lines, routed=False)] == [4]


def test_a_batch_holds_a_thousand_lines_at_most() -> None:
    sizes = [len(batch) for _, batch in batches([BIRTH] * 2500, routed=True)]
    assert sizes == [MOST_LINES, MOST_LINES, 500]


def recorded(request: httpx.Request) -> httpx.Response:
    lines = request.content.splitlines()
    answers = [{"line": n, "id": f"r{n}", "fate": "recorded", "position": n} for n, _ in enumerate(lines, 1)]
    return httpx.Response(200, content="\n".join(json.dumps(answer) for answer in answers))


def test_a_long_file_is_sent_in_batches_with_progress(typed: Type, tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return recorded(request)

    answers = tmp_path / "answers.ndjson"
    said = typed(answer, "report", str(file_of(tmp_path, (BIRTH + b"\n") * 2100)), "--answers", str(answers))
    assert said.code == 0
    assert [request.headers["content-type"] for request in asked] == ["application/x-ndjson"] * 3
    assert "2100 sent" in said.err.splitlines()[-1]
    lines = [json.loads(line)["line"] for line in answers.read_text().splitlines()]
    assert lines == list(range(1, 2101))


def test_a_refused_line_is_named_with_its_reason_and_fails_the_command(typed: Type, tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        refusal = {"status": 409, "title": "Contradicts", "reasons": [{"code": "already-dead", "facts": [7]}]}
        lines = [
            {"line": 1, "id": "a", "fate": "recorded", "position": 8},
            {"line": 2, "id": "b", "fate": "refused", "position": None, "problem": refusal},
        ]
        return httpx.Response(200, content="\n".join(map(json.dumps, lines)))

    said = typed(answer, "report", str(file_of(tmp_path, BIRTH + b"\n" + BIRTH)))
    assert said.code == 1
    assert said.out.splitlines() == ["line 2: b 409 Contradicts", "  [already-dead] (at position 7)"]


def test_a_busy_gateway_is_asked_again_after_the_time_that_it_names(
    typed: Type, tmp_path: Path, pauses: list[float]
) -> None:
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls < 3:
            return problem(503) if calls == 1 else httpx.Response(429, headers={"Retry-After": "7"})
        return recorded(request)

    said = typed(answer, "report", str(file_of(tmp_path, BIRTH + b"\n" + BIRTH)))
    assert said.code == 0
    assert pauses == [1.0, 7.0]


def test_an_upload_goes_on_after_a_broken_connection(typed: Type, tmp_path: Path, pauses: list[float]) -> None:
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx.ReadError("reset")
        return recorded(request)

    said = typed(answer, "report", str(file_of(tmp_path, BIRTH + b"\n" + BIRTH)))
    assert said.code == 0
    assert len(pauses) == 1


def test_an_upload_that_is_broken_off_says_how_to_go_on(typed: Type, tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    said = typed(answer, "report", str(file_of(tmp_path, BIRTH + b"\n" + BIRTH)))
    assert said.code == 130
    assert "send the same file again" in said.err


def test_nothing_to_send_is_said(typed: Type, tmp_path: Path) -> None:
    assert typed(recorded, "report", str(file_of(tmp_path, b"\n"))).code == 1
    assert "No such file" in typed(recorded, "report", str(tmp_path / "absent")).err


def test_a_file_that_cannot_be_opened_is_said_in_a_line(typed: Type, tmp_path: Path) -> None:
    birth, nowhere = str(file_of(tmp_path, BIRTH)), str(tmp_path / "absent" / "out")
    for command in (["report", birth, "--answers", nowhere], ["area", "10525-20250701-001", "--out", nowhere]):
        said = typed(recorded, *command)
        assert (said.code, said.err) == (1, f"{nowhere}: No such file or directory\n")
        assert typed(recorded, "--lang", "vi", *command).err == f"{nowhere}: không có tệp hoặc thư mục này\n"
    assert typed(recorded, "--lang", "vi", "report", str(tmp_path)).err == f"{tmp_path}: là thư mục, không phải tệp\n"


@pytest.mark.parametrize(("language", "said"), [("en", "No space left on device"), ("vi", "ổ đĩa đã đầy")])
def test_a_full_disk_is_told_in_a_line(typed: Type, tmp_path: Path, language: str, said: str) -> None:
    births = str(file_of(tmp_path, (BIRTH + b"\n") * 2))
    told = typed(recorded, "--lang", language, "report", births, "--answers", "/dev/full")
    assert (told.code, told.err.splitlines()[-1]) == (1, said)


def test_answers_of_before_stay_where_there_is_nothing_to_send(typed: Type, tmp_path: Path) -> None:
    answers = file_of(tmp_path, b"{}")
    assert typed(recorded, "report", str(tmp_path / "absent"), "--answers", str(answers)).code == 1
    assert answers.read_bytes() == b"{}"


def test_the_answer_to_a_single_report_is_kept_too(typed: Type, tmp_path: Path) -> None:
    answers = tmp_path / "answers.ndjson"
    assert typed(recorded, "report", str(file_of(tmp_path, BIRTH)), "--answers", str(answers)).code == 0
    assert json.loads(answers.read_text()) == {"line": 1, "id": "r1", "fate": "recorded", "position": 1}


def test_what_a_file_s_reports_left_to_look_at_is_counted_in_words(typed: Type, tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        notes: tuple[list[str], ...] = (["minor-head", "household-without-head"], ["minor-head"], [])
        lines = [
            {"line": n, "id": f"r{n}", "fate": "recorded", "position": n} | ({"notes": left} if left else {})
            for n, left in enumerate(notes, 1)
        ]
        return httpx.Response(200, content="\n".join(map(json.dumps, lines)))

    path = str(file_of(tmp_path, (BIRTH + b"\n") * 3))
    assert typed(answer, "report", path).out.splitlines() == [
        "Left for an officer to look at:",
        "  2 reports: the head is under 18",
        "  1 report: the household has no head now: name one",
    ]
    assert typed(answer, "--lang", "vi", "report", path).out.splitlines() == [
        "Việc cần cán bộ xem xét:",
        "  2 báo cáo: chủ hộ chưa đủ 18 tuổi",
        "  1 báo cáo: hộ chưa có chủ hộ: hãy báo chủ hộ mới",
    ]


def test_a_key_of_another_device_signs_nothing_and_it_is_said_whose_reports_they_are(
    typed: Type, run_path: Path, tmp_path: Path
) -> None:
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    write_device(device_path(run_path, "phone-2"), Device("collaborator", "phone-2", key))
    told = b'{"id":"b","type":"vn.socai.person.born.v1","device":"phone-1","devicesequence":4,"data":{}}'
    for body in (told, BIRTH + b"\n" + told):
        said = typed(nobody, "report", str(file_of(tmp_path, body)), "--sign", "phone-2")
        where = len(body.splitlines())
        assert (said.code, said.err) == (
            1,
            f"Line {where} is a report of device phone-1: the key of phone-2 does not sign it.\n",
        )


def test_a_key_of_another_sender_signs_nothing_and_nothing_is_sent_unsigned_instead(
    typed: Type, run_path: Path, tmp_path: Path
) -> None:
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    write_device(device_path(run_path, "tablet"), Device("officer", "tablet", key))
    for body in (BIRTH, BIRTH + b"\n" + BIRTH):
        said = typed(nobody, "report", str(file_of(tmp_path, body)), "--sign", "tablet")
        assert (said.code, said.err) == (
            1,
            "This is told by collaborator: the key of tablet is one of officer and does not sign it.\n",
        )
