"""How does a test get a small place: what the twin tells of it, and what that adds up to?"""

import json
from datetime import date
from pathlib import Path

from twin import Totals, generate

DAY = date(2025, 1, 1)


def written(folder: Path, households: int, seed: int = 1, months: int = 0) -> tuple[Path, Path]:
    """Reports and totals, as `python -m twin` writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    reports, totals = folder / "reports.ndjson", folder / "totals.json"
    counted = Totals()
    reports.write_bytes(b"".join(generate(households, seed, DAY, months, 1.0, counted)))
    totals.write_text(json.dumps(counted.told()))
    return reports, totals
