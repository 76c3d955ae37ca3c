"""How does a report come in, and how does its sender learn what became of it?"""

import asyncio
import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Annotated, Any

import msgspec
from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from contracts.ids import UUID7
from contracts.kinds.device import DEVICE
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.auth.callers import guarded, insist, require
from kit.http.application import PlainRoute, json_response, read_body, require_type, router
from kit.http.edge import language_in
from kit.http.faults import worded
from kit.http.paging import Cursor
from kit.http.problems import (
    MEDIA_TYPE,
    ContradictsRecord,
    InvalidRequest,
    NotFound,
    PayloadTooLarge,
    Problem,
    spoken,
)
from kit.http.strict_json import parse_json
from kit.process import tracing
from services.events.deciding.office import decision_of
from services.events.document import BATCH, BINARY, MOST_IN_BATCH, NDJSON, ONE, POST_REPORTS, Fate
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.queries import devices, fates
from services.events.queries.following import Place
from services.events.questions import WHO_LIVES_WHERE, SyncQuestion
from services.events.report.line import Line
from services.events.report.parse import LARGEST_REPORT, parse, peek_id, problem_or_line
from services.events.shapes import (
    DeviceAnswer,
    DeviceKeysAnswer,
    FactAnswer,
    ReasonTold,
    ReportFate,
    ReportsAnswer,
    ReportShown,
    StatusAnswer,
    SyncAnswer,
    answered,
)
from services.events.signing.signatures import HEADER, Batch, Signatures

CHUNK = 1_000
LARGEST_BATCH = 4 * 1024 * 1024
_PARSED_AT_ONCE = 256 * 1024
_COUNT = re.compile(r"[0-9]{1,10}")
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode


@guarded(Scope.EVENTS_REPORT_WRITE)
async def post_reports(request: Request, access: Access) -> Response:
    """Take one report, a batch, or NDJSON in bulk; answered when they are durable."""
    media = require_type(request, ONE, BATCH, NDJSON, BINARY)
    body = await read_body(request, _largest(media, request.app.state.settings.largest_body))
    if media == NDJSON:
        return await _bulk(request, access, body)
    if media == BATCH:
        return await _batch(request, access, body)
    raw = _whole(request, body) if media == BINARY else body
    line = parse(raw, access)
    batch = await _signed_together(request, access, [raw])
    (one,) = await _signatures(request).admit([line], access.client_id, batch)
    if isinstance(one, Problem):
        raise one
    (answer,) = await _submit(request, access, [one])
    return _single(answer, request)


async def _submit(request: Request, access: Access, lines: Sequence[Line]) -> list[Answer]:
    """Have reports decided; an office learns at once what became of those that its decision had decided."""
    answers = await _intake(request).submit([(line, _trace(line)) for line in lines])
    answers = await _plain(request, access, answers)
    decisions: dict[str, Sequence[str]] = {
        line.report.id: decision.reports
        for line, answer in zip(lines, answers, strict=True)
        if type(line.event).decision and answer.fate == "recorded"
        if isinstance(decision := decision_of(line.event), fates.RELEASING)
    }
    if not decisions:
        return answers
    told = await fates.decided_by(request.app.state.readers, access, decisions)
    return [msgspec.structs.replace(answer, reports=told.get(answer.id or "", ())) for answer in answers]


async def _plain(request: Request, access: Access, answers: Sequence[Answer]) -> list[Answer]:
    """Leave out of refusals where something withheld from the caller was told."""
    refusals = [answer.problem for answer in answers if isinstance(answer.problem, ContradictsRecord)]
    positions = {at for refusal in refusals for reason in refusal.reasons for at in reason.facts}
    withheld = await fates.withheld_among(request.app.state.readers, access, positions)
    return [_plainly(answer, withheld) for answer in answers] if withheld else list(answers)


def _plainly(answer: Answer, withheld: frozenset[int]) -> Answer:
    if not isinstance(answer.problem, ContradictsRecord):
        return answer
    reasons = [
        reason._replace(facts=[at for at in reason.facts if at not in withheld]) for reason in answer.problem.reasons
    ]
    return msgspec.structs.replace(answer, problem=ContradictsRecord(reasons=reasons))


def _largest(media: str, ever: int) -> int:
    """What must be read as one text is bounded more narrowly: nobody else is served meanwhile."""
    return min(ever, {NDJSON: ever, BATCH: LARGEST_BATCH}.get(media, LARGEST_REPORT))


