"""How large may a population be, and where does it live: a sandbox, an area, a commune, a province?"""

from collections.abc import Callable
from dataclasses import dataclass

from twin.draws import Draws
from twin.places import HAI_DUONG, HAI_PHONG, Area, area_of, areas, communes_of, predecessors

# Registers as of 2021 (Hải Dương) and 2023 (Hải Phòng, rounded there), by the programme documents.
REGISTERED = {
    "area": (400, 1_521),
    "commune": (9_600, 36_500),
    "hai-duong": (508_028, 1_931_382),
    "hai-phong": (555_000, 2_130_000),
}
CENTRE = "10525"  # an old ward and a new one, each in the middle of Hải Dương
COMMUNES: dict[str, Callable[[], list[str]]] = {
    "area": lambda: [CENTRE],
    "commune": lambda: predecessors(CENTRE),
    "hai-duong": lambda: communes_of(HAI_DUONG),
    "hai-phong": lambda: communes_of(HAI_PHONG),
}
# Areas of the sandbox (commune, number) with their shares of its households in percent. Trần Phú (10528) was divided
# by the reform, and its area goes where the smaller part of it went; Minh Khai (11311) lies in the old Hải Phòng.
SANDBOX = (("10525", 1, 35), ("10525", 2, 30), ("10513", 1, 19), ("10528", 1, 8), ("11311", 1, 8))
LARGEST_SANDBOX = 400
MEAN = (1_931_382, 508_028)


@dataclass(frozen=True, slots=True)
class Scale:
    """Exactly so many households and persons; `name` keys the streams of chance."""

    name: str
    households: int
    persons: int

    def areas(self, draws: Draws) -> list[Area]:
        """Lay out its areas."""
        if self.name in COMMUNES:
            return areas(draws, COMMUNES[self.name](), self.households)
        if self.households > LARGEST_SANDBOX:
            return areas(draws, communes_of(HAI_DUONG), self.households)
        sizes = [self.households * share // 100 for _, _, share in SANDBOX]
        sizes[0] += self.households - sum(sizes)
        return [area_of(code, at, at, size) for (code, at, _), size in zip(SANDBOX, sizes, strict=True)]


def scale(place: str | int) -> Scale:
    """Take a place by its name, or so many households of the size that those of Hải Dương have."""
    if isinstance(place, str):
        return Scale(place, *REGISTERED[place])
    return Scale(str(place), place, max(place, place * MEAN[0] // MEAN[1]))
