"""Is whoever is described by a number, or by a whole name and a birth date, found wherever she lives?"""

from typing import Any

import pytest

from deploy.local.databases import Database
from tests.services.registry.conftest import project
from tests.services.registry.test_candidates import BIRTH, LAN, ask, books, people
from tests.support.facts import OTHER_AREA, person_id

NUMBER = {"type": "pid", "value": "030190000001"}


@pytest.mark.parametrize(
    "told",
    [
        {"identifiers": [NUMBER]},
        {"identifiers": [NUMBER], "name": "Lê Thị Hồng"},
        {"name": LAN, "birth": BIRTH},
        {"name": "nguyen thi lan", "birth": BIRTH},
    ],
    ids=["a number", "a number and another name", "a name and a birth date", "that name as it is typed without marks"],
)
async def test_who_is_described_is_found_wherever_she_lives(registry_database: Database, told: dict[str, Any]) -> None:
    await project(registry_database, books().facts)
    assert person_id(1) in people(await ask(registry_database, areas=(OTHER_AREA,), **told))
