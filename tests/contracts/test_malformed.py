"""Has everything that a check of our own finds wrong a code, and words in both languages?"""

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

import contracts
import contracts.kinds
from contracts.event import CATALOGUE
from contracts.malformed import MALFORMED

FOLDER = Path(contracts.__path__[0])


def raised() -> set[str]:
    """The codes that the sources raise."""
    calls = (node for path in FOLDER.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    return {
        argument.value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "malformed"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_code_has_words_and_is_found_somewhere() -> None:
    assert raised() == set(MALFORMED)
    assert all(english and vietnamese and english != vietnamese for english, vietnamese in MALFORMED.values())


@pytest.mark.parametrize("path", sorted((FOLDER / "kinds").glob("*.py")), ids=lambda path: path.stem)
def test_no_kind_refuses_without_a_code(path: Path) -> None:
    assert "raise ValueError" not in path.read_text()


def test_a_day_that_there_is_not_is_named_as_such() -> None:
    with pytest.raises(ValidationError) as wrong:
        CATALOGUE["vn.socai.person.died.v1"].parse(b'{"on": "2025-02-30", "person": "x"}')
    assert wrong.value.errors()[0]["type"] == "no-such-day"
