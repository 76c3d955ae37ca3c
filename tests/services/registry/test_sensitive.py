"""Is what is known of contraception, pregnancy, screenings and checks given to those with the scope for it alone?"""

from typing import Any

import httpx
import pytest

from contracts.care import Care, Contraception, Pregnancy
from contracts.fields import FIELDS
from contracts.kinds import SENSITIVE
from contracts.scopes import Scope
from deploy.local.databases import Database
from tests.services.registry.conftest import EVERY_SCOPE, asking, project
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, household_id, named, person_id

WOMAN, CHILD = person_id(1), person_id(3)
HOME = household_id(1)
UNINITIATED = tuple(scope for scope in EVERY_SCOPE if scope != Scope.REGISTRY_CARE_READ)
PREGNANT = Care(pregnancy=Pregnancy("2025-09-01"))
DELIVERED = Care(pregnancy=Pregnancy("2025-09-01", ended="2026-01-20", outcome="birth"))
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("/persons/query", {"person": WOMAN}),
    ("/persons/query", {"person": WOMAN, "as_of": "2026-01-10"}),
    ("/persons/query", {"identifier": {"type": "pid", "value": "001190000001"}}),
    ("/households/query", {"household": HOME}),
    ("/households/query", {"household": HOME, "as_of": "2026-01-10"}),
    ("/history/query", {"person": WOMAN}),
    ("/history/query", {"household": HOME}),
    ("/search", {"name": "hoa"}),
    ("/search", {"household": HOME}),
    ("/persons/candidates", {"name": "Nguyễn Thị Hòa", "identifiers": [{"type": "pid", "value": "001190000001"}]}),
]
FOLLOWING: tuple[str, dict[str, Any]] = ("/areas/changes", {"area": AREA})


def life() -> Book:
    """A method begun, corrected and taken back, a pregnancy and the birth that closes it."""
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": named("Nguyễn Thị Hòa", pid="001190000001")}})
    pill = Care(contraception=Contraception("pill", "2025-08-20"))
    begun = book.record("person.contraception_started", "2025-08-20", persons={WOMAN: {"care": pill}}).position
    book.correct(begun, "2025-08-21")
    book.void(begun)
    book.record("person.pregnancy_reported", "2025-09-01", persons={WOMAN: {"care": PREGNANT}})
    child = {"sex": "female", "birth": "2026-01-20", "household": HOME, "area": AREA, "mother": WOMAN}
    book.record("person.born", "2026-01-20", persons={CHILD: child, WOMAN: {"care": DELIVERED}})
    book.record("person.married", "2025-08-10", persons={WOMAN: {"marital": "married"}})
    return book


@pytest.fixture
async def database(registry_database: Database) -> Database:
    await project(registry_database, life().facts)
    return registry_database


async def ask(client: httpx.AsyncClient, path: str, question: dict[str, Any]) -> httpx.Response:
    response = await client.post(path, json=question)
    assert response.status_code == 200, response.text
    return response


@pytest.mark.parametrize("scopes", [UNINITIATED, (Scope.REGISTRY_HISTORY_READ,), (Scope.REGISTRY_SEARCH,)])
async def test_no_answer_without_the_scope_says_anything_of_it(database: Database, scopes: tuple[Scope, ...]) -> None:
    async with asking(database, scopes=scopes) as client:
        followed = [FOLLOWING] if Scope.REGISTRY_PERSON_READ in scopes else []
        for path, question in [*QUESTIONS, *followed]:
            text = (await ask(client, path, question)).text
            said = [
                word for word in ("care", "pregnan", "contracept", "tránh thai", "pill", *SENSITIVE) if word in text
            ]
            assert said == [], (path, question)


async def test_the_state_with_the_scope_holds_it(database: Database) -> None:
    async with asking(database) as client:
        for path, question in QUESTIONS[:3]:
            [woman] = (await ask(client, path, question)).json()["persons"]
            assert woman["care"]["pregnancy"]["since"] == "2025-09-01"
        [home] = (await ask(client, *QUESTIONS[3])).json()["households"]
        changed = (await ask(client, *FOLLOWING)).json()["persons"]
    for people in (home["members"], changed):
        assert {member["id"] for member in people if "care" in member} == {WOMAN}


