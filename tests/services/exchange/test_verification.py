"""When does a claim agree with the record?"""

import unicodedata

import pytest

from services.exchange.verification import Claim, Result, overall, verify

RECORD = {
    "name": "Nguyễn Thị Ánh Đào",
    "birth": "1990-05-17",
    "bhyt": "DN4010120860538",
    "sex": "female",
    "pid": "031190001234",
    "cmnd": None,
    "marital": "unknown",
}


@pytest.mark.parametrize(
    ("attribute", "value", "result"),
    [
        ("name", "Nguyễn Thị Ánh Đào", "match"),
        ("name", "  nguyễn  thị ánh ĐÀO ", "match"),
        ("name", "Nguyen Thi Anh Dao", "match"),
        ("name", "Nguyễn Thị Anh Đào", "partial"),
        ("name", "Nguyễn Thị Ánh Đaò", "match"),
        ("name", "Nguyễn Đào", "partial"),
        ("name", "Nguyễn Thị Đào", "partial"),
        ("name", "Nguyễn Thị Ngọc Ánh Đào", "partial"),
        ("name", "Nguyễn", "no-match"),
        ("name", "Nguyễn Ánh", "no-match"),
        ("name", "Trần Thị Ánh Đào", "no-match"),
        ("birth", "1990-05-17", "match"),
        ("birth", "1990-05", "partial"),
        ("birth", "1990", "partial"),
        ("birth", "199", "no-match"),
        ("birth", "1990-05-18", "no-match"),
        ("birth", "1990-17-05", "no-match"),
        ("bhyt", "DN4010120860538", "match"),
        ("bhyt", "0120860538", "match"),
        ("bhyt", "0120860539", "no-match"),
        ("sex", "female", "match"),
        ("sex", "male", "no-match"),
        ("pid", "031190001234", "match"),
        ("cmnd", "142345678", "not-found"),
        ("marital", "single", "not-found"),
    ],
)
def test_a_claim_is_compared_by_the_nature_of_its_attribute(attribute: str, value: str, result: Result) -> None:
    assert verify(RECORD, [Claim(attribute, value)]) == [result]


def test_a_decomposed_name_is_the_same_name() -> None:
    assert verify(RECORD, [Claim("name", unicodedata.normalize("NFD", RECORD["name"] or ""))]) == ["match"]


def test_a_record_known_to_the_year_agrees_in_part_with_a_full_date() -> None:
    assert verify({"birth": "1961"}, [Claim("birth", "1961-03-14")]) == ["partial"]


@pytest.mark.parametrize(
    ("results", "whole"),
    [
        (["match", "match"], "match"),
        (["match", "partial"], "partial"),
        (["match", "not-found"], "partial"),
        (["partial", "no-match"], "no-match"),
        (["not-found"], "not-found"),
    ],
)
def test_the_whole_follows_from_its_parts(results: list[Result], whole: Result) -> None:
    assert overall(results) == whole
