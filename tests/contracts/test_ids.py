"""Are ids, dates and texts accepted and refused as they should be, and do packed places come back?"""

import unicodedata
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.ids import (
    AreaId,
    IsoDate,
    PartialDate,
    PersonId,
    PlaceId,
    Text,
    UnitId,
    block_of,
    founding_commune,
    place_id,
    place_number,
    uuid7,
)
from contracts.kinds.personal import PersonalNumber

days = st.dates(min_value=date(1850, 1, 1), max_value=date(2199, 12, 31))
codes = st.from_regex(r"[0-9]{2,5}", fullmatch=True)
units = st.builds(lambda code, day: f"{code}-{day:%Y%m%d}", codes, days)
communes = st.builds(lambda code, day: f"{code}-{day:%Y%m%d}", st.from_regex(r"[0-9]{5}", fullmatch=True), days)
areas = st.builds(lambda unit, number: f"{unit}-{number:03d}", communes, st.integers(min_value=1, max_value=999))


def accepts(annotation: Any, text: str) -> bool:
    try:
        TypeAdapter(annotation).validate_python(text)
    except ValidationError:
        return False
    return True


@given(st.integers(min_value=0, max_value=2**48 - 1), st.binary(min_size=10, max_size=10))
def test_a_uuid7_says_its_time_its_version_and_its_variant(milliseconds: int, random: bytes) -> None:
    made = uuid7(milliseconds, random)
    assert UUID(made).version == 7
    assert UUID(made).variant == "specified in RFC 4122"
    assert UUID(made).int >> 80 == milliseconds
    assert accepts(PersonId, made)
    assert made == uuid7(milliseconds, random)


def test_two_uuid7_of_one_moment_differ() -> None:
    assert len({uuid7(1_767_225_600_000) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("wrong", ["", "x", "018F2C5E-0000-7000-8000-000000000000", str(UUID(int=0)), "1" * 36])
def test_what_is_no_uuid7_is_no_id_of_a_person(wrong: str) -> None:
    assert not accepts(PersonId, wrong)


@given(st.one_of(units, areas))
def test_a_packed_place_comes_back(place: str) -> None:
    number = place_number(place)
    assert place_id(number) == place
    assert 0 <= number < 2**63


@given(st.lists(st.one_of(units, areas), unique=True, min_size=2, max_size=20))
def test_two_places_never_share_a_number(places: list[str]) -> None:
    assert len({place_number(place) for place in places}) == len(places)


@given(areas)
def test_the_block_of_an_area_is_its_founding_commune(area: str) -> None:
    assert block_of(place_number(area)) == block_of(place_number(founding_commune(area)))
    assert accepts(AreaId, area)
    assert accepts(PlaceId, area)


@pytest.mark.parametrize(
    "wrong", ["10525", "10525-20250230", "10525-2025070", "1-20250701", "105251-20250701", "ab-20250701"]
)
def test_a_unit_without_a_real_founding_date_is_no_unit(wrong: str) -> None:
    assert not accepts(UnitId, wrong)


@pytest.mark.parametrize("wrong", ["288-20190101-001", "10525-20190101", "10525-20190101-1", "10525-20191301-001"])
def test_an_area_is_founded_in_a_commune_on_a_real_day(wrong: str) -> None:
    assert not accepts(AreaId, wrong)


@pytest.mark.parametrize("right", ["1961", "1961-03", "1961-03-14", "2024-02-29", "1850", "2199-12-31"])
def test_a_birth_date_may_be_known_to_the_year_or_the_month(right: str) -> None:
    assert accepts(PartialDate, right)


@pytest.mark.parametrize(
    "wrong", ["61", "1961-3", "1961-13", "2023-02-29", "1849", "2200", "1961-00", "1961-03-", "١٩٦١"]
)
def test_a_birth_date_that_no_calendar_has_is_refused(wrong: str) -> None:
    assert not accepts(PartialDate, wrong)


@given(days)
def test_every_day_of_the_range_is_a_date(day: date) -> None:
    assert accepts(IsoDate, day.isoformat())


@pytest.mark.parametrize("wrong", ["2025-02-30", "20250201", "2025-W01-1", "2025-2-1", "1849-12-31", "2200-01-01"])
def test_a_day_that_no_calendar_has_is_refused(wrong: str) -> None:
    assert not accepts(IsoDate, wrong)


def test_decomposed_names_are_composed_and_trimmed() -> None:
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hoà")
    assert TypeAdapter(Text).validate_python(f"  {decomposed} ") == "Nguyễn Thị Hoà"


@pytest.mark.parametrize("wrong", ["", "   ", "a\x00b", "a\nb", "\ud800", "\ue000", "\U0010ffff", "x" * 201])
def test_text_that_no_name_has_is_refused(wrong: str) -> None:
    assert not accepts(Text, wrong)


@given(st.text(max_size=200))
def test_an_accepted_text_is_composed_and_accepted_again(text: str) -> None:
    adapter = TypeAdapter(Text)
    try:
        once = adapter.validate_python(text)
    except ValidationError:
        return
    assert unicodedata.is_normalized("NFC", once)
    assert adapter.validate_python(once) == once or len(once) > 200


def test_an_identifier_does_not_end_before_it_begins() -> None:
    def told(**validity: str | None) -> PersonalNumber:
        return PersonalNumber.model_validate({"type": "pid", "value": "030190000001"} | validity)

    assert told(valid_from="2020-01-02", valid_to="2020-01-02").valid_to == "2020-01-02"
    assert told(valid_to="2020-01-02").valid_from is None
    assert told(valid_from="2020-01-02", valid_to=None).valid_to is None
    with pytest.raises(ValidationError) as wrong:
        told(valid_from="2020-01-02", valid_to="2020-01-01")
    assert wrong.value.errors()[0]["loc"] == ("valid_to",)
