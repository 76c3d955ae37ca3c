"""Does anything personal get out by another way than an answer: a log, a problem, a figure, an address?"""

from typing import Any

import asyncpg
import pytest

from deploy.local.databases import Database
from tests.services.exchange.conftest import access_of, apply, bearing, client_of, serving
from tests.support.book import Book, establish, register
from tests.support.facts import person_id
from tests.support.granting import Granting
from tests.support.talking import talking

NAME, PID, CARD = "Canary Thị Chim", "031190777777", "DN4010777777777"
CASE = "canary case 77"
SECRETS = (NAME, "Canary", PID, CARD, "0777777777", CASE, person_id(1))


def subject(**changes: Any) -> dict[str, Any]:
    return {"identifier": {"type": "pid", "value": PID}, **changes}


ASKED: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("POST", "/persons/query", subject(fields=["name", "pid"])),
    ("POST", "/persons/query", subject(fields=["ethnicity"])),
    ("POST", "/persons/query", subject(fields=[NAME])),
    ("POST", "/persons/query", subject(fields=["name"], **{NAME: 1})),
    ("POST", "/persons/query", {"identifier": {"type": PID, "value": NAME}, "fields": ["name"]}),
    ("POST", "/persons/query", {"person": person_id(2), "fields": ["name"]}),
    ("POST", "/verifications", {"subject": subject(), "claims": [{"attribute": "name", "value": NAME}]}),
    ("POST", "/verifications", {"subject": subject(), "claims": [{"attribute": NAME, "value": "\u0000"}]}),
    ("GET", f"/feed?cursor={PID}", None),
    ("GET", f"/feed?limit={PID}", None),
    ("GET", "/feed", None),
    ("GET", f"/persons/{PID}", None),
    ("GET", "/metrics", None),
)


@pytest.fixture
async def database(exchange_database: Database) -> Database:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": bearing(NAME, pid=PID, bhyt=CARD)}})
    await apply(exchange_database, book.facts)
    return exchange_database


async def ask_everything(database: Database) -> list[tuple[int, str]]:
    """Every question, with and without the right to leave a line; what was answered, except to whom it is due."""
    answers = []
    async with serving(database) as app:
        app.state.verifier = Granting(access_of("police"))
        async with client_of(app) as client:
            for method, address, body in ASKED:
                base = "http://socai.test" if address == "/metrics" else ""
                response = await client.request(
                    method, f"{base}{address}", json=body, headers={"x-road-issue": CASE, "x-road-userid": PID}
                )
                answers.append((response.status_code, response.text))
    return answers


async def test_logs_problems_and_figures_hold_nothing_personal(
    database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    with talking():
        answers = await ask_everything(database)
        owner = await asyncpg.connect(database.owner_dsn)
        await owner.execute("revoke insert on disclosure from socai_exchange_reader")
        await owner.close()
        answers += await ask_everything(database)
    assert {status for status, _ in answers} >= {200, 403, 404, 422, 500}
    told = [text for status, text in answers if status != 200]
    out, err = capfd.readouterr()
    for secret in SECRETS:
        assert all(secret not in text for text in told), secret
        assert secret not in out, secret
        assert secret not in err, secret
        assert secret not in answers[-1][1], "figures"
