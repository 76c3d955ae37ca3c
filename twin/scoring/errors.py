"""What did each kind of error lead to: in the score, and in the platform's answers?"""

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from twin.scoring.people import People
from twin.scoring.truths import Truths

NO_ERROR = "(no error of her own)"


class _Reason(msgspec.Struct):
    code: str = ""


class _Problem(msgspec.Struct):
    reasons: tuple[_Reason, ...] = ()


class _Answer(msgspec.Struct):
    id: str | None = None
    fate: str | None = None
    duplicate: bool = False
    problem: _Problem | None = None
    notes: tuple[str, ...] = ()


_answer = msgspec.json.Decoder(_Answer).decode


def effects(truths: Truths, people: People) -> dict[str, Counter[str]]:
    """Count, for each error, how often it was made and how many of the people whom it is about are off, and how."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    errors: dict[str, set[str]] = defaultdict(set)
    # A telephone that delivers a report twice has not made its other errors twice.
    as_told = {record.report: record for record in truths.told}
    slips = [slip for record in as_told.values() for slip in record.slips]
    for slip in (*slips, *(record.slip for record in truths.untold)):
        found[slip.error]["made"] += 1
        if slip.person is not None:
            errors[truths.who(slip.person)].add(slip.error)
    off = {
        "missed": people.missed,
        "doubled": people.doubled,
        "lingering": people.lingering,
        "unknown": people.unknown,
        "misplaced": people.misplaced,
        "wrong": {person for some in people.wrong.values() for person in some},
    }
    for effect, some in off.items():
        for told in some:
            for error in errors.get(truths.who(told)) or {NO_ERROR}:
                found[error][effect] += 1
    return dict(sorted(found.items()))


def fates(truths: Truths, answers: Iterable[bytes]) -> dict[str, Counter[str]]:
    """Count, for each error, what the platform answered: the fate with its reasons, and the notes that it left."""
    errors = {record.report: {slip.error for slip in record.slips} for record in truths.told}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in answers:
        answer = _answer(line)
        for error in errors.get(answer.id or "") or {"(none)"}:
            found[error].update(_words(answer))
    return dict(sorted(found.items()))


def _words(answer: _Answer) -> list[str]:
    if answer.problem is not None:
        reasons = ",".join(reason.code for reason in answer.problem.reasons)
        return [f"refused:{reasons}" if reasons else "refused"]
    words = ["repeated" if answer.duplicate else answer.fate or "unknown"]
    return words + [f"note:{note}" for note in answer.notes]
