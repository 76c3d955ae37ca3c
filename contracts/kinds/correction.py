"""How a recorded fact is put right or taken back without touching what was recorded."""

from typing import Any, ClassVar

from contracts.event import Event
from contracts.ids import PersonId, ReportId, Text


class FactCorrected(Event):
    """Some fields of an earlier report were wrong: `changes` gives them their right values, all or none.

    `fact` is the id of the original report; `previous` the id of its latest standing correction, where there is one,
    which is waited for where it is not here yet.
    `member` picks one line of an A0 sheet. A value of null empties an optional field.
    """

    kind: ClassVar[str] = "fact.corrected"
    title: ClassVar[tuple[str, str]] = ("Correction", "Đính chính")

    fact: ReportId
    previous: ReportId | None = None
    member: PersonId | None = None
    changes: dict[str, Any]
    reason: Text | None = None


class FactVoided(Event):
    """An earlier report should not have been made. Voiding a correction takes out that correction alone.

    `previous` may be given: then it must be the latest standing correction.
    """

    kind: ClassVar[str] = "fact.voided"
    title: ClassVar[tuple[str, str]] = ("Void", "Hủy báo cáo")

    fact: ReportId
    previous: ReportId | None = None
    reason: Text | None = None


def corrected(payload: dict[str, Any], changes: dict[str, Any], member: str | None = None) -> dict[str, Any]:
    """Put a correction's `changes` into a payload, or into the line of one `member` of an A0 sheet."""
    if member is None:
        return payload | changes
    lines = [line | changes if line["person"] == member else line for line in payload["members"]]
    return payload | {"members": lines}
