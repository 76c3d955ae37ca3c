"""Are sheets written by templates the same JSON as any other report, and do they say what the rows say?"""

import json
from datetime import date

import pytest

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE, decode_report
from twin import generate


@pytest.mark.parametrize("place", [40, "area"])
def test_a_line_is_the_compact_json_of_what_it_says(place: str | int) -> None:
    for line in generate(place):
        again = json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))
        assert line == again.encode() + b"\n"


def test_every_sheet_is_well_formed() -> None:
    for line in generate("area", seed=4):
        report = decode_report(line)
        CATALOGUE[report.type].parse(report.data)


def test_a_leap_day_may_be_the_first_one() -> None:
    lines = [json.loads(line) for line in generate(20, start=date(2024, 2, 29))]
    assert {line["data"]["on"] for line in lines if "members" in line["data"]} == {"2024-02-29"}
    assert all(line["time"] < "2024-03-01" for line in lines)
