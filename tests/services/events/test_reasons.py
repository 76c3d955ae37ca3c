"""Does everything that a decision can say, a reason, a note or a need, have its words?"""

import ast
import re
from pathlib import Path

import services.events
from contracts import catalogue_page
from contracts.malformed import MISSHAPEN
from contracts.notes import NOTES
from services.events.deciding.needs import READY, report_key, sequence_key
from services.events.deciding.office import approval_of
from services.events.deciding.reasons import REASONS
from services.events.rules.coming import arrived
from services.events.rules.device import key_need
from services.events.rules.regrouping import left_by
from services.events.rules.residence import departed

# Where decisions are taken; everything with a hyphen that they say is a code.
DECIDING = (
    *("rules/*.py", "state/view.py", "state/refold.py", "state/clashes.py"),
    *("deciding/decide.py", "deciding/amend.py", "deciding/amended.py", "deciding/office.py"),
    *("intake/group.py", "intake/recording.py", "intake/approval.py"),
)
PROBLEMS = {"contradicts-record", "purpose-not-permitted", "invalid-request"}
# Put together in `View`, from what a state is of.
COMPOSED = {f"before-{what}-known" for what in ("person", "household", "unit")}


def said() -> set[str]:
    (folder,) = services.events.__path__
    sources = [path.read_text() for pattern in DECIDING for path in Path(folder).glob(pattern)]
    parts = [part for source in sources for part in ast.walk(ast.parse(source)) if isinstance(part, ast.Constant)]
    return {str(part.value) for part in parts if re.fullmatch(r"[a-z]+(-[a-z]+)+", str(part.value))}


def test_every_code_has_words_and_every_word_is_said() -> None:
    # What the door alone insists on is no reason but malformed, and has its words there.
    codes = said() - PROBLEMS - set(MISSHAPEN) | COMPOSED
    assert codes == set(REASONS) | set(NOTES), "see reasons.py, and NOTES in contracts/notes.py"


def test_no_code_is_both_a_reason_and_a_note() -> None:
    assert not set(REASONS) & set(NOTES)


def test_every_reason_is_said_in_both_languages() -> None:
    assert all(text.en and text.vi for text in REASONS.values())


def test_whoever_reads_the_catalogue_learns_what_a_report_may_wait_for() -> None:
    kinds = {make("x").partition(":")[0] for make in (report_key, approval_of, arrived, departed, left_by, key_need)}
    kinds |= {sequence_key("x", 1).partition(":")[0], READY}
    waiting = catalogue_page.HEAD.partition("## Waiting")[2].partition("## Signatures")[0]
    assert kinds == set(re.findall(r"^\| `([a-z]+)[:`]", waiting, re.MULTILINE))
