"""Do the tables of official units have what is known of them: counts, codes, parents, and an heir for everybody?"""

import csv
import re
from collections import Counter

from contracts.ids import UNIT
from contracts.reference.units import HERE, REFORM, links_2025, since_2025, until_2025, upgrades

ISLANDS = {"318": "11948", "471": "19742", "498": "20333", "536": "21548", "755": "26732"}
LENGTHS = {"province": 2, "district": 3, "commune": 5}


def test_there_were_63_provinces_696_districts_and_10035_communes() -> None:
    assert Counter(unit.level for unit in until_2025().values()) == {"province": 63, "district": 696, "commune": 10_035}


def test_the_reform_left_34_provinces_and_3321_communes() -> None:
    assert Counter(unit.level for unit in since_2025().values()) == {"province": 34, "commune": 3_321}
    types = Counter((unit.level, unit.type) for unit in since_2025().values())
    assert (types["province", "tinh"], types["province", "thanh_pho"]) == (28, 6)
    assert (types["commune", "xa"], types["commune", "phuong"], types["commune", "dac_khu"]) == (2_621, 687, 13)


def test_with_the_changes_of_2026_there_are_9_cities_and_709_wards() -> None:
    types = {code: (unit.level, unit.type) for code, unit in since_2025().items()}
    types |= {one.code: (types[one.code][0], one.type) for one in upgrades()}
    counts = Counter(types.values())
    assert (counts["province", "tinh"], counts["province", "thanh_pho"]) == (25, 9)
    assert (counts["commune", "xa"], counts["commune", "phuong"], counts["commune", "dac_khu"]) == (2_599, 709, 13)
    assert {one.on[:4] for one in upgrades()} == {"2026"}


def test_every_code_is_of_its_level_and_every_unit_lies_below_one_that_is_there() -> None:
    above = {"province": None, "district": "province", "commune": "district"}
    for units, levels in ((until_2025(), above), (since_2025(), {"province": None, "commune": "province"})):
        for code, unit in units.items():
            assert re.fullmatch(UNIT, f"{code}-20250701")
            assert len(code) == LENGTHS[unit.level]
            parent = units[unit.parent].level if unit.parent else None
            assert parent == levels[unit.level], unit


def test_no_code_stands_twice_in_a_table() -> None:
    for name, units in (("units_until_2025.csv", until_2025()), ("units_since_2025.csv", since_2025())):
        with (HERE / name).open(encoding="utf-8") as file:
            assert len(list(csv.DictReader(file))) == len(units)


def test_every_old_commune_has_an_heir_and_every_new_one_a_predecessor() -> None:
    before = {link.before for link in links_2025()}
    after = {link.after for link in links_2025()}
    assert before == {code for code, unit in until_2025().items() if unit.level != "district"} | ISLANDS.keys()
    assert after == since_2025().keys()
    assert {link.before: link.after for link in links_2025() if link.before in ISLANDS} == ISLANDS


def test_an_old_unit_goes_whole_to_one_heir_or_is_divided_among_several() -> None:
    parts: dict[str, list[str]] = {}
    for link in links_2025():
        parts.setdefault(link.before, []).append(link.part)
    divided = {code: found for code, found in parts.items() if len(found) > 1}
    assert all(sorted(found) == ["most", *["part"] * (len(found) - 1)] for found in divided.values())
    assert all(found[0] in {"same", "whole"} for code, found in parts.items() if code not in divided)
    assert len(divided) == 471


def test_an_unchanged_commune_keeps_its_code_and_gains_nothing() -> None:
    heirs = Counter(link.after for link in links_2025())
    for link in links_2025():
        if link.part == "same":
            assert link.before == link.after
            assert heirs[link.after] == 1 or since_2025()[link.after].level == "province"


def test_a_commune_goes_where_its_province_goes() -> None:
    old, new = until_2025(), since_2025()
    became = {link.before: link.after for link in links_2025() if len(link.before) == 2}
    for link in links_2025():
        if len(link.before) != 2:
            above = old[old[link.before].parent] if len(link.before) == 5 else old[link.before]
            assert new[link.after].parent == became[above.parent]


def test_every_new_commune_names_its_resolution_and_lies_in_viet_nam() -> None:
    for unit in since_2025().values():
        assert 7 < unit.latitude < 24
        assert 102 < unit.longitude < 116
        if unit.level == "commune":
            assert re.fullmatch(r"\d+/NQ-UBTVQH15", unit.resolution)
            assert unit.resolved_on < REFORM


def test_areas_are_plausible_where_the_source_has_them() -> None:
    areas = [unit.area_km2 for unit in since_2025().values() if unit.level == "commune"]
    assert areas.count(None) == 4
    assert 300_000 < sum(area for area in areas if area is not None) < 345_000
