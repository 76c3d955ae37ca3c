"""What becomes of the official units when they are sent through the ordinary intake, province by province?"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from contracts.ids import EVERYWHERE
from contracts.reference.units import since_2025
from contracts.scopes import Scope
from kit.access import Access
from services.events.intake import Intake
from services.events.parse import check
from services.events.units.reports import KNOWN_SINCE, Province, report_of

AT_ONCE: Final = 500
SYSTEM: Final = Access(
    client_id="reference-units",
    subject="reference-units",
    scopes=frozenset({Scope.EVENTS_UNIT_WRITE}),
    jti="",
    areas=(EVERYWHERE,),
)
Say = Callable[[str], object]


async def send(intake: Intake, codes: Sequence[str], say: Say, known_since: str = KNOWN_SINCE) -> Counter[str]:
    """Tell the units of some provinces; gives how many reports met which fate, `known` being those told before."""
    total: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    began = time.perf_counter()
    for number, code in enumerate(codes, 1):
        reports = [report_of(kind, payload) for kind, payload in Province(code, known_since).told()]
        fates: Counter[str] = Counter()
        for start in range(0, len(reports), AT_ONCE):
            lines = [(check(report, SYSTEM), "") for report in reports[start : start + AT_ONCE]]
            for answer in await intake.submit(lines):
                known = answer.duplicate and answer.fate != "refused"
                fates["known" if known else answer.fate or "failed"] += 1
                problem = answer.problem
                reasons.update(() if problem is None else [one.code for one in problem.reasons] or [problem.code])
        total += fates
        name = since_2025()[code].name
        say(f"{number} of {len(codes)}: {code} {name}: {_counted(fates)}; {sum(total.values())} told in all\n")
    seconds = time.perf_counter() - began
    say(f"{_counted(total)} in {seconds:.1f} s, {sum(total.values()) / seconds:.0f} reports/s\n")
    for reason, count in reasons.most_common():
        say(f"  {reason}: {count}\n")
    return total


def _counted(fates: Counter[str]) -> str:
    return ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
