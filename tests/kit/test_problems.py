"""Do refusals say what is wrong, in both languages, and nothing else?"""

import json
import re

import pytest

from kit.http.openapi import PROBLEM_SCHEMA
from kit.http.problems import (
    ContradictsRecord,
    Fault,
    Internal,
    InvalidRequest,
    NotFound,
    Problem,
    Reason,
    Text,
    Unavailable,
    catalogue,
    declare,
    find_problem,
    language_of,
)
from tests.support.languages import LANGUAGES

STATUSES = {
    "invalid-request": 422,
    "invalid-json": 400,
    "unsupported-media-type": 415,
    "not-acceptable": 406,
    "payload-too-large": 413,
    "unauthenticated": 401,
    "scope-insufficient": 403,
    "purpose-not-permitted": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "contradicts-record": 409,
    "idempotency-key-reused": 409,
    "too-many-requests": 429,
    "unavailable": 503,
    "position-not-reached": 412,
    "internal": 500,
}


@pytest.mark.parametrize(("code", "status"), STATUSES.items())
def test_a_standard_code_keeps_its_status(code: str, status: int) -> None:
    problem = find_problem(code)
    assert problem is not None
    assert problem.status == status


@pytest.mark.parametrize("problem", catalogue(), ids=lambda problem: problem.code)
def test_every_problem_speaks_both_languages_under_a_stable_code(problem: type[Problem]) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", problem.code)
    for text in (problem.title, problem.detail):
        assert text.en
        assert text.vi
        assert text.en != text.vi


@pytest.mark.parametrize("problem", catalogue(), ids=lambda problem: problem.code)
def test_words_for_people_name_no_member_of_the_document(problem: type[Problem]) -> None:
    for words in (*problem.title, *problem.detail):
        assert not re.search(r"\b(errors|reasons|pointer)\b", words)


def test_a_document_has_the_members_of_rfc_9457() -> None:
    assert NotFound().document() == {
        "type": "/problems/not-found",
        "title": "Nothing here within your rights",
        "status": 404,
        "detail": "It does not exist, or it is outside of what you may see.",
    }


def test_places_and_reasons_are_members_of_their_own() -> None:
    invalid = InvalidRequest(errors=[Fault("#/data/on", "date-parsing")])
    assert invalid.document()["errors"] == [{"pointer": "#/data/on", "code": "date-parsing"}]
    refused = ContradictsRecord(reasons=[Reason("already-dead", [17], Text("Died before", "Đã mất trước đó"))])
    assert refused.document("vi")["reasons"] == [{"code": "already-dead", "facts": [17], "text": "Đã mất trước đó"}]


def test_a_body_is_the_document_with_and_without_members_of_its_own() -> None:
    for problem in (NotFound(), Internal(), InvalidRequest(errors=[Fault("#", "missing")])):
        for _ in range(2):
            assert json.loads(problem.body("vi")) == problem.document("vi")


def test_what_passes_by_itself_says_when_to_ask_again() -> None:
    assert Unavailable(retry_after=7).headers() == {"Retry-After": "7"}
    assert Unavailable(retry_after=7).document()["retry_after"] == 7


def test_a_code_belongs_to_one_class() -> None:
    with pytest.raises(TypeError, match="the code not-found belongs to NotFound"):
        type(
            "Another",
            (Problem,),
            {"code": "not-found", "status": 404, "title": NotFound.title, "detail": NotFound.detail},
        )


def test_a_code_without_texts_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="lacks status, title, detail"):
        type("Silent", (Problem,), {"code": "silent"})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-GB, vi;q=0.5", "en"),
        ("fr, vi;q=0.2", "vi"),
        ("vi-VN, vi;q=0.1, en;q=0.5", "vi"),
        ("vi;q=0", "en"),
        ("vi;q=nonsense", "en"),
        ("*", "en"),
        ("vi" * 5000, "en"),
        *LANGUAGES.items(),
    ],
)
def test_the_language_is_what_the_header_prefers(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_a_route_declares_the_problems_of_one_status_together() -> None:
    declared = declare(
        NotFound, find_problem("contradicts-record") or NotFound, find_problem("idempotency-key-reused") or NotFound
    )
    assert set(declared) == {404, 409}
    assert "`contradicts-record`" in declared[409]["description"]
    assert "`idempotency-key-reused`" in declared[409]["description"]


def test_the_document_names_every_member_that_a_problem_may_have() -> None:
    fault = Fault("query/limit", "too-large", Text("Less", "Ít hơn"))
    reason = Reason("already-dead", [17], Text("Died before", "Đã mất trước đó"), instead="018f")
    whole = ContradictsRecord(errors=[fault], reasons=[reason], retry_after=1).document("en")
    described = PROBLEM_SCHEMA["properties"]
    assert whole.keys() == described.keys()
    for name in ("errors", "reasons"):
        assert whole[name][0].keys() == described[name]["items"]["properties"].keys()
