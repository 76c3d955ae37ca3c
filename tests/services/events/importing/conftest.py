"""The command as it is typed, on a ledger of the test's own."""

import argparse
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from contracts.fact import Fact
from services.events.importing import command
from tests.services.events.telling import Teller


class Came(NamedTuple):
    """How a run ended, what it printed, and its verdicts as written."""

    code: int
    out: str
    err: str
    verdicts: list[dict[str, str]]

    def wrong(self) -> list[tuple[int, str, str, str]]:
        """Row, cell, heading and code of everything that is wrong."""
        return self.told("wrong", "refused")

    def told(self, *fates: str) -> list[tuple[int, str, str, str]]:
        """Row, cell, heading and code of whatever is said of a row of these fates, or of any."""
        return sorted(
            (int(one["row"]), one["cell"], one["column"], one["code"])
            for one in self.verdicts
            if one["code"] and (not fates or one["fate"] in fates)
        )

    def fates(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in {(one["table"], one["row"]): one for one in self.verdicts}.values():
            found[one["fate"]] = found.get(one["fate"], 0) + 1
        return found


def written(verdicts: Path) -> list[dict[str, str]]:
    lines = verdicts.read_text().splitlines() if verdicts.is_file() else []
    return [msgspec.json.decode(line) for line in lines]


Importer = Callable[..., Awaitable[Came]]


@pytest.fixture
def importing(
    teller: Teller, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Importer:
    """Give a function of a path, or of a text that becomes a CSV file, and arguments."""
    monkeypatch.setenv("SOCAI_EVENTS_WRITER_DSN", teller.database.writer_dsn)
    monkeypatch.setenv("SOCAI_EVENTS_READER_DSN", teller.database.reader_dsn)
    monkeypatch.setenv("SOCAI_EVENTS_IMPORT_KEY", "a secret of this installation")

    async def run(what: Path | str, *arguments: str, verdicts: Path = tmp_path / "verdicts.ndjson") -> Came:
        path = what if isinstance(what, Path) else tmp_path / "book.csv"
        if isinstance(what, str):
            path.write_text(what, encoding="utf-8")
        parser = argparse.ArgumentParser()
        command.configure(parser)
        sender = () if "--dry-run" in arguments or "--sender" in arguments else ("--sender", "tester")
        given = parser.parse_args([str(path), "--language", "en", *sender, *arguments, "--verdicts", str(verdicts)])
        code = await command.run(given)
        told = capsys.readouterr()
        return Came(code, told.out, told.err, written(verdicts))

    return run


async def kinds(teller: Teller) -> list[str]:
    """Kinds of all facts but units and areas, in order."""
    return [fact.kind for _, fact in await teller.facts() if not re.match(r"unit|area", fact.kind)]


async def facts_of(teller: Teller, kind: str) -> list[Fact]:
    return [fact for _, fact in await teller.facts() if fact.kind == kind]


def payload(fact: Fact) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(fact.cause.data)
    return found