def _intake(request: Request) -> Intake:
    intake: Intake = request.app.state.intake
    return intake


def _signatures(request: Request) -> Signatures:
    signatures: Signatures = request.app.state.signatures
    return signatures


async def _signed_together(request: Request, access: Access, raws: Sequence[bytes]) -> Batch | None:
    """Check the one signature over all lines of a request, if it bears one."""
    return await _signatures(request).batch(raws, request.headers.get(HEADER), access.client_id)


def _trace(line: Line) -> str:
    """Follow a report by the trace of the request that brought it."""
    return tracing.current_traceparent() or line.report.traceparent or ""


def _whole(request: Request, body: bytes) -> bytes:
    """Put a CloudEvent in binary mode together, as it is signed: attributes as headers, the body its data."""
    parse_json(body)
    attributes: dict[str, Any] = {
        name[3:]: value for name, value in request.headers.items() if name.startswith("ce-") and name != "ce-data"
    }
    if _COUNT.fullmatch(attributes.get("devicesequence", "")):
        attributes["devicesequence"] = int(attributes["devicesequence"])
    return msgspec.json.encode(attributes | {"data": msgspec.Raw(body)})


def _single(answer: Answer, request: Request) -> Response:
    language = language_in(request.scope)
    if answer.problem is None:
        return json_response(answer.document(language), answer.status)
    told = answer.problem.document(language) | {"id": answer.id} | ({"duplicate": True} if answer.duplicate else {})
    if answer.fate is not None:
        told["fate"] = answer.fate
    headers = spoken(language) | answer.problem.headers()
    return Response(msgspec.json.encode(told), answer.status, media_type=MEDIA_TYPE, headers=headers)


async def _batch(request: Request, access: Access, body: bytes) -> Response:
    """Take a CloudEvents batch: one answer for each event, in order."""
    if not isinstance(parse_json(body), list):
        raise InvalidRequest(errors=[worded("#", "array-expected")])
    events = _raws(body)
    if len(events) > MOST_IN_BATCH:
        raise PayloadTooLarge
    raws = [bytes(event) for event in events]
    answers = await _decide(request, access, raws, await _signed_together(request, access, raws))
    language = language_in(request.scope)
    results = [answer.document(language, n) for n, answer in enumerate(answers, 1)]
    return json_response({"results": results}, headers=spoken(language))


async def _bulk(request: Request, access: Access, body: bytes) -> Response:
    """Take NDJSON: one line of answer for each line, in order; one bad line never sinks the others."""
    lines = body.split(b"\n")
    if lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > request.app.state.settings.most_lines:
        raise PayloadTooLarge
    language = language_in(request.scope)
    batch = await _signed_together(request, access, lines)
    told: list[bytes] = []
    for start in range(0, len(lines), CHUNK):
        answers = await _decide(request, access, lines[start : start + CHUNK], batch, start)
        told += [
            msgspec.json.encode(answer.document(language, start + n)) + b"\n" for n, answer in enumerate(answers, 1)
        ]
    return Response(b"".join(told), media_type=NDJSON, headers=spoken(language))


async def _decide(
    request: Request, access: Access, raws: Sequence[bytes], batch: Batch | None, start: int = 0
) -> list[Answer]:
    checked: list[Line | Problem] = []
    parsed = 0
    for raw in raws:
        checked.append(problem_or_line(raw, access))
        parsed += len(raw)
        if parsed > _PARSED_AT_ONCE:
            parsed = 0
            await asyncio.sleep(0)
    checked = await _signatures(request).admit(checked, access.client_id, batch, start)
    lines = [line for line in checked if isinstance(line, Line)]
    decided = iter(await _submit(request, access, lines) if lines else [])
    return [
        Answer(peek_id(raw), problem=one) if isinstance(one, Problem) else next(decided)
        for raw, one in zip(raws, checked, strict=True)
    ]


events = router("/events/v1", tags=["reports"])


