"""Does a person at a terminal get her reports recorded, corrected, voided and explained by the real write side?"""

import json
from pathlib import Path

import pytest

from contracts.ids import uuid7
from socai.signing import read_device
from tests.socai.conftest import System
from twin import generate

pytestmark = pytest.mark.postgres

AREA = "10525-20200101-001"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.ndjson"
    path.write_bytes(b"".join(generate(10)))
    return path


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def mother_in(people: Path) -> tuple[str, str]:
    """The household and the id of a wife of the first sheet that has one."""
    for line in lines_of(people):
        data = json.loads(line)["data"]
        for member in data.get("members", ()):
            if member["relation"] == "spouse" and member["birth"] > "1960":
                return data["household"], member["person"]
    raise AssertionError("nobody is married")


async def test_a_file_goes_in_as_officer_and_collaborator_and_again_without_harm(system: System, people: Path) -> None:
    first = await system.type("report", str(people))
    lines = len(lines_of(people))
    assert (first.code, first.out) == (0, ""), first
    assert f"{lines} sent" in first.err
    assert f"{lines} recorded" in first.err
    again = await system.type("report", str(people))
    assert again.code == 0
    assert f"{lines} recorded" in again.err


async def test_a_birth_is_told_corrected_twice_voided_and_explained(system: System, people: Path) -> None:
    await system.type("report", str(people))
    household, mother = mother_in(people)
    born = await system.type(
        "born",
        "--household",
        household,
        "--mother",
        mother,
        "--sex",
        "male",
        "--on",
        "2025-03-14",
        "--name",
        "Phạm Huy",
    )
    assert born.code == 0, born.err
    report, *words = born.out.splitlines()[0].split()
    person = born.out.splitlines()[1].split()[1]
    assert words[0] == "recorded"

    corrected = await system.type("correct", report, "sex=female", "personal.name=Phạm Gia Hân")
    assert corrected.code == 0, corrected.err
    again = await system.type("correct", report, "on=2025-03-13", "weight_grams=3100", "--reason", "Giấy chứng sinh")
    assert again.code == 0, again.err

    why = await system.type("why", report)
    assert why.code == 0, why.err
    for words_of_it in ("Birth", "comes on the books", "Amended since by:", "Correction", "weight_grams=3100"):
        assert words_of_it in why.out
    assert "Gia Hân" not in why.out, "names are shown only when asked for"
    assert "Gia Hân" in (await system.type("why", report, "--personal")).out

    voided = await system.type("void", report, "--reason", "Báo trùng")
    assert voided.code == 0, voided.err
    assert "voided" in (await system.type("why", report)).out
    late = await system.type("correct", report, "sex=male")
    assert late.code == 1
    assert "not recorded (voided)" in late.err
    assert person not in late.err


async def test_a_report_that_contradicts_is_refused_with_the_reason_and_explained(system: System, people: Path) -> None:
    await system.type("report", str(people))
    household, mother = mother_in(people)
    early = await system.type("born", "--household", household, "--sex", "male", "--on", "2024-03-14")
    assert early.code == 1
    assert "before" in early.err
    future = await system.type("--lang", "vi", "born", "--household", household, "--sex", "male", "--on", "2190-01-01")
    assert "Ngày báo cáo ở tương lai" in future.err
    wrong = await system.type(
        "born", "--household", household, "--mother", mother, "--sex", "male", "--on", "2025-02-30"
    )
    assert wrong.code == 1
    assert wrong.err.startswith("on:")


async def test_what_waits_is_called_waiting(system: System, people: Path, tmp_path: Path) -> None:
    sheets = tmp_path / "sheets.ndjson"
    sheets.write_text(lines_of(people)[-1])
    waits = await system.type("report", str(sheets))
    assert waits.code == 0
    assert "waiting" in waits.out
    report = waits.out.split()[0]
    assert "waits for something" in (await system.type("why", report)).out


async def test_a_correction_of_one_line_of_a_sheet_needs_its_member(system: System, people: Path) -> None:
    await system.type("report", str(people))
    _, mother = mother_in(people)
    sheet = next(json.loads(line)["id"] for line in lines_of(people) if mother in line)
    done = await system.type("correct", sheet, "--member", mother, "birth=1985")
    assert done.code == 0, done.err
    why = await system.type("why", sheet)
    assert "birth=1985" in why.out


async def test_what_an_officer_tells_is_amended_as_by_an_officer(system: System, people: Path) -> None:
    await system.type("report", str(people))
    area = next(json.loads(line) for line in lines_of(people) if "area.established" in line)["id"]
    corrected = await system.type("correct", area, "names.vi=Tổ dân phố 1")
    assert corrected.code == 0, corrected.err
    assert (await system.type("void", corrected.out.split()[0])).code == 0
    assigned = await system.type("assign", AREA, "sandbox-collaborator")
    voided = await system.type("void", assigned.out.split()[0])
    assert voided.code == 0, voided.err


async def test_headers_open_the_door_once(system: System) -> None:
    made = await system.type("headers", "collaborator", "GET", "/events/v1/reports")
    assert made.code == 0
    assert [line.split(":")[0] for line in made.out.splitlines()] == ["Authorization", "DPoP"]


