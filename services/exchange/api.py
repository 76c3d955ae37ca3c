"""Which addresses serve partners, and what do they answer?"""

import hashlib
import time
from base64 import b64encode
from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import Query
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.scopes import Scope
from kit.auth.access import Access
from kit.auth.callers import guarded, require
from kit.http import positions
from kit.http.application import (
    NotBefore,
    PlainRoute,
    json_response,
    position_header,
    read_json,
    router,
)
from kit.http.faults import Names, invalid, names_of, worded
from kit.http.openapi import content_of
from kit.http.problems import InvalidRequest, NotFound, PositionNotReached, PurposeNotPermitted, declare
from services.exchange.disclosures import asker
from services.exchange.feed import Page, Place, Reader, keeps_sight, reached, read_page, stands
from services.exchange.fields import FIELDS
from services.exchange.lens import Lens
from services.exchange.questions import Inquiry, Lookup, PersonsQuery, Verification, VerificationRequest
from services.exchange.shapes import FeedEvent, PersonsAnswer, VerificationAnswer, Views, view_shape
from services.exchange.sources import Sources
from services.exchange.verification import Claim

MEDIA_TYPE: Final = "application/cloudevents-batch+json"
MOST_EVENTS: Final = 1_000
LONGEST_POLL_MS: Final = 30_000
# Cursors of before held the position alone.
_PLACE: Final[Any] = int | Place
# Windows that one request looks through while they hold nothing for this partner.
_MOST_WINDOWS: Final = 25

exchange = router("/exchange/v1")
PROBLEMS = declare(InvalidRequest, PurposeNotPermitted, PositionNotReached)

Viewer = Annotated[Access, require(Scope.EXCHANGE_VIEW_READ)]
Follower = Annotated[Access, require(Scope.EXCHANGE_FEED_READ)]

MOST_BYTES: Final = 256 * 1024
_FEED_HEADERS: Final = {
    "Link": {"description": "`rel=next`: where to go on, now or at any later time.", "schema": {"type": "string"}},
    "Content-Digest": {"description": "SHA-256 of the body (RFC 9530).", "schema": {"type": "string"}},
}
_QUERY_NAMES: Final = names_of(TypeAdapter(PersonsQuery))
_VERIFICATION_NAMES: Final = names_of(TypeAdapter(VerificationRequest))
_Model = TypeVar("_Model", bound=BaseModel)

_encode = msgspec.json.Encoder().encode


@exchange.get("/views", responses={200: {"model": Views}, **PROBLEMS}, tags=["views"])
async def views(request: Request, access: Viewer, not_before: NotBefore = None) -> Response:
    """Say what the sharing agreement of this token covers: fields, events, legal basis, areas."""
    sources: Sources = request.app.state.sources
    lens = sources.lens(access)
    position = await sources.reading.reached(not_before)
    return json_response({"views": [view_shape(lens.view, access)], "position": position}, position=position)


class EventsResponse(JSONResponse):
    """For the document: answers themselves are encoded as they are."""

    media_type = MEDIA_TYPE


