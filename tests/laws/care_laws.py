"""Does the registry tell whoever may not see it anything of contraception, pregnancy, screenings and checks?"""

import httpx

from contracts.event import CATALOGUE
from contracts.kinds.correction import FactCorrected, FactVoided
from tests.laws.counting import Known
from tests.laws.histories import PEOPLE
from tests.laws.people_laws import LATER, told_person
from tests.laws.telling import Broken, Teller


def sensitive_reports(teller: Teller) -> set[str]:
    """Reports of such kinds, and all that amends them, which may have been told before them."""
    events = {report.id: CATALOGUE[report.type].parse(report.data) for report in teller.told.values()}
    amended = {one: event.fact for one, event in events.items() if isinstance(event, FactCorrected | FactVoided)}
    found = {one for one, event in events.items() if event.sensitive}
    while more := {one for one, fact in amended.items() if fact in found} - found:
        found |= more
    return found


async def check_withheld(client: httpx.AsyncClient, teller: Teller) -> None:
    """Every state is the oracle's without it, and no history has a trace of it."""
    people = Known(teller.oracle, len(teller.rows)).people(LATER)
    withheld = sensitive_reports(teller)
    for person in PEOPLE:
        response = await client.post("/persons/query", json={"person": person})
        found = None if response.status_code == 404 else told_person(response.json()["persons"][0])
        wanted = {**people[person], "care": None} if person in people else None
        if found != wanted:
            raise Broken("what is sensitive is withheld", person=person, found=found, wanted=wanted)
        response = await client.post("/history/query", json={"person": person})
        entries = [] if response.status_code == 404 else response.json()["history"]
        for entry in entries:
            shown = {entry["report"], *(one["report"] for one in entry["corrected_by"])}
            if shown & withheld or any(change["field"].startswith("care") for change in entry["changes"]):
                raise Broken("histories withhold what is sensitive", person=person, entry=entry)
