"""What does a caller read when the door itself refuses a request?

Envoy's own answers are rewritten as the same problem documents that the services give.
"""

from http import HTTPStatus
from typing import Any, Final, NamedTuple

from gateway.envoy_routes import CLAIMS, FAULT, JWT_FILTER, LANGUAGE, ROUTE_METADATA, SCOPE
from kit.auth.callers import challenge
from kit.http.problems import (
    MEDIA_TYPE,
    Language,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    ScopeInsufficient,
    Text,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    spoken,
)

Json = dict[str, Any]


class BadRequest(Problem):
    code = "bad-request"
    status = HTTPStatus.BAD_REQUEST
    title = Text("This is no proper HTTP request", "Đây không phải là yêu cầu HTTP đúng quy cách")
    detail = Text(
        "The address or a header is malformed. Escaped slashes and header names with underscores are refused.",
        "Địa chỉ hoặc tiêu đề không đúng quy cách. Dấu gạch chéo được mã hóa và tên tiêu đề có dấu gạch dưới "
        "không được chấp nhận.",
    )


class RequestTimeout(Problem):
    code = "request-timeout"
    status = HTTPStatus.REQUEST_TIMEOUT
    title = Text("The request took too long to arrive", "Yêu cầu gửi đến quá chậm")
    detail = Text(
        "Nothing of it was taken. Send it again, with the same id, in smaller parts if need be.",
        "Chưa ghi nhận phần nào. Hãy gửi lại với cùng mã, chia nhỏ nếu cần.",
    )


class HeadersTooLarge(Problem):
    code = "headers-too-large"
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    title = Text("The headers are too large", "Phần tiêu đề quá lớn")
    detail = Text("Send fewer or shorter headers.", "Hãy gửi ít tiêu đề hơn hoặc ngắn hơn.")


class AnswerTimeout(Problem):
    code = "answer-timeout"
    status = HTTPStatus.GATEWAY_TIMEOUT
    title = Text("The service did not answer in time", "Dịch vụ không trả lời kịp thời")
    detail = Text(
        "Whether it was taken is not known. Sending the same request again, with the same id, is safe.",
        "Chưa rõ yêu cầu đã được ghi nhận hay chưa. Bạn có thể gửi lại với cùng mã một cách an toàn.",
    )


class Refusal(NamedTuple):
    """`when`: what Envoy answers; `only_if`: conditions of Envoy's that must hold as well."""

    when: int
    problem: type[Problem]
    headers: dict[str, str]
    only_if: tuple[Json, ...] = ()


def refusals(public_base: str) -> tuple[Refusal, ...]:
    """Every answer that Envoy gives by itself, the more special before the more general."""
    again = {"Retry-After": "1"}
    later = {"Retry-After": "2"}
    invalid = challenge(public_base, error="invalid_token")
    lacking = challenge(public_base, error="insufficient_scope", scope=f"%METADATA(ROUTE:{ROUTE_METADATA}:{SCOPE})%")
    return (
        Refusal(400, BadRequest, {}),
        # Our keys are not at hand: that is no fault of the token.
        Refusal(401, Unavailable, later, (_fault(_NO_KEYS),)),
        Refusal(401, Unauthenticated, invalid, (_header("authorization", {"present_match": True}),)),
        Refusal(401, Unauthenticated, challenge(public_base)),
        # A tunnel, or another protocol on this connection: Envoy forbids them, whoever asks.
        Refusal(403, BadRequest, {}, (_header("upgrade", {"present_match": True}),)),
        Refusal(403, BadRequest, {}, (_header(":method", {"string_match": {"exact": "CONNECT"}}),)),
        # A good token has left its claims; without them, 403 is Envoy's word for another audience.
        Refusal(403, ScopeInsufficient, lacking, (_has_claims(),)),
        Refusal(403, Unauthenticated, invalid),
        Refusal(404, NotFound, {}),
        Refusal(405, MethodNotAllowed, {}),
        Refusal(408, RequestTimeout, again),
        Refusal(413, PayloadTooLarge, {}),
        # Another version of HTTP, or an encoding of the transfer that the door does not read.
        Refusal(426, BadRequest, {}),
        Refusal(429, TooManyRequests, again),
        Refusal(431, HeadersTooLarge, {}),
        Refusal(501, BadRequest, {}),
        Refusal(502, Unavailable, later),
        Refusal(503, Unavailable, later),
        Refusal(504, AnswerTimeout, later),
    )


# As services say it: what there is not now, or not for this caller, may be there for the next.
_KEPT_BY_NOBODY: Final = {"Cache-Control": "no-store"}
_NO_KEYS: Final = "Jwks remote fetch is failed"
_VIETNAMESE_FIRST: Final = "(?i)^vi([-,;].*)?$"


def local_replies(public_base: str) -> Json:
    """Envoy's `local_reply_config`: one mapper for each refusal and language, the Vietnamese ones first."""
    known = refusals(public_base)
    return {
        "mappers": [_mapper(refusal, language) for language in ("vi", "en") for refusal in known],
        "body_format": {
            "json_format": {"type": "about:blank", "status": "%RESPONSE_CODE%"},
            "content_type": MEDIA_TYPE,
        },
    }


def _mapper(refusal: Refusal, language: Language) -> Json:
    conditions: list[Json] = [
        {
            "status_code_filter": {
                "comparison": {"op": "EQ", "value": {"default_value": refusal.when, "runtime_key": "unused"}}
            }
        }
    ]
    conditions.extend(refusal.only_if)
    if language == "vi":
        conditions.append(_asks_vietnamese())
    document = refusal.problem().document(language)
    return {
        "filter": {"and_filter": {"filters": conditions}} if len(conditions) > 1 else conditions[0],
        "status_code": int(refusal.problem.status),
        "headers_to_add": [
            {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for key, value in (refusal.headers | spoken(language) | _KEPT_BY_NOBODY).items()
        ],
        "body_format_override": {"json_format": _escaped(document), "content_type": MEDIA_TYPE},
    }


def _asks_vietnamese() -> Json:
    """What the first filter has read; of a request that is refused before it, what the header names first must do."""
    read = _metadata([LANGUAGE], {"string_match": {"exact": "vi"}}, space=ROUTE_METADATA)
    unread = _metadata([LANGUAGE], {"string_match": {"exact": "none"}}, space=ROUTE_METADATA, or_absent=True)
    named_first = _header("accept-language", {"string_match": {"safe_regex": {"regex": _VIETNAMESE_FIRST}}})
    return {"or_filter": {"filters": [read, {"and_filter": {"filters": [unread, named_first]}}]}}


def _header(name: str, match: Json) -> Json:
    return {"header_filter": {"header": {"name": name, **match}}}


def _fault(words: str) -> Json:
    return _metadata([FAULT, "message"], {"string_match": {"exact": words}})


def _has_claims() -> Json:
    return _metadata([CLAIMS, "client_id"], {"present_match": True})


def _metadata(path: list[str], value: Json, *, space: str = JWT_FILTER, or_absent: bool = False) -> Json:
    matcher = {"filter": space, "path": [{"key": key} for key in path], "value": value}
    return {"metadata_filter": {"matcher": matcher, "match_if_key_not_found": or_absent}}


def _escaped(document: Json) -> Json:
    """A per cent sign would start one of Envoy's own placeholders."""
    return {key: value.replace("%", "%%") if isinstance(value, str) else int(value) for key, value in document.items()}