async def test_a_history_with_the_scope_tells_it_in_both_languages(database: Database) -> None:
    async with asking(database) as client:
        history = (await ask(client, "/history/query", {"person": WOMAN})).json()["history"]
    told = {entry["kind"]: entry for entry in history}
    assert list(told) == [
        "household.registered",
        "person.contraception_started",
        "fact.corrected",
        "fact.voided",
        "person.pregnancy_reported",
        "person.born",
        "person.married",
    ]
    assert told["person.contraception_started"]["status"] == "voided"
    assert told["person.pregnancy_reported"]["sentence"]["vi"].startswith("Thông tin thai sản, ngày 01/09/2025")
    [change] = told["person.born"]["changes"]
    assert (change["field"], change["after"]["outcome"]) == ("care.pregnancy", "birth")


async def test_a_history_without_the_scope_is_that_of_a_life_in_which_nothing_of_it_was_told(
    database: Database,
) -> None:
    async with asking(database, scopes=UNINITIATED) as client:
        history = (await ask(client, "/history/query", {"person": WOMAN})).json()["history"]
    assert [(entry["kind"], entry["on"], entry["status"]) for entry in history] == [
        ("household.registered", "2025-08-01", "standing"),
        ("person.married", "2025-08-10", "standing"),
    ]


def test_every_part_of_it_has_words_in_a_history() -> None:
    assert set(Care.__struct_fields__) <= set(FIELDS)


BLIND = {"disability": "sight", "disability_degree": "severe"}
UNTRUSTED = tuple(scope for scope in EVERY_SCOPE if scope != Scope.REGISTRY_DISABILITY_READ)


@pytest.fixture
async def disabled(registry_database: Database) -> Database:
    """A woman who is registered with a disability, and another of whom it is told, corrected and told with more."""
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": named("Nguyễn Thị Hòa", pid="001190000001")} | BLIND})
    register(book, 2, members={2: {"sex": "female"}})
    told = book.record("person.changed", "2025-09-01", persons={person_id(2): BLIND}).position
    book.correct(told, persons={person_id(2): {"disability": "movement"}})
    more = {"disability": "none", "disability_degree": "unknown", "occupation": "disability officer"}
    book.record("person.changed", "2025-10-01", persons={person_id(2): more})
    await project(registry_database, book.facts)
    return registry_database


async def test_a_disability_is_as_if_it_had_not_been_told_to_whoever_lacks_its_scope(disabled: Database) -> None:
    asked = [*QUESTIONS, ("/history/query", {"person": person_id(2)}), ("/persons/query", {"person": person_id(2)})]
    async with asking(disabled, scopes=UNTRUSTED) as client:
        for path, question in [*asked, FOLLOWING]:
            text = (await ask(client, path, question)).text.replace("disability officer", "")
            assert not [word for word in ("disabil", "khuyết tật", "sight", "severe", "movement") if word in text], path
        history = (await ask(client, "/history/query", {"person": person_id(2)})).json()["history"]
        assert [(one["kind"], one["status"]) for one in history] == [
            ("household.registered", "standing"),
            ("person.changed", "standing"),
        ]
        assert [change["field"] for change in history[1]["changes"]] == ["occupation"]


async def test_with_its_scope_a_disability_is_read_and_without_that_for_care_too(disabled: Database) -> None:
    async with asking(disabled, scopes=UNINITIATED) as client:
        [woman] = (await ask(client, *QUESTIONS[0])).json()["persons"]
        assert {name: woman[name] for name in BLIND} == BLIND
        history = (await ask(client, "/history/query", {"person": person_id(2)})).json()["history"]
        assert [one["kind"] for one in history] == [
            "household.registered",
            "person.changed",
            "fact.corrected",
            "person.changed",
        ]
