"""What becomes of the official units when they are sent through the ordinary intake, province by province?"""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from contracts.event import CATALOGUE, Report
from contracts.ids import EVERYWHERE
from contracts.reference.units import since_2025
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.process.progress import Say
from services.events.importing.verdicts import codes_of, words
from services.events.intake.intake import Intake
from services.events.report.parse import check
from services.events.units.reports import KNOWN_SINCE, Province, report_of

AT_ONCE: Final = 500
MOST_NAMED: Final = 50
SYSTEM: Final = Access(
    client_id="reference-units",
    subject="reference-units",
    scopes=frozenset({Scope.EVENTS_UNIT_WRITE}),
    jti="",
    areas=(EVERYWHERE,),
)


async def send(intake: Intake, codes: Sequence[str], say: Say, known_since: str = KNOWN_SINCE) -> Counter[str]:
    """Tell the units of some provinces; gives how many reports met which fate, `known` being those told before.

    Whoever told them: the sandbox tells some of the official units itself.
    """
    total: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    told: list[str] = []
    began = time.perf_counter()
    for number, code in enumerate(codes, 1):
        reports = [report_of(kind, payload) for kind, payload in Province(code, known_since).told()]
        fates: Counter[str] = Counter()
        for start in range(0, len(reports), AT_ONCE):
            batch = reports[start : start + AT_ONCE]
            answers = await intake.submit([(check(report, SYSTEM), "") for report in batch])
            for report, answer in zip(batch, answers, strict=True):
                known = answer.fate == "duplicate" or (answer.duplicate and answer.fate != "refused")
                fates["known" if known else answer.fate or "failed"] += 1
                if answer.problem is not None:
                    why = codes_of(answer.problem)
                    reasons.update(why)
                    told += [_refused(report, reason) for reason in why]
        total += fates
        name = since_2025()[code].name
        say(f"{number} of {len(codes)}: {code} {name}: {_counted(fates)}; {sum(total.values())} told in all\n")
    seconds = time.perf_counter() - began
    say(f"{_counted(total)} in {seconds:.1f} s, {sum(total.values()) / seconds:.0f} reports/s\n")
    for line in told[:MOST_NAMED]:
        say(f"  {line}\n")
    if len(told) > MOST_NAMED:
        say(f"  and {len(told) - MOST_NAMED} more / và {len(told) - MOST_NAMED} trường hợp khác\n")
    for reason, count in reasons.most_common():
        say(f"  {reason}: {count}\n")
    return total


def _refused(report: Report, code: str) -> str:
    """Say of which unit a report was not taken, and why."""
    english, vietnamese = words(code)
    return f"{report.subject} ({CATALOGUE[report.type].kind}): {code}: {english} / {vietnamese}"


def _counted(fates: Counter[str]) -> str:
    return ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
