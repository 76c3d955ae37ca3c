"""Is what is kept of a load believed for the very same reports only?"""

from pathlib import Path

import pytest

from deploy.local.province.progress import Kept, OtherLoad, fingerprint


def test_what_was_saved_is_found_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "progress.json", "these")
    kept.progress.line, kept.progress.fates = 7, {"recorded": 7}
    kept.save()
    assert Kept(tmp_path / "progress.json", "these").progress == kept.progress


def test_what_was_kept_of_other_reports_is_not_taken_for_these(tmp_path: Path) -> None:
    Kept(tmp_path / "progress.json", "these").save()
    with pytest.raises(OtherLoad):
        Kept(tmp_path / "progress.json", "those")


def test_a_save_that_was_cut_short_leaves_the_one_before(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "progress.json", "these")
    kept.save()
    (tmp_path / "progress.json.unfinished").write_text('{"of": "th')
    assert Kept(tmp_path / "progress.json", "these").progress.of == "these"


def test_other_totals_and_other_reports_have_other_names(tmp_path: Path) -> None:
    totals, reports = tmp_path / "totals", tmp_path / "reports"
    totals.write_text("1")
    reports.write_text("12")
    before = fingerprint(totals, reports)
    reports.write_text("123")
    other = fingerprint(totals, reports)
    totals.write_text("2")
    assert len({before, other, fingerprint(totals, reports)}) == 3
