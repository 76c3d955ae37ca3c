"""Do documents, the door's table and the routes say the same?"""

from typing import Any

import pytest
from fastapi import FastAPI

from gateway.policy import POLICY, Upstream
from services.exchange.app import create_app
from services.exchange.settings import ExchangeSettings
from tests.services.exchange.conftest import KEY


@pytest.fixture
def app() -> FastAPI:
    return create_app(ExchangeSettings(reader_dsn="postgresql://nowhere", cursor_key=KEY))


def operations(app: FastAPI) -> dict[str, Any]:
    paths = app.openapi()["paths"]
    return {f"{method.upper()} {path}": found for path, methods in paths.items() for method, found in methods.items()}


def test_what_the_door_lets_through_is_what_there_is_with_the_same_scope(app: FastAPI) -> None:
    rows = {row.name: str(row.scope) for row in POLICY if row.upstream is Upstream.EXCHANGE and "/v1/" in row.path}
    documented = {
        name: next(iter(found["security"][0].values()))[0] for name, found in operations(app).items() if "/v1/" in name
    }
    assert documented == rows


def test_every_body_and_answer_is_described(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    for name in ("PersonsQuery", "PersonsAnswer", "VerificationRequest", "VerificationAnswer", "Views", "Problem"):
        assert schemas[name]["properties"], name


def test_the_document_says_what_a_page_of_the_feed_looks_like_and_where_to_go_on(app: FastAPI) -> None:
    answer = operations(app)["GET /exchange/v1/feed"]["responses"]["200"]
    assert answer["content"].keys() == {"application/cloudevents-batch+json"}
    assert answer["content"]["application/cloudevents-batch+json"]["schema"]["items"]["$ref"].endswith("/FeedEvent")
    assert answer["headers"].keys() == {"Link", "Content-Digest", "Socai-Position"}


def test_every_answer_that_has_a_position_says_so(app: FastAPI) -> None:
    for name, found in operations(app).items():
        assert "Socai-Position" in found["responses"]["200"]["headers"], name
