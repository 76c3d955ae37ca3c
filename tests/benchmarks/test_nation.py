"""Does the model of a nation grow with what it is made of, and name what is full first?"""

import pytest

from tests.benchmarks.nation import Nation, disk_gigabytes, first_to_saturate, load_hours, parts, rebuild_hours, render

REPORT = {"events-api": 100.0, "events-relay": 20.0, "registry-projector": 35.0, "PostgreSQL": 160.0, "client": 9.0}
PERSON = {"events-api": 90.0, "registry-projector": 36.0, "exchange-projector": 24.0}
REBUILD = {"commands": 100.0, "PostgreSQL": 55.0, "kafka": 5.0, "client": 2.0}
NATION = Nation()


def test_cores_are_what_reports_cost_times_how_many_come() -> None:
    sized = {part.name: part for part in parts(REPORT, NATION)}
    assert sized["registry-projector"].cores == pytest.approx(0.175)
    assert sized["PostgreSQL"].processes == 2
    assert "client" not in sized


def test_what_works_in_one_order_is_full_first() -> None:
    full = first_to_saturate(parts(REPORT, NATION))
    assert (full.name, full.most) == ("events-api", 10_000.0)


def test_hours_follow_from_whoever_decides_alone_and_from_how_many_rebuild() -> None:
    assert load_hours(PERSON, NATION) == pytest.approx(2.4075)
    assert rebuild_hours(REBUILD, NATION, 2) == pytest.approx(2.14)
    assert rebuild_hours(REBUILD, NATION, 8) == pytest.approx(rebuild_hours(REBUILD, NATION, 2) / 4)


def test_disk_grows_with_the_years() -> None:
    first, later = disk_gigabytes(6_000, 6_000, NATION, years=10)
    assert first == pytest.approx(577.8)
    assert later - first == pytest.approx(12 * 10 * 1_020_000 * 6_000 / 1e9)


def test_a_figure_that_was_not_measured_is_named() -> None:
    with pytest.raises(KeyError, match="province_load"):
        render([{"name": "end_to_end", "costs": REPORT}], NATION)


def test_the_table_names_the_part_that_is_full_first() -> None:
    results: list[dict[str, object]] = [
        {"name": "end_to_end", "costs": REPORT},
        {"name": "province_load", "costs": PERSON},
        {"name": "province_rebuild", "costs": REBUILD},
        {"name": "province_disk", "value": 6_000},
    ]
    assert "first: events-api, at 10,000 reports/s (50% busy at the peak)" in render(results, NATION)
