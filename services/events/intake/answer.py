"""What is one report answered, and how does the answer look on the wire?"""

from typing import Any

import msgspec

from kit.http.problems import Language, Problem
from services.events.deciding.reasons import told as reason

CREATED, ACCEPTED, OK = 201, 202, 200
_STATUS = {"recorded": CREATED, "waiting": ACCEPTED, "handed_over": ACCEPTED}


class Answer(msgspec.Struct, frozen=True):
    """What one report is answered: its fate and position, why it waits for an office, or the problem that it met.

    `instead`: under whose id the child is on the books whom a duplicate tells of. `reports`: what became of the reports
    that a decision had decided, as their fates are told.
    """

    id: str | None
    fate: str | None = None
    position: int | None = None
    notes: tuple[str, ...] = ()
    need: str | None = None
    duplicate: bool = False
    problem: Problem | None = None
    reasons: tuple[str, ...] = ()
    instead: str | None = None
    reports: tuple[dict[str, Any], ...] = ()

    @property
    def status(self) -> int:
        """The HTTP status of a single report's answer."""
        if self.problem is not None:
            return self.problem.status
        return OK if self.duplicate else _STATUS.get(self.fate or "", OK)

    def document(self, language: Language, line: int | None = None) -> dict[str, Any]:
        """Give the answer as JSON; `line` counts a batch's lines from 1."""
        told: dict[str, Any] = {} if line is None else {"line": line}
        told["id"] = self.id
        told["fate"] = self.fate
        told["position"] = self.position
        if self.notes:
            told["notes"] = self.notes
        if self.need is not None:
            told["need"] = self.need
        if self.reasons:
            told["reasons"] = [reason(code) for code in self.reasons]
        if self.duplicate:
            told["duplicate"] = True
        if self.instead is not None:
            told["instead"] = self.instead
        if self.reports:
            told["reports"] = self.reports
        if self.problem is not None:
            told["problem"] = self.problem.document(language)
        return told
