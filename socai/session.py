"""As whom does a command speak to the gateway, and what is said when it answers with a problem?"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from socai.client import RUN_FILE, Client, Run, TokenError, read_run
from socai.dates import Language
from socai.wording import say

TOO_MANY, UNAVAILABLE = 429, 503
LONGEST_PATIENCE = 120.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
SCOPE = re.compile(r'[ ,]scope="([^"]+)"')


class Failure(Exception):
    """The command cannot go on; the text is for the person who typed it."""


class Problem(Failure):
    """The gateway or a service answered with a problem document."""

    def __init__(self, language: Language, status: int, document: Mapping[str, Any], scope: str = "") -> None:
        lines = describe(language, status, document)
        if scope and not document.get("errors"):
            lines.append("  " + say(language, "scope-lacks", scope=scope))
        super().__init__("\n".join(lines))
        self.status = status


def describe(language: Language, status: int, document: Mapping[str, Any]) -> list[str]:
    """Put a problem document into lines: what, what to do, and where or why."""
    lines = [f"{status} {document.get('title') or document.get('error') or ''}".strip()]
    detail = document.get("detail") or document.get("error_description")
    if detail:
        lines.append(f"  {detail}")
    lines += [
        f"  {error.get('pointer') or '#'}: {error.get('text') or error.get('code')}"
        for error in document.get("errors", ())
    ]
    lines += [f"  {reason(language, one)}" for one in document.get("reasons", ())]
    return lines


def reason(language: Language, told: Mapping[str, Any]) -> str:
    """Put one reason of a refusal into words: its text where it has one, and the facts that it contradicts."""
    text = told.get("text") or told.get("detail")
    if isinstance(text, Mapping):
        text = text.get(language) or text.get("en")
    facts = told.get("facts") or ()
    where = " (" + say(language, "at-position", position=", ".join(map(str, facts))) + ")" if facts else ""
    pointer = f"{told['pointer']}: " if told.get("pointer") else ""
    return f"{pointer}{text or ''} [{told.get('code')}]{where}".strip()


@dataclass
class Session:
    """What the commands share: the run file, the client that was asked for, the language, and how to pause."""

    run: Run
    language: Language
    name: str | None = None
    http: httpx.Client | None = None
    path: Path = RUN_FILE
    pause: Callable[[float], None] = time.sleep
    note: Callable[[str], None] = print
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, otherwise: str) -> Client:
        """Give the client that was asked for by `--as`, else the one that a command speaks as by itself."""
        name = self.name or otherwise
        if name not in self._clients:
            try:
                self._clients[name] = Client(self.run, name, http=self.http)
            except LookupError:
                raise self._no_client(name) from None
        return self._clients[name]

    def areas(self, otherwise: str) -> tuple[str, ...]:
        """Give the places of the client that speaks."""
        name = self.name or otherwise
        if name not in self.run.clients:
            raise self._no_client(name)
        return self.run.clients[name].areas

    def _no_client(self, name: str) -> Failure:
        known = ", ".join(sorted(self.run.clients))
        return Failure(say(self.language, "no-client", name=name, known=known))

    def ask(self, method: str, path: str, otherwise: str, **options: Any) -> httpx.Response:
        """Send one request; raises `Failure` when there is no answer, whatever the answer is."""
        client = self.client(otherwise)
        headers = {"Accept-Language": self.language, **options.pop("headers", {})}
        address = self.run.gateway
        try:
            return client.request(method, path, headers=headers, **options)
        except TokenError as refused:
            raise Failure(say(self.language, "no-token", reason=refused)) from None
        except httpx.ConnectError:
            raise Unreachable(say(self.language, "no-gateway", address=address)) from None
        except (httpx.TimeoutException, httpx.TransportError):
            raise Unreachable(say(self.language, "gateway-silent", address=address)) from None

    def ask_patiently(self, method: str, path: str, otherwise: str, **options: Any) -> httpx.Response:
        """Send a request again while the other side is busy or away; what is sent must be safe to send again."""
        pause, waited = FIRST_PAUSE, 0.0
        while True:
            try:
                answer = self.ask(method, path, otherwise, **options)
                if answer.status_code not in {TOO_MANY, UNAVAILABLE} or waited >= LONGEST_PATIENCE:
                    return answer
                status, seconds = str(answer.status_code), _retry_after(answer) or pause
            except Unreachable as away:
                if waited >= LONGEST_PATIENCE:
                    raise
                status, seconds = str(away), pause
            self.note(say(self.language, "retrying", status=status, seconds=seconds))
            self.pause(seconds)
            waited += seconds
            pause = min(pause * 2, LONGEST_PAUSE)

    def json(self, method: str, path: str, otherwise: str, **options: Any) -> dict[str, Any]:
        """Send one request and read its JSON; raises `Problem` when it was refused."""
        return self.read(self.ask(method, path, otherwise, **options))

    def pages(self, path: str, otherwise: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Go through a list page by page, from cursor to cursor, until there is none."""
        cursor: str | None = None
        while True:
            page = self.json("GET", path, otherwise, params=query | ({} if cursor is None else {"cursor": cursor}))
            yield page
            cursor = page["cursor"]
            if cursor is None:
                return

    def read(self, answer: httpx.Response) -> dict[str, Any]:
        """Read an answer's JSON; raises `Problem` when it is one."""
        document: Any = None
        with contextlib.suppress(msgspec.DecodeError):
            document = msgspec.json.decode(answer.content)
        if answer.is_success and isinstance(document, dict):
            return document
        told = document if isinstance(document, dict) else {}
        raise Problem(self.language, answer.status_code, told, _scope_needed(answer))

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()


class Unreachable(Failure):
    """Nobody answered; sending again may help."""


def _scope_needed(answer: httpx.Response) -> str:
    """Give the scope that an answer asks for (RFC 6750 3.1), where it does."""
    found = SCOPE.search(answer.headers.get("www-authenticate", ""))
    return "" if found is None else found[1]


def _retry_after(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return min(float(text), LONGEST_PAUSE) if text.isdecimal() else None


def open_run(path: Path, language: Language) -> Run:
    """Read the run file; raises `Failure` where there is none, or something else."""
    try:
        return read_run(path)
    except OSError:
        raise Failure(say(language, "no-run-file", path=path)) from None
    except msgspec.DecodeError:
        raise Failure(say(language, "broken-run-file", path=path)) from None
