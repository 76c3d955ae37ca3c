"""Is any kind of report told at the terminal field by field, and is what is wrong said before anything is sent?"""

import json
import re
from typing import Any

import httpx
import pytest

from contracts.event import CATALOGUE, Event
from contracts.kinds.unit import UnitEstablished, UnitReorganised
from contracts.kinds.vital import PersonBorn
from socai.amending import wanted
from socai.labels import label
from tests.socai.conftest import AREA, Type, nobody, problem


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


def test_null_empties_a_field_of_a_part_instead_of_being_its_text() -> None:
    assert wanted(["personal.name=null"], {"personal": {"name": "Lan"}}, PersonBorn) == {"personal": {"name": None}}


def test_what_lies_deeper_in_a_part_and_what_a_list_holds_is_told_without_json() -> None:
    unit = wanted(["unit.code=900", "unit.names.vi=Huyện Thử"], {"unit": {"names": {"en": "H"}}}, UnitEstablished)
    assert unit == {"unit": {"code": "900", "names": {"en": "H", "vi": "Huyện Thử"}}}
    for text, units in (("900-20200101", ["900-20200101"]), ("1,2", ["1", "2"]), ('["1"]', ["1"]), ("[", ["["])):
        assert wanted([f"units={text}"], {}, UnitReorganised) == {"units": units}
    assert wanted(["occupation=thợ, thầy"], {}, PersonBorn) == {"occupation": "thợ, thầy"}


@pytest.mark.parametrize(
    ("fate", "words"), [("returned", "stays so: tell what is right anew"), ("waiting", "nothing to amend")]
)
def test_what_is_not_recorded_is_amended_by_nothing(typed: Type, fate: str, words: str) -> None:
    said = typed(lambda _: httpx.Response(200, json={"fate": fate}), "correct", "r1", "sex=male")
    assert (said.code, f"({fate})" in said.err, words in said.err) == (1, True, True), said


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


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.kind)
def test_codes_of_a_field_have_words(kind: type[Event]) -> None:
    fields = kind.model_json_schema()["properties"].items()
    choices = [(name, one) for name, part in fields for one in (part, *part.get("anyOf", ()))]
    codes = [(name, code) for name, one in choices for code in one.get("enum", ())]
    assert [(name, code) for name, code in codes if label("vi", name, code) == code] == []
