"""Is a population of any size given its errors and its score without being in memory as a whole?"""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.twin.test_score import perfect, typed
from twin import Totals, generate
from twin.errors import Rates, spoil, truth

HOUSEHOLDS, MONTHS = 6_000, 12


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The true reports of a year of a district, and how many people live there."""
    file, totals = tmp_path_factory.mktemp("size") / "true.ndjson", Totals()
    with file.open("wb") as out:
        out.writelines(generate(HOUSEHOLDS, 1, months=MONTHS, totals=totals))
    return file, totals.persons


def peak(work: Callable[[], object]) -> int:
    """Give how many bytes were needed at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_errors_need_a_fraction_of_what_is_told(told: tuple[Path, int], tmp_path: Path) -> None:
    true, persons = told

    def spoilt() -> None:
        with true.open("rb") as lines, (tmp_path / "truth.ndjson").open("wb") as file:
            for _ in spoil(lines, Rates(), 1, lambda record: truth.write(file, record)):
                pass

    assert peak(spoilt) / persons < 400, "bytes for each person; a line of a sheet alone is as long"


def test_a_score_needs_a_fraction_of_what_is_compared(
    told: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    true, believed = tmp_path / "truth.ndjson", tmp_path / "believed.ndjson"
    with told[0].open("rb") as lines, true.open("wb") as file:
        for _ in spoil(lines, Rates().scaled(0.0), 1, lambda record: truth.write(file, record)):
            pass
    believed.write_bytes(perfect(true))
    needed = peak(lambda: typed(monkeypatch, "score", "--truth", true, "--believed", believed))
    assert capsys.readouterr().out.startswith("perfect\n")
    assert needed / told[1] < 400, "bytes for each person"
