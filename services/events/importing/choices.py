"""What did whoever imports ask for?"""

import re
from dataclasses import dataclass

from contracts.ids import AREA, founding_commune
from kit.auth.access import Access
from services.events.importing.faults import Wrong
from services.events.importing.words import plain

_AREA = re.compile(AREA)
_NUMBER = re.compile(r"(?:diaban|db|area)?(?:so|no)?0*([0-9]{1,3})")


@dataclass(frozen=True)
class Choices:
    """`area` stands for every row that names none; `commune` lets rows name areas by number; `today` is Viet Nam's."""

    access: Access
    today: str
    area: str = ""
    commune: str = ""
    on: str = ""
    month: str = ""
    which: str = ""
    key: bytes = b""

    def area_of(self, told: str | None) -> str:
        """Give the area that a cell names, in full; raises Wrong."""
        if told is None:
            if not self.area:
                raise Wrong("area-missing")
            return self.area
        commune = self.commune or (founding_commune(self.area) if self.area else "")
        found = _NUMBER.fullmatch(plain(told))
        if _AREA.fullmatch(told):
            area = told
        elif found is not None and commune:
            area = f"{commune}-{int(found[1]):03d}"
        else:
            raise Wrong("area-format")
        if self.area and area != self.area:
            raise Wrong("area-differs")
        return area
