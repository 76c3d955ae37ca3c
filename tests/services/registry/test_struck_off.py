"""Is somebody found by what is on record of her double, so that nobody puts her on the books once more?"""

from deploy.local.databases import Database
from tests.services.registry.conftest import project
from tests.services.registry.test_candidates import BIRTH, LAN, ask, books, people
from tests.support.facts import person_id


async def test_what_is_on_record_of_a_double_finds_who_goes_on(registry_database: Database) -> None:
    book = books()
    gone = {"status": "merged", "household": None, "area": None, "merged_into": person_id(4)}
    book.record("person.merged", "2026-01-10", persons={person_id(1): gone})
    await project(registry_database, book.facts)
    by_number = await ask(registry_database, identifiers=[{"type": "pid", "value": "030190000001"}])
    assert people(by_number) == [person_id(4)]
    by_name = await ask(registry_database, name=LAN, birth=BIRTH)
    assert person_id(4) in people(by_name)
    assert person_id(1) not in people(by_name)
