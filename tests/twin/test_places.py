"""Are the twin's units the official ones, and are all its communes weighted?"""

import pytest

from contracts.reference.units import links_2025, since_2025, until_2025
from twin.draws import Draws
from twin.places import HAI_DUONG, HAI_PHONG, Units, communes_of, predecessors
from twin.scales import scale
from twin.tables import rows


def test_every_old_commune_of_the_two_provinces_is_weighted() -> None:
    communes = [*communes_of(HAI_DUONG), *communes_of(HAI_PHONG)]
    assert (len(communes_of(HAI_DUONG)), len(communes_of(HAI_PHONG))) == (207, 167)
    assert sorted(row["code"] for row in rows("commune_population.csv")) == sorted(communes)


@pytest.mark.parametrize("place", [40, "area", "commune", "hai-duong", "hai-phong"])
def test_units_are_told_as_they_are_in_the_reference(place: str | int) -> None:
    areas = scale(place).areas(Draws(1))
    units = Units.around(areas)
    for _, _, data in units.established():
        told, official = data["unit"], until_2025()[data["unit"]["code"]]
        parent = told.get("parent", "-").split("-")[0]
        assert (told["names"]["vi"], told["level"], parent) == (official.name, official.level, official.parent)
    heirs = {(link.before, link.after) for link in links_2025()}
    assert {(area.commune[:5], area.heir[:5]) for area in areas} <= heirs
    assert {area.commune[:5] for area in areas} <= set(units.communes)
    new = [data["new"]["unit"] for _, _, data in units.reform(areas) if "new" in data]
    assert {unit[:5] for unit in new} <= set(since_2025())


def test_a_commune_is_the_old_ones_of_which_it_was_made() -> None:
    assert predecessors("10525") == ["10513", "10514", "10516", "10525"]
    assert {area.heir for area in scale("commune").areas(Draws(1))} == {"10525-20250701"}


def test_areas_are_laid_out_in_proportion_and_their_households_add_up() -> None:
    for place in ("hai-duong", "hai-phong"):
        areas = scale(place).areas(Draws(1))
        assert sum(area.households for area in areas) == scale(place).households
        assert len({area.id for area in areas}) == len(areas)
