"""Does a log line that cannot be written show nothing of what it would have said?"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kit.process import journal

SECRET = "031190777777"


@contextmanager
def logging_into(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr("sys.stdout", stream)
    journal.configure("INFO")
    try:
        yield
    finally:
        monkeypatch.undo()
        root.handlers[:], root.level = before


def test_a_line_that_cannot_be_written_shows_no_exception_text_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python's own way is a traceback on standard error, which quotes the row that PostgreSQL refused."""
    stream = io.StringIO()
    with logging_into(stream, monkeypatch):
        stream.close()
        try:
            int(f"a failing row with {SECRET}")
        except ValueError:
            logging.getLogger("tested").exception("a group could not be written")
    assert SECRET not in capfd.readouterr().err