@exchange.get(
    "/feed",
    response_class=EventsResponse,
    responses={200: {"model": list[FeedEvent], "headers": _FEED_HEADERS}, **PROBLEMS},
    tags=["feed"],
)
async def feed(
    request: Request,
    access: Follower,
    cursor: Annotated[str | None, Query(max_length=200, description="Where the last page ended.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = 500,
    timeout: Annotated[int, Query(ge=0, le=LONGEST_POLL_MS, description="Milliseconds to wait for news.")] = 0,
    not_before: NotBefore = None,
) -> Response:
    """Follow what changes: a batch of CloudEvents. Go on at `Link rel=next`.

    An empty batch whose link has the cursor asked with is the end as yet; with another one there may be more. A cursor
    that is `outdated` means to begin without one, and with an empty copy: as after a restore that could not bring back
    all, or where an area with its people came into the agreement's units or went out of them.
    """
    sources: Sources = request.app.state.sources
    lens = sources.lens(access)
    caller = f"{access.client_id} {lens.view.name}"
    found = 0 if cursor is None else sources.cursors.read(cursor, _PLACE, caller)
    since = found if isinstance(found, Place) else Place(found)
    if not await stands(sources.reading.database, since):
        raise InvalidRequest(errors=[worded("query/cursor", "outdated")])
    complete = await sources.reading.reached(not_before)
    # What changes while a page is waited for is seen by the next request.
    day, known = sources.places.day(), complete
    if not await keeps_sight(sources.reading.database, sources.places, access.areas, since, known):
        raise InvalidRequest(errors=[worded("query/cursor", "outdated")])
    reader = Reader(asker(request, access, lens.view.name), lens, access.areas)
    page, complete = await _page_or_news(sources, reader, since.upto, complete, limit, timeout / 1000)
    # Whoever is at the end goes on with the cursor asked with.
    if page.upto != since.upto or since.day != day:
        since = await reached(sources.reading.database, page.upto, sources.reading.clock(), day, known)
    body = _encode(page.events)
    following = f"{sources.public_base}/exchange/v1/feed?cursor={sources.cursors.write(since, caller)}"
    headers = {
        "Link": f'<{following}&limit={limit}>; rel="next"',
        "Content-Digest": f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:",
        **position_header(complete),
    }
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


async def _page_or_news(
    sources: Sources, reader: Reader, after: int, complete: int, limit: int, seconds: float
) -> tuple[Page, int]:
    """Read on until there is an event or the time is up; empty windows are passed over."""
    until = time.monotonic() + seconds
    windows = 0
    while True:
        page = await read_page(
            sources.reading.database, sources.places, reader, after=after, complete=complete, limit=limit
        )
        after, windows = page.upto, windows + 1
        left = until - time.monotonic()
        if page.events or windows >= _MOST_WINDOWS or (after >= complete and left <= 0):
            return page, complete
        if after >= complete:
            complete = await sources.news.beyond(after, left)


@guarded(Scope.EXCHANGE_VIEW_READ)
async def query(request: Request, access: Access) -> Response:
    """What is known of persons, as far as the view goes; every person asked for leaves a line."""
    sources: Sources = request.app.state.sources
    lens = _lens_for_lookups(sources, access)
    asked = await _read(request, PersonsQuery, _QUERY_NAMES)
    fields = tuple(dict.fromkeys(asked.fields))
    _refuse_beyond(lens, [(f"#/fields/{n}", name) for n, name in enumerate(asked.fields)])
    inquiry = await _inquiry(sources, request, access, lens)
    answers = await sources.lookups.ask(Lookup(inquiry, asked.asked, fields))
    if asked.subjects is None and answers[0]["result"] == "not-found":
        raise NotFound
    body = {"results": answers, "position": inquiry.position}
    return json_response(body, position=inquiry.position)


@guarded(Scope.EXCHANGE_PERSON_VERIFY)
async def verify(request: Request, access: Access) -> Response:
    """Whether claims about a person agree with the record; the record itself is never shown."""
    sources: Sources = request.app.state.sources
    lens = _lens_for_lookups(sources, access)
    asked = await _read(request, VerificationRequest, _VERIFICATION_NAMES)
    _refuse_beyond(lens, [(f"#/claims/{n}/attribute", claim.attribute) for n, claim in enumerate(asked.claims)])
    inquiry = await _inquiry(sources, request, access, lens)
    claims = [Claim(claim.attribute, claim.value) for claim in asked.claims]
    answer = await sources.lookups.ask(Verification(inquiry, asked.asked, claims))
    return json_response({**answer, "position": inquiry.position}, position=inquiry.position)


def _lens_for_lookups(sources: Sources, access: Access) -> Lens:
    lens = sources.lens(access)
    if not lens.view.lookups:
        raise PurposeNotPermitted
    return lens


async def _read(request: Request, model: type[_Model], names: Names) -> _Model:
    try:
        return model.model_validate(await read_json(request, MOST_BYTES))
    except ValidationError as error:
        raise invalid(error, names) from None


def _refuse_beyond(lens: Lens, asked: list[tuple[str, str]]) -> None:
    """Refuse attributes that there are not (422) or that the view does not hold (403)."""
    if unknown := [worded(pointer, "unknown") for pointer, name in asked if name not in FIELDS]:
        raise InvalidRequest(errors=unknown)
    if beyond := [worded(pointer, "not-permitted") for pointer, name in asked if name not in lens.view.fields]:
        raise PurposeNotPermitted(errors=beyond)


async def _inquiry(sources: Sources, request: Request, access: Access, lens: Lens) -> Inquiry:
    position = await sources.reading.reached(positions.not_before(request))
    return Inquiry(asker(request, access, lens.view.name), lens, access.areas, position)


def _operation(summary: str, body: type[BaseModel], answer: type[BaseModel], tag: str, scope: Scope) -> dict[str, Any]:
    return {
        "summary": summary,
        "tags": [tag],
        "security": [{"authority": [str(scope)]}],
        "parameters": [positions.NOT_BEFORE],
        "requestBody": {"required": True, "content": content_of(body)},
        "responses": {"200": {"description": summary, "content": content_of(answer)}, **PROBLEMS, **declare(NotFound)},
    }


PLAIN: Final = (
    PlainRoute(
        "/exchange/v1/persons/query",
        query,
        _operation(
            "What is known of up to 100 persons", PersonsQuery, PersonsAnswer, "lookups", Scope.EXCHANGE_VIEW_READ
        ),
        models=(PersonsQuery, PersonsAnswer),
    ),
    PlainRoute(
        "/exchange/v1/verifications",
        verify,
        _operation(
            "Whether claims about a person agree",
            VerificationRequest,
            VerificationAnswer,
            "lookups",
            Scope.EXCHANGE_PERSON_VERIFY,
        ),
        models=(VerificationRequest, VerificationAnswer),
    ),
)