async def test_a_device_is_enrolled_signs_a_file_and_is_revoked(system: System, people: Path) -> None:
    lines = lines_of(people)
    # Units are an officer's and go unsigned; what the collaborator tells is signed.
    enrolled = await system.type("device", "enrol", "phone-1", "--until", "2199-12-31")
    assert enrolled.code == 0, enrolled.err
    again = await system.type("device", "enrol", "phone-1")
    assert (again.code, "its key does not count" in again.err) == (1, True), "its place is on no books yet"
    kept = system.run.parent / "device-phone-1.json"
    assert kept.stat().st_mode & 0o077 == 0
    sent = await system.type("report", str(people), "--sign", "phone-1")
    assert (sent.code, f"{len(lines)} recorded" in sent.err) == (0, True), sent
    one = people.with_name("one.json")
    one.write_text(lines[-1])
    assert "told before" in (await system.type("report", str(one), "--sign", "phone-1")).out
    report = json.loads(lines[-1])["id"]
    assert "at position" in (await system.type("why", report)).out
    revoked = await system.type("device", "revoke", "phone-1", "--reason", "Mất điện thoại")
    assert revoked.code == 0, revoked.err
    fresh = people.with_name("fresh.json")
    fresh.write_text(json.dumps(json.loads(lines[-1]) | {"id": uuid7()}))
    refused = await system.type("report", str(fresh), "--sign", "phone-1")
    assert (refused.code, "revoked" in refused.err) == (1, True), refused
    counters = await system.type("device", "counters", "phone-1")
    assert counters.out.startswith("No report names a device phone-1 of client sandbox-collaborator")


async def test_the_key_of_a_lost_device_is_revoked_without_its_file(system: System, people: Path) -> None:
    await system.type("report", str(people))
    kept = system.run.parent / "device-phone-1.json"
    assert (await system.type("device", "enrol", "phone-1")).code == 0
    kept.unlink()
    revoked = await system.type("device", "revoke", "phone-1", "--reason", "Mất điện thoại")
    assert (revoked.code, "recorded" in revoked.out) == (0, True), revoked
    again = await system.type("device", "revoke", "phone-1")
    assert (again.code, "revoked already" in again.err) == (1, True), again
    unknown = await system.type("--lang", "vi", "device", "revoke", "phone-8")
    assert (unknown.code, unknown.err.startswith("Không có thiết bị tên này")) == (1, True), unknown


async def test_of_several_keys_the_one_that_is_lost_is_named(system: System, people: Path) -> None:
    await system.type("report", str(people))
    for _ in range(2):
        assert (await system.type("device", "enrol", "phone-1")).code == 0
        (system.run.parent / "device-phone-1.json").unlink()
    doubtful = await system.type("device", "revoke", "phone-1")
    assert (doubtful.code, "--key" in doubtful.err) == (1, True), doubtful
    key = doubtful.err.split()[-1]
    assert (await system.type("device", "revoke", "phone-1", "--key", key)).code == 0
    listed = (await system.type("device", "keys", "phone-1")).out.splitlines()
    assert [line.split()[-2] for line in listed] == ["status", "enrolled", "revoked"]
    assert listed[2].endswith(key)


async def test_a_device_whose_key_is_revoked_gets_a_new_one(system: System, people: Path) -> None:
    await system.type("report", str(people))
    assert (await system.type("device", "enrol", "phone-1")).code == 0
    again = await system.type("device", "enrol", "phone-1")
    assert (again.code, "socai device revoke phone-1" in again.err) == (1, True), again
    assert (await system.type("device", "revoke", "phone-1")).code == 0
    assert (await system.type("device", "enrol", "phone-1")).code == 0
    assert (await system.type("device", "revoke", "phone-1")).code == 0


async def test_while_an_enrolment_waits_for_its_place_it_is_said_for_what(system: System, people: Path) -> None:
    place = "10526-20200101"
    enrolled = await system.type("device", "enrol", "phone-1", "--place", place)
    assert (enrolled.code, f"needs {place}" in enrolled.out) == (0, True), enrolled
    report = enrolled.out.split()[0]
    listed = await system.type("device", "keys", "phone-1")
    assert listed.out.splitlines()[1].split()[-2] == "waiting"
    waits = f"it needs {place}. Report {report}"
    again = await system.type("device", "enrol", "phone-1")
    assert (again.code, waits in listed.err, waits in again.err) == (1, True, True), again
    vietnamese = await system.type("--lang", "vi", "device", "enrol", "phone-1")
    assert f"cần {place}" in vietnamese.err
    (system.run.parent / "device-phone-1.json").unlink()
    revoked = await system.type("device", "revoke", "phone-1")
    assert (revoked.code, "needs the enrolment of key" in revoked.out) == (0, True), revoked


async def test_the_key_of_an_enrolment_that_was_returned_is_enrolled_anew(system: System, people: Path) -> None:
    enrolled = await system.type("device", "enrol", "phone-1", "--place", "10526-20200101")
    kept = read_device(system.run.parent / "device-phone-1.json").key.thumbprint()
    returned = await system.type("return", enrolled.out.split()[0], "--reason", "Nhầm xã")
    assert (returned.code, "recorded" in returned.out) == (0, True), returned
    await system.type("report", str(people))
    again = await system.type("device", "enrol", "phone-1")
    assert (again.code, "recorded" in again.out) == (0, True), again
    _, *listed = (await system.type("device", "keys", "phone-1")).out.splitlines()
    assert [line.split()[-2:] for line in listed] == [["enrolled", kept]]


async def test_who_was_never_enrolled_cannot_sign(system: System, people: Path) -> None:
    refused = await system.type("report", str(people), "--sign", "phone-9")
    assert (refused.code, "enrol the device first" in refused.err) == (1, True)
