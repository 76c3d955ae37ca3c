"""Which files follow from the classes, do they still say the same, and is every released schema untouched?"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from contracts.catalogue_page import render
from contracts.json_schema import schemas

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
EXAMPLES = HERE / "examples"
PAGE = HERE.parent / "docs" / "events.md"
RELEASED = SCHEMAS / "RELEASED"
RELEASED_HEAD = "# SHA-256 of every released schema. Lines are only ever added, by `python -m contracts release`.\n"


def documents() -> dict[Path, str]:
    """Give every generated file with the text that it should have."""
    texts = {
        SCHEMAS / f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in schemas().items()
    }
    texts[PAGE] = render(EXAMPLES)
    return texts


def released() -> dict[str, str]:
    """Read which schema files are released, and their hashes."""
    if not RELEASED.exists():
        return {}
    lines = [line for line in RELEASED.read_text().splitlines() if line and not line.startswith("#")]
    return {name: digest for digest, name in (line.split() for line in lines)}


def complaints() -> Iterator[str]:
    """Say what is out of date, left over, or changed though released, and what to do about it."""
    wanted = documents()
    for path, text in wanted.items():
        if not path.exists() or path.read_text() != text:
            yield f"{_short(path)} is out of date: run `python -m contracts write` and commit what it wrote"
    for path in sorted(SCHEMAS.glob("*.json")):
        if path not in wanted:
            yield f"{_short(path)} belongs to no class any more: remove it, or bring the class back if it was released"
    yield from changed_releases(released(), {path.name: text for path, text in wanted.items()})


def changed_releases(released: dict[str, str], wanted: dict[str, str]) -> Iterator[str]:
    """Say which released schemas the classes would change or drop."""
    for name, digest in released.items():
        if name not in wanted or _digest(wanted[name]) != digest:
            yield f"{name} is released and must stay as it is: give the kind a new version beside the old one"


def write() -> list[Path]:
    """Write what is out of date; refuses to touch a released schema."""
    wanted = documents()
    broken = list(changed_releases(released(), {path.name: text for path, text in wanted.items()}))
    if broken:
        raise SystemExit("\n".join(broken))
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path])
    return stale


def release() -> list[str]:
    """Freeze every schema that is not released yet; its hash stands in `RELEASED` from now on."""
    known = released()
    new = [path for path in sorted(SCHEMAS.glob("*.json")) if path.name not in known]
    text = RELEASED.read_text() if RELEASED.exists() else RELEASED_HEAD
    RELEASED.write_text(text + "".join(f"{_digest(path.read_text())}  {path.name}\n" for path in new))
    return [path.name for path in new]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _short(path: Path) -> str:
    return str(path.relative_to(HERE.parent))
