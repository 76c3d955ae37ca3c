"""Do the pages speak of commands, files, metrics and tests that there are?"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contracts.event import CATALOGUE
from contracts.kinds.office import MonthClosed, MonthReopened
from kit.process.metrics import REGISTRY
from socai.arguments import parser
from socai.client import Entry
from tests.services.events.telling import cloud_event
from twin.places import KNOWN_SINCE

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md")), *DECISIONS]
VERBS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text(), re.MULTILINE)
}
TOP = ("contracts", "kit", "services", "gateway", "deploy", "twin", "socai", "docs", "tests")


def named(page: Path) -> Iterator[str]:
    """What stands between single back quotes."""
    yield from re.findall(r"`([^`\n]+)`", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_files_that_there_are(page: Path) -> None:
    paths = [
        word for word in named(page) if word.split("/")[0] in TOP and re.fullmatch(r"[\w./-]+", word) and "/" in word
    ]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_verbs_and_tests_that_there_are(page: Path) -> None:
    text = page.read_text()
    assert set(re.findall(r"`make ([a-z]+)", text)) <= VERBS
    assert {word for word in named(page) if word.startswith("test_")} <= TESTS


def commands(page: Path) -> Iterator[list[str]]:
    """Every line of a page that is to be typed, in words."""
    for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        yield from (words for line in block.splitlines() if (words := shlex.split(line, comments=True)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_to_be_typed_is_there_where_make_run_alone_was_used(page: Path) -> None:
    assert {words[0] for words in commands(page)} <= {"make", ".venv/bin/socai", ".venv/bin/python"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_command_line_understands_what_a_page_says(page: Path) -> None:
    for words in commands(page):
        if words[0] == ".venv/bin/socai" and "--help" not in words:
            parser("en").parse_args(words[1:])
    # Between words a name alone says which command is meant; what follows it would be typed.
    for one in re.findall(r"`(?:\.venv/bin/)?socai (-[^`]+)`", page.read_text()):
        parser("en").parse_args(shlex.split(one))


@pytest.mark.parametrize("told", ["docs/operating.md", "socai/arguments.py", "socai/office_arguments.py"])
def test_areas_of_examples_are_founded_with_those_of_the_sandbox(told: str) -> None:
    areas = re.findall(r"\b\d{5}-(\d{8})-\d{3}\b", (ROOT / told).read_text())
    assert set(areas) == {KNOWN_SINCE.replace("-", "")}


def test_what_an_office_decided_of_reports_is_told_apart_as_operating_says() -> None:
    text = (ROOT / "docs" / "operating.md").read_text()
    (pattern,) = re.findall(r"`grep -E '([^']+)' behind.ndjson", text)
    apart = {kind for kind in CATALOGUE.values() if re.search(pattern.encode(), cloud_event(kind.kind, {}))}
    # Closings come first: nothing of a closed month is recorded that no office has seen.
    assert apart == {kind for kind in CATALOGUE.values() if kind.decision} - {MonthClosed, MonthReopened}


def test_a_client_stands_in_a_run_file_as_operating_says() -> None:
    text = (ROOT / "docs" / "operating.md").read_text()
    (entry,) = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    clients = msgspec.json.decode("{" + entry + "}", type=dict[str, Entry])
    assert [(name, one.client_id) for name, one in clients.items()] == [("ctv-0417", "ctv-0417")]


def test_operating_names_metrics_that_there_are() -> None:
    known = {metric.name for metric in REGISTRY.collect()}
    told = set(re.findall(r"`((?:socai|http)_\w+)", (ROOT / "docs" / "operating.md").read_text()))
    assert told
    assert {name.removesuffix("_total") for name in told} <= known


def test_every_metric_is_given_a_value_somewhere() -> None:
    declared = re.findall(
        r"^([A-Z_]+) = (?:Gauge|Counter|Histogram)\(",
        (ROOT / "kit" / "process" / "metrics.py").read_text(),
        re.MULTILINE,
    )
    sources = [path.read_text() for folder in ("kit", "services") for path in (ROOT / folder).rglob("*.py")]
    assert [name for name in declared if not any(f"metrics.{name}" in source for source in sources)] == []


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.name)
def test_a_decision_is_short_and_names_what_enforces_it(record: Path) -> None:
    text = record.read_text()
    number = int(record.name[:4])
    assert text.startswith(f"# {number}. ")
    parts = re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE)
    assert parts == ["Context.", "Decision.", "Consequences.", "Enforced by"]
    assert 10 <= len(text.splitlines()) <= 20
    decision = text.partition("**Decision.**")[2].partition("**Consequences.**")[0]
    assert decision.count('"') >= 2, "a decision is a sentence that can be quoted"
    assert re.search(r"`(test_|tests/|contracts/)", text.partition("**Enforced by**")[2])


def test_decisions_are_numbered_without_holes() -> None:
    assert [int(record.name[:4]) for record in DECISIONS] == list(range(1, len(DECISIONS) + 1))
