"""Is everybody on the books of an area written, page by page, with the moves that lack their other half?"""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.socai.conftest import Type

AREA, SECOND, COMMUNE, PROVINCE = "10525-20200101-001", "10525-20200101-002", "10525-20250701", "31-20250701"
UNITS = [(PROVINCE, None), (COMMUNE, PROVINCE), (AREA, COMMUNE), (SECOND, COMMUNE)]
HALF = {"side": "departure", "person": "p9", "since": "2026-01-02", "days": 9, "from": AREA, "to": None}


class Gateway:
    """A registry with one person a page, two pages an area, and one open half."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, dict(request.url.params)
        body = json.loads(request.content) if request.content else query
        self.asked.append((path, body | query))
        if path == "/reporting/v1/units":
            return httpx.Response(200, json={"rows": [{"unit": unit, "parent": parent} for unit, parent in UNITS]})
        if path == "/events/v1/moves/unmatched":
            more = "cursor" not in query
            return httpx.Response(200, json={"moves": [HALF], "cursor": "c" if more else None})
        first = "cursor" not in body
        person = {"id": f"{body['area']}-{first}", "area": body["area"], "status": "resident"}
        home = [{"id": "h", "area": body["area"]}] if first else []
        told = {"households": home, "persons": [person], "left": [] if first else ["p8"]}
        return httpx.Response(200, json=told | {"cursor": "next", "more": first, "position": 40 + first})


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_area_is_written_with_its_people_and_open_moves(typed: Type, tmp_path: Path) -> None:
    gateway, out = Gateway(), tmp_path / "people.ndjson"
    said = typed(gateway, "area", AREA, "--out", str(out), "--not-before", "12")
    assert (said.code, said.out) == (0, "")
    assert "complete up to position 40" in said.err
    assert [one["what"] for one in written(out)] == ["household", "person", "person", "left", "area", "move"]
    assert written(out)[4] == {"what": "area", "area": AREA, "position": 40}
    assert written(out)[5] == {"what": "move", **HALF}
    assert out.stat().st_mode & 0o077 == 0
    assert [path for path, _ in gateway.asked].count("/registry/v1/areas/changes") == 2
    assert all(asked["not_before"] == "12" for path, asked in gateway.asked if path.startswith("/registry/"))


def test_a_unit_stands_for_all_of_its_areas_and_each_is_written_once(typed: Type, tmp_path: Path) -> None:
    out = tmp_path / "people.ndjson"
    assert typed(Gateway(), "area", PROVINCE, AREA, "--out", str(out)).code == 0
    assert [one["area"] for one in written(out) if one["what"] == "area"] == [AREA, SECOND]
    assert [one for one in written(out) if one["what"] == "move"] == [{"what": "move", **HALF}]


def test_a_place_without_areas_is_said(typed: Type) -> None:
    said = typed(Gateway(), "area", "99999-20250701")
    assert said.code == 1
    assert "no area" in said.err


def test_people_stand_in_bodies_and_never_in_an_address(typed: Type, tmp_path: Path) -> None:
    gateway = Gateway()
    said = typed(gateway, "area", AREA)
    assert json.loads(said.out.splitlines()[0])["what"] == "household"
    assert all("p9" not in json.dumps(asked) for _, asked in gateway.asked)
