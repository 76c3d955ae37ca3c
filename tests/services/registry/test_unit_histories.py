"""Can a reader see what became of a unit or an area, and who visited it?"""

from typing import Any

from contracts.scopes import Scope
from contracts.unit import Assignment, Predecessor
from deploy.local.databases import Database
from tests.services.registry.conftest import ask, asking, project
from tests.support.book import Book, establish
from tests.support.facts import (
    AREA,
    COMMUNE,
    OTHER_AREA,
    OTHER_COMMUNE,
    PROVINCE,
)


async def test_an_area_tells_in_both_languages_who_visited_it_since_when(registry_database: Database) -> None:
    book = Book()
    establish(book)
    first, second = Assignment("2026-01-01", "ctv-1"), Assignment("2026-02-01", "ctv-2", "2026-12-31")
    book.record("area.assigned", "2026-01-01", units={AREA: {"assigned": (first,)}})
    book.record("area.assigned", "2026-02-01", units={AREA: {"assigned": (first, second)}}, source="/offices/x")
    await project(registry_database, book.facts)
    async with asking(registry_database, areas=(COMMUNE,), scopes=(Scope.REGISTRY_HISTORY_READ,)) as client:
        founded, _, last = await ask(client, unit=AREA)
        unseen = await client.post("/history/query", json={"unit": OTHER_AREA})
    assert (founded["kind"], last["kind"]) == ("area.established", "area.assigned")
    told = [{"since": "2026-01-01", "collaborator": "ctv-1"}]
    later = {"since": "2026-02-01", "collaborator": "ctv-2", "until": "2026-12-31"}
    assert last["changes"] == [{"field": "assigned", "before": told, "after": [*told, later]}]
    assert last["sentence"]["vi"].startswith("Phân công địa bàn cho cộng tác viên, ngày 01/02/2026; ghi nhận")
    assert last["sentence"]["en"].startswith("Area assigned to a collaborator, 2026-02-01; recorded")
    assert unseen.status_code == 404


def reorganised_places() -> Book:
    """A commune is renamed, raised, divided, and at last merged away; an area of it goes along."""
    book = Book()
    establish(book)
    share = (Predecessor(COMMUNE, whole=False),)
    new = {"code": "11400", "level": "commune", "names": {"vi": "Xã Mới"}, "valid_from": "2025-10-01"}
    book.record(
        "unit.reorganised", "2025-08-01", units={COMMUNE: {"names": {"vi": "Xã Cũ", "en": "Old"}, "type": "xa"}}
    )
    book.record("unit.reorganised", "2025-09-01", units={COMMUNE: {"type": "phuong"}})
    book.record("unit.reorganised", "2025-10-01", units={"11400-20251001": {**new, "predecessors": share}})
    merged: dict[str, dict[str, Any]] = {
        COMMUNE: {"valid_to": "2025-11-01"},
        OTHER_COMMUNE: {"predecessors": (Predecessor(COMMUNE),)},
        AREA: {"parent": OTHER_COMMUNE},
    }
    book.record("unit.reorganised", "2025-11-01", units=merged)
    return book


async def test_a_unit_that_stays_tells_which_parts_of_it_went_to_others(registry_database: Database) -> None:
    book = reorganised_places()
    renamed = book.record("unit.reorganised", "2025-12-01", units={"11400-20251001": {"names": {"vi": "Xã Khác"}}})
    again = {"predecessors": (Predecessor(OTHER_COMMUNE, whole=False),)}
    shared = book.record("unit.reorganised", "2025-12-02", units={"11400-20251001": again})
    book.void(shared.position)
    await project(registry_database, book.facts)
    async with asking(registry_database, scopes=(Scope.REGISTRY_HISTORY_READ,)) as client:
        old, other = await ask(client, unit=COMMUNE), await ask(client, unit=OTHER_COMMUNE)
        before = await ask(client, unit=OTHER_COMMUNE, as_known=renamed.position)
    heir = "Xã Khác (11400-20251001)"
    (part,) = [entry for entry in old if entry["on"] == "2025-10-01"]
    assert [entry["position"] for entry in old] == sorted(entry["position"] for entry in old)
    assert part["sentence"]["en"].endswith("; a part of it went into: Xã Khác (11400-20251001).")
    assert part["sentence"]["vi"].endswith("; một phần nhập vào: Xã Khác (11400-20251001).")
    assert part["changes"] == [{"field": "into", "before": None, "after": "11400-20251001"}]
    assert [entry["sentence"]["en"].split("; ", 2)[-1] for entry in other[2:]] == [
        f"a part of it went into: {heir}; voided at position {shared.position + 1}.",
        f"about “Units reorganised” at position {shared.position}: what it goes into; no part of it went into: {heir}.",
    ]
    assert [entry["position"] for entry in before] == [entry["position"] for entry in other[:2]]


