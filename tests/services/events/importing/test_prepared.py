"""Is what an import sends the very line that the intake would make of the same bytes?"""

from typing import Any

import msgspec
import pytest

from contracts.kinds.household import HouseholdRegistered
from services.events.importing.derived import entity_id
from services.events.importing.drafts import draft
from services.events.importing.prepared import Writer
from services.events.report.parse import parse
from tests.services.events.telling import ANYBODY, AREA

PERSON = entity_id(AREA, "person", "12", 0)


@pytest.mark.parametrize(
    "member",
    [
        {"sex": "female", "birth": "1961-03", "personal": {"name": "Đỗ Thị Bưởi"}},
        {"sex": "male", "occupation": 'thợ "nề" \\ xây', "birth_order": 2},
    ],
)
def test_a_report_of_an_import_is_the_line_that_the_intake_makes_of_it(member: dict[str, Any]) -> None:
    told = {
        "on": "2025-01-01",
        "household": entity_id(AREA, "household", "12"),
        "area": AREA,
        "number": "12",
        "members": [{"person": PERSON} | member],
    }
    line = Writer(ANYBODY, b"secret", PERSON).write(draft(HouseholdRegistered, told, "", (1,))).line
    assert line == parse(msgspec.json.encode(line.report), ANYBODY)