@events.get("/reports/{id}", responses=answered(ReportShown, NotFound))
async def get_report(
    request: Request,
    report: Annotated[str, Path(alias="id", pattern=UUID7)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
) -> Response:
    """Say what became of one report; its office is given also what it says, as in its queue, also where it was refused
    or returned since.

    Of a decision of the caller's own, `reports` says what became of those that it had decided.
    """
    found = await fates.find_fate(request.app.state.readers, report, access, request.app.state.today())
    if found is None:
        raise NotFound
    return json_response(found)


@events.get("/reports", responses=answered(ReportsAnswer))
async def list_reports(
    request: Request,
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
    fate: Annotated[Fate | None, Query(description="Only reports of this fate.")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """List the caller's own reports by id, and count them by fate on the first page."""
    cursors = request.app.state.cursors
    after = cursors.read(cursor, str, access.client_id) if cursor is not None else ""
    page = await fates.list_fates(request.app.state.readers, access, fate, after, limit)
    following = cursors.behind(page, limit, itemgetter("id"), access.client_id)
    told: dict[str, Any] = {"reports": page, "cursor": following}
    if cursor is None:
        told["counts"] = await fates.count_fates(request.app.state.readers, access.client_id)
    return json_response(told)


@events.get("/devices/{device}", responses=answered(DeviceAnswer, position=True))
async def get_device(
    request: Request,
    device: Annotated[str, Path(pattern=DEVICE)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
) -> Response:
    """Count what one of the caller's own devices sent, by fate, and say which of its numbers are missing."""
    told = await devices.counters(request.app.state.readers, access.client_id, device)
    return json_response(told, position=told["position"])


@events.get("/devices/{device}/keys", responses=answered(DeviceKeysAnswer))
async def get_keys(
    request: Request,
    device: Annotated[str, Path(pattern=DEVICE)],
    access: Annotated[Access, require(Scope.EVENTS_DEVICE_WRITE)],
) -> Response:
    """List the keys of devices of that name, enrolled for places of the caller: what is lost is revoked by its key.

    `waiting` are enrolments that do not count yet, with what they need.
    """
    sources = request.app.state
    asked = sources.readers, device, access, sources.today()
    found, waits = await devices.enrolled_keys(*asked), await devices.waiting_keys(*asked)
    return json_response({"device": device, "keys": found, "waiting": waits})


@events.post("/devices/{device}/sync", responses=answered(SyncAnswer, NotFound, position=True))
async def sync_device(
    request: Request,
    device: Annotated[str, Path(pattern=DEVICE)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
    question: SyncQuestion,
) -> Response:
    """Say what the server has and lacks of one of the caller's own devices, and what changed in its area since.

    To the counts come `households` and `persons` as they stand in the area now, the ids of who `left` it, and the
    `cursor` to ask again with, at once while there is `more`. All stands at one `position`: what is counted as recorded
    is in what the area shows once there is no more. A cursor that is `outdated`, as after a restore that could not
    bring back all, means to begin without one. Needs `registry.household.read` and `registry.person.read` besides.
    """
    sources = request.app.state
    insist(request, access, *WHO_LIVES_WHERE)
    since = Place() if question.cursor is None else sources.areas.read(question.cursor, Place, question.area)
    asked = device, question.area, since, question.limit
    found = await devices.synced(sources.readers, access, sources.today(), *asked)
    if found is None:
        raise NotFound
    told, changed, place = found
    about = changed._asdict() | {"cursor": sources.areas.write(place, question.area)}
    about.pop("reached")
    return json_response(told | about, position=told["position"])


@events.get("/facts/{position}", responses=answered(FactAnswer, NotFound))
async def get_fact(
    request: Request,
    position: Annotated[int, Path(ge=1, lt=2**63)],
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
) -> Response:
    """Give one fact as it was recorded, with its place in the chain and what amends it.

    Without the scope `registry.care.read` contraception, pregnancies, screenings and checks are left out, without
    `registry.disability.read` disabilities; the hash is that of the whole.
    """
    found = await fates.find_fact(request.app.state.readers, position, access, request.app.state.today())
    if found is None:
        raise NotFound
    return json_response(found)


@events.get("/status", responses=answered(StatusAnswer, position=True))
async def status(request: Request, _: Annotated[Access, require(Scope.OPERATIONS_STATUS_READ)]) -> Response:
    """Say where the ledger stands and how much waits."""
    told = await fates.status(request.app.state.readers)
    return json_response(told, position=told["position"])


PLAIN = (PlainRoute("/events/v1/reports", post_reports, POST_REPORTS, models=(ReasonTold, ReportFate)),)