async def test_a_level_that_was_abolished_says_where_what_lay_below_it_went(registry_database: Database) -> None:
    book = Book()
    establish(book)
    abolished = {COMMUNE: {"valid_to": "2025-07-01"}, AREA: {"parent": PROVINCE}}
    book.record("unit.reorganised", "2025-07-01", units=abolished)
    await project(registry_database, book.facts)
    async with asking(registry_database, scopes=(Scope.REGISTRY_HISTORY_READ,)) as client:
        ended = (await ask(client, unit=COMMUNE))[-1]["sentence"]
    province = f"Nơi {PROVINCE} ({PROVINCE})"
    assert ended["en"].endswith(f"; ended on 2025-07-01; what lay below it went to: {province}.")
    assert ended["vi"].endswith(f"; chấm dứt ngày 01/07/2025; phần bên dưới chuyển về trực thuộc: {province}.")


async def test_a_unit_tells_in_words_what_a_reorganisation_changed(registry_database: Database) -> None:
    book = reorganised_places()
    merged = book.position
    book.void(merged)
    await project(registry_database, book.facts)
    said: dict[str, list[list[str]]] = {}
    async with asking(registry_database, scopes=(Scope.REGISTRY_HISTORY_READ,)) as client:
        for unit in (COMMUNE, OTHER_COMMUNE, AREA, "11400-20251001"):
            told = [entry["sentence"] for entry in await ask(client, unit=unit)]
            said[unit] = [[one[language].split("; ", 2)[-1] for one in told] for language in ("en", "vi")]
        known = await ask(client, unit=COMMUNE, as_known=merged)
    voided = f"voided at position {merged + 1}."
    old, other = f"Old ({COMMUNE})", f"Nơi {OTHER_COMMUNE} ({OTHER_COMMUNE})"
    assert said[COMMUNE][0] == [
        f"name of the unit: Nơi {COMMUNE}; unit above: Nơi {PROVINCE} ({PROVINCE}).",
        f"name of the unit: Nơi {COMMUNE} → Old; type: rural commune.",
        "type: rural commune → ward.",
        "a part of it went into: Xã Mới (11400-20251001).",
        f"ended on 2025-11-01; its parts went into: Xã Mới (11400-20251001); {voided}",
        f"about “Units reorganised” at position {merged}: first day no more; stands again.",
    ]
    assert said[COMMUNE][1][1:5] == [
        f"tên đơn vị: Nơi {COMMUNE} → Xã Cũ; loại: xã.",
        "loại: xã → phường.",
        "một phần nhập vào: Xã Mới (11400-20251001).",
        f"chấm dứt ngày 01/11/2025; một phần nhập vào: Xã Mới (11400-20251001); đã bị hủy tại vị trí {merged + 1}.",
    ]
    assert known[-1]["sentence"]["en"].endswith(
        f"ended on 2025-11-01; went into: {other}; its parts went into: Xã Mới (11400-20251001)."
    )
    assert said[OTHER_COMMUNE][0][1:] == [
        f"took in: {old}; {voided}",
        f"about “Units reorganised” at position {merged}: units that went into it; no longer took in: {old}.",
    ]
    assert said[AREA][0][1] == f"unit above: {old} → {other}; {voided}"
    assert said["11400-20251001"] == [
        [f"name of the unit: Xã Mới; took in a part of: {old}."],
        [f"tên đơn vị: Xã Mới; nhận một phần: Xã Cũ ({COMMUNE})."],
    ]
