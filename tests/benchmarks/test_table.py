"""Is the table readable, and the file what scripts expect?"""

import json
from pathlib import Path

from tests.benchmarks import province
from tests.benchmarks.__main__ import FIGURES, arguments
from tests.benchmarks.table import TARGETS, Figure, figure, percentile, render, write


def results() -> list[Figure]:
    return [
        figure("intake_bulk", "reports/s", [5_000.0, 7_000.0, 6_000.0], [60_000.0, 50_000.0, 40_000.0], "CPU 90 us"),
        figure("end_to_end", "reports/s", [3_100.0, 2_900.0, 3_000.0]),
        figure("report_single_p95", "ms", [22.04], [10.0]),
    ]


def test_a_figure_is_the_middle_of_its_rounds_beside_the_middle_of_its_limits() -> None:
    bulk, whole, single = results()
    assert (bulk.value, bulk.limit, bulk.ratio) == (6_000.0, 50_000.0, 0.12)
    assert bulk.note == "3 rounds 5,000-7,000, limit 40,000-60,000; CPU 90 us"
    assert (whole.value, whole.limit, whole.ratio) == (3_000.0, None, None)
    assert (single.value, single.ratio) == (22.0, 2.204)


def test_the_table_has_a_line_for_each_figure_with_its_target_and_all_notes_below() -> None:
    head, rule, *lines = render(results()).splitlines()
    assert head.split() == ["name", "value", "unit", "limit", "ratio", "target"]
    assert set(rule) == {"-", " "}
    assert lines[0].split() == ["intake_bulk", "6,000", "reports/s", "50,000", "0.12", "9,000/s"]
    assert lines[1].split() == ["end_to_end", "3,000", "reports/s", "-", "-", "5,000/s"]
    assert {len(line) for line in (head, rule, *lines[:3])} == {len(head)}
    assert lines[4:] == [f"{one.name}: {one.note}" for one in results()]


def test_the_file_is_a_list_in_the_order_of_the_table_that_keeps_what_was_not_measured_now(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "bench.json"
    write([figure("lookup", "requests/s", [800.0], [1_000.0]), results()[1]], path)
    write([results()[0], figure("lookup", "requests/s", [900.0], [1_000.0])], path)
    written = json.loads(path.read_text())
    assert [one["name"] for one in written] == ["intake_bulk", "end_to_end", "lookup"]
    assert all(set(one) == {"name", "value", "unit", "limit", "ratio", "note", "costs"} for one in written)
    assert written[2]["value"] == 900.0


def test_every_figure_has_a_bench_and_a_target() -> None:
    assert [*FIGURES, *province.FIGURES] == list(TARGETS)
    assert arguments(["--quick", "--only", "lookup", "--rounds", "5"]).only == ["lookup"]


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 0.95), percentile(values, 0.99), percentile([7.0], 0.95)) == (95.0, 99.0, 7.0)
