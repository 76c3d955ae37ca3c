"""Has everything that can be wrong with a file words that are said somewhere?"""

import ast
from pathlib import Path

import services.events.importing
from services.events.importing.faults import CELLS, FILES, WARNINGS


def said() -> set[str]:
    """Name every text in the code of the importer, but for the table of words itself."""
    (folder,) = services.events.importing.__path__
    sources = [path.read_text() for path in Path(folder).glob("*.py") if path.name != "faults.py"]
    parts = [part for source in sources for part in ast.walk(ast.parse(source)) if isinstance(part, ast.Constant)]
    return {part.value for part in parts if isinstance(part.value, str)}


def test_no_words_are_kept_for_what_nothing_says() -> None:
    assert set(CELLS | WARNINGS | FILES) <= said()
