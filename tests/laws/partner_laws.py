"""Does a partner learn of exactly those in sight, as they are now: by asking, and by following the feed?"""

from typing import Any

import httpx
import msgspec

from contracts.person import PersonState
from services.exchange.lens import Lens
from services.exchange.partners import VIEWS
from tests.laws.counting import Known
from tests.laws.histories import PEOPLE
from tests.laws.people_laws import LATER
from tests.laws.scene import State
from tests.laws.telling import Broken, Teller
from tests.services.exchange.conftest import KEY, going_on

Copy = dict[str, dict[str, Any]]


def shown(person: str, state: State, lens: Lens) -> dict[str, Any]:
    """What a view shows of a state."""
    told = {name: value for name, value in state.items() if name != "sort"}
    packed = {"id": person, "personal": msgspec.Raw(msgspec.json.encode(told["personal"]))}
    return lens.show(msgspec.json.encode(PersonState(**told | packed)))


class Follower:
    """A partner's copy, kept by its feed alone."""

    def __init__(self, client: httpx.AsyncClient, partner: str, areas: tuple[str, ...]) -> None:
        self.client = client
        self.partner = partner
        self.lens = Lens(VIEWS[partner], KEY)
        self.areas = areas
        self.copy: Copy = {}
        self._address = "/feed?limit=7"

    async def catch_up(self) -> None:
        while True:
            response = await self.client.get(self._address)
            if response.status_code != 200:
                raise Broken("a feed goes on", status=response.status_code, said=response.text)
            self._address = going_on(response)
            for event in response.json():
                told = event["data"]
                if told["state"] is None:
                    self.copy.pop(told["person"], None)
                else:
                    self.copy[told["person"]] = told["state"]
            if not response.json():
                return

    def check(self, teller: Teller) -> None:
        known = Known(teller.oracle, len(teller.rows))
        wanted = {
            self.lens.refer(person): shown(person, state, self.lens)
            for person, state in known.people(LATER).items()
            if self.areas == ("VN",) or known.last_areas[person] in self.areas
        }
        # A view that shows relations and is not told who becomes the head knows them only as of its last news.
        unsure = () if "household.head_changed" in VIEWS[self.partner].kinds else ("relation",)
        for state in (*self.copy.values(), *wanted.values()):
            for name in unsure:
                state.pop(name, None)
        names = [one for one in self.copy | wanted if self.copy.get(one) != wanted.get(one)]
        if names:
            differs = {one: (self.copy.get(one), wanted.get(one)) for one in names}
            raise Broken("a copy is who is in sight", areas=self.areas, found_and_wanted=differs)


async def check_lookups(client: httpx.AsyncClient, partner: str, teller: Teller) -> None:
    """Everybody asked for by id, and by number: where several bear one, doubles apart, nobody is shown."""
    known = Known(teller.oracle, len(teller.rows)).people(LATER)
    lens = Lens(VIEWS[partner], KEY)
    fields = list(VIEWS[partner].fields)
    for number, person in enumerate(PEOPLE):
        pid = f"{number:012d}"
        bearers = [one for one, s in known.items() if pid in str((s["personal"] or {}).get("identifiers"))]
        bearers = [one for one in bearers if known[one]["status"] != "merged"] or bearers
        for asked, wanted in (
            ({"person": person}, [person] if person in known else []),
            ({"identifier": {"type": "pid", "value": pid}}, bearers),
        ):
            response = await client.post("/persons/query", json={"fields": fields, "subjects": [asked]})
            (answer,) = response.json()["results"]
            found = answer["result"], answer.get("person"), answer.get("fields")
            if len(wanted) == 1:
                (one,) = wanted
                right = found == ("found", one, shown(one, known[one], lens))
            else:
                right = found == ("ambiguous" if wanted else "not-found", None, None)
            if not right:
                raise Broken("a partner is told what is known", asked=asked, answer=answer, wanted=wanted)
