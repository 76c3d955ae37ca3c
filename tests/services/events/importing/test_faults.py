"""Has everything that can be wrong with a file words that are said somewhere?"""

import ast
from pathlib import Path

import services.events.importing
from contracts.notes import NOTES
from kit.http.problems import InvalidRequest
from services.events.deciding.reasons import REASONS
from services.events.importing.faults import CELLS, FILES, WARNINGS
from services.events.importing.verdicts import words


def said() -> set[str]:
    """Name every text in the code of the importer, but for the table of words itself."""
    (folder,) = services.events.importing.__path__
    sources = [path.read_text() for path in Path(folder).glob("*.py") if path.name != "faults.py"]
    parts = [part for source in sources for part in ast.walk(ast.parse(source)) if isinstance(part, ast.Constant)]
    return {part.value for part in parts if isinstance(part.value, str)}


def test_no_words_are_kept_for_what_nothing_says() -> None:
    assert set(CELLS | WARNINGS | FILES) <= said()


def test_a_code_is_said_in_its_own_words_wherever_these_are_kept() -> None:
    for code, kept in (
        ("date-format", CELLS["date-format"]),
        ("already-dead", REASONS["already-dead"]),
        ("identifier-clash", NOTES["identifier-clash"]),
        (InvalidRequest.code, InvalidRequest.title),
        ("a-code-of-tomorrow", ("a-code-of-tomorrow", "a-code-of-tomorrow")),
    ):
        assert words(code) == (kept[0], kept[1])
