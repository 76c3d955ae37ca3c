"""How does the document of this API describe the one route that reads its body itself?"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from contracts.event import CATALOGUE, TYPE_PREFIX
from contracts.ids import UUID7
from contracts.scopes import Scope
from kit.http.problems import (
    MEDIA_TYPE,
    ContradictsRecord,
    DeviceExpired,
    DeviceRevoked,
    DeviceUnknown,
    IdempotencyKeyReused,
    InvalidJson,
    InvalidRequest,
    Problem,
    PurposeNotPermitted,
    SignatureInvalid,
    SignatureMissing,
    UnsupportedMediaType,
    declare,
)

ONE, BATCH, NDJSON, BINARY = (
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/x-ndjson",
    "application/json",
)
MOST_IN_BATCH = 100
Fate = Literal["recorded", "waiting", "handed_over", "returned", "refused", "duplicate", "voided"]
_DUPLICATE = {"type": "boolean", "description": "It was told before under this id; this is the first outcome."}
_ANSWER = {
    "type": "object",
    "required": ["id", "fate"],
    "properties": {
        "line": {"type": "integer", "description": "Line of a batch, counted from 1."},
        "id": {"type": ["string", "null"], "description": "The report's id."},
        "fate": {"enum": [*get_args(Fate), None]},
        "position": {"type": ["integer", "null"], "description": "Where the ledger has it."},
        "need": {"type": "string", "description": "What a waiting report waits for: see Waiting in the catalogue."},
        "reasons": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ReasonTold"},
            "description": "Why it waits for the office, or was handed over.",
        },
        "notes": {"type": "array", "items": {"type": "string"}, "description": "Warnings and tasks, as codes."},
        "duplicate": _DUPLICATE,
        "instead": {
            "type": "string",
            "description": "The id of the child that is on the books already; the one that was told leads to it.",
        },
        "reports": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ReportFate"},
            "description": "Of a decision by which reports were decided: the fate of each, and why it was refused.",
        },
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}
_ANSWERS = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": _ANSWER}},
}
_JSON_ANSWER = {"application/json": {"schema": _ANSWER}}
_REFUSED = {
    "allOf": [
        {"$ref": "#/components/schemas/Problem"},
        {
            "type": "object",
            "properties": {
                "id": {"type": "string", "description": "The report's id, where a single one was decided."},
                "fate": {
                    "enum": list(get_args(Fate)),
                    "description": "What became of it for good; without one nothing of it was kept, and the same id "
                    "may be sent again.",
                },
                "duplicate": _DUPLICATE,
            },
        },
    ]
}
_EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "pattern": UUID7, "description": "UUIDv7 made by the sender: the idempotency key."},
        "source": {"type": "string"},
        "type": {"enum": sorted(CATALOGUE), "description": f"`{TYPE_PREFIX}<kind>.v<version>`, see the catalogue."},
        "time": {"type": "string", "format": "date-time", "description": "The sender's clock; decides nothing."},
        "device": {"type": "string"},
        "devicesequence": {"type": "integer", "minimum": 1},
        "signature": {"type": "string", "description": "Detached JWS (ES256) of the device over canonical JSON."},
        "data": {"type": "object", "description": "The payload of the kind."},
    },
}


def _refused(*problems: type[Problem]) -> Mapping[int | str, dict[str, Any]]:
    """Declare problems, and whatever else may come, which may say which single report they are about."""
    described = {"content": {MEDIA_TYPE: {"schema": _REFUSED}}}
    whatever: dict[int | str, dict[str, Any]] = {status: {"description": "A problem"} for status in ("4XX", "5XX")}
    return {status: told | described for status, told in (whatever | declare(*problems)).items()}


POST_REPORTS = {
    "tags": ["reports"],
    "security": [{"authority": [Scope.EVENTS_REPORT_WRITE]}],
    "summary": "Report what happened",
    "description": "One CloudEvent of up to 500,000 bytes, a batch of up to 100 (4 MiB), or NDJSON in bulk. Answered "
    "when everything is durable.",
    "parameters": [
        {
            "name": "Socai-Signature",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "Detached JWS (ES256) of the device over all reports of this request.",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            ONE: {"schema": _EVENT},
            BATCH: {"schema": {"type": "array", "items": _EVENT, "maxItems": MOST_IN_BATCH}},
            NDJSON: {"schema": {"type": "string", "description": "One CloudEvent a line."}},
            BINARY: {"schema": {"type": "object", "description": "The payload; attributes as `ce-` headers."}},
        },
    },
    "responses": {
        "201": {"description": "Recorded", "content": _JSON_ANSWER},
        "202": {"description": "Waits for what it needs", "content": _JSON_ANSWER},
        "200": {
            "description": "Told before; or the answers of a batch, in order",
            "content": {
                "application/json": {"schema": {"anyOf": [_ANSWER, _ANSWERS]}},
                NDJSON: {"schema": {"type": "string", "description": "The answer to each line, one a line."}},
            },
        },
        **_refused(
            ContradictsRecord,
            IdempotencyKeyReused,
            InvalidRequest,
            SignatureInvalid,
            SignatureMissing,
            DeviceUnknown,
            DeviceRevoked,
            DeviceExpired,
            InvalidJson,
            PurposeNotPermitted,
            UnsupportedMediaType,
        ),
    },
}
