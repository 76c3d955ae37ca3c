"""Does the command line get through the real door what it needs of three services?"""

import asyncio
import json
from pathlib import Path

import pytest

from socai.__main__ import main
from tests.support.system import System
from tests.system.telling import ask, bear

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]


async def test_everybody_of_an_area_is_written_by_one_command(system: System, tmp_path: Path) -> None:
    family = await bear(system)
    run, out = tmp_path / "run.json", tmp_path / "people.ndjson"
    base = system.callers.base
    run.write_text(json.dumps({"gateway": base, "issuer": base, "clients": system.callers.clients}))
    units = await ask(system, "officer", "GET", "/reporting/v1/units", family.birth.position)
    commune = next(row["parent"] for row in units.json()["rows"] if row["unit"] == family.area)
    typed = ["--run", str(run), "area", commune, "--out", str(out), "--not-before", str(family.birth.position)]
    assert await asyncio.to_thread(main, typed) == 0
    told = [json.loads(line) for line in out.read_text().splitlines()]
    here = {one["id"] for one in told if one["what"] == "person" and one["area"] == family.area}
    assert here == {family.mother, family.child}
    assert family.area in {one["area"] for one in told if one["what"] == "area"}
