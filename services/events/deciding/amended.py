"""What does the office make of a report that it approves with a correction?"""

from collections.abc import Iterator

import msgspec

from contracts.event import Dated, Report
from contracts.kinds.correction import FactCorrected
from contracts.kinds.office import ReportAmended
from services.events.deciding.amend import put_right
from services.events.deciding.needs import line_of
from services.events.deciding.office import queued_for_office
from services.events.report.line import Line, digest
from services.events.state.world import Contradiction, World

_encode = msgspec.json.Encoder().encode


def versions(event: ReportAmended, world: World) -> Iterator[Line]:
    """Give the report as it was told and as it is right; raises Contradiction, Malformed and Unloaded."""
    if world.outcome(event.correction) is not None:
        raise Contradiction("id-taken")
    (queued,) = queued_for_office(event.reports, world)
    told = line_of(queued.body)
    if not isinstance(told.event, Dated):
        raise Contradiction("not-an-original")
    yield told
    yield msgspec.structs.replace(told, event=put_right(told.event, event.changes, event.member))


def correction_of(line: Line, event: ReportAmended, position: int) -> Line:
    """Make the report by which the office puts right what it approved; its cause is the decision at `position`.

    That approves both: wherever the report leads by now, one is not recorded without the other.
    """
    told = {"fact": event.report, "changes": event.changes, "member": event.member, "reason": event.reason}
    report = Report(
        id=event.correction,
        source=line.report.source,
        type=FactCorrected.type_name(),
        data=msgspec.Raw(_encode({name: value for name, value in told.items() if value is not None})),
        time=line.report.time,
        causationid=line.report.id,
    )
    correction = FactCorrected.parse(report.data)
    return Line(report, correction, digest(report), line.sender, line.areas, officer=line.officer, approved=position)
