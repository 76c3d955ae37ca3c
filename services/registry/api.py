"""Which addresses tell who lives where, and what do they answer? Nobody's id stands in an address."""

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from contracts.person import NOTHING
from contracts.scopes import Scope
from contracts.withheld import withheld
from kit.auth.access import Access
from kit.auth.callers import insist, require
from kit.http.application import NotBefore, json_response, router
from kit.http.faults import worded
from kit.http.problems import InvalidRequest, NotFound, PositionNotReached, declare
from services.registry import candidates, following, histories, searching
from services.registry.explanations import without_personal
from services.registry.following import Place
from services.registry.lookups import (
    Found,
    decode_household_state,
    decode_person_state,
    find_households,
    find_members,
    find_numbered,
    find_persons,
    holders,
    visible_households,
    visible_persons,
)
from services.registry.questions import (
    AreaChangesQuestion,
    CandidatesQuestion,
    HistoryQuestion,
    HouseholdsQuestion,
    PersonsQuestion,
    SearchQuestion,
)
from services.registry.reading import Moment, moment
from services.registry.sensitive import without_sensitive
from services.registry.shapes import (
    AreaChangesAnswer,
    CandidatesAnswer,
    HistoryAnswer,
    HouseholdsAnswer,
    PersonsAnswer,
    SearchAnswer,
)
from services.registry.sources import Sources

registry = router("/registry/v1", tags=["registry"])


def _responses(model: type[Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}, **declare(InvalidRequest, NotFound, PositionNotReached)}


@registry.post("/persons/query", responses=_responses(PersonsAnswer))
async def persons(
    request: Request,
    access: Annotated[Access, require(Scope.REGISTRY_PERSON_READ)],
    question: PersonsQuestion,
    not_before: NotBefore = None,
) -> Response:
    """Give a person's state and household, now, as of a day, or as known at a moment."""
    async with moment(_sources(request), not_before, question.as_of, question.as_known) as now:
        ids = [question.person] if question.person else []
        if question.identifier:
            ids = await holders(now.connection, question.identifier.type, question.identifier.value)
        found = await visible_persons(now, await now.sight(access), await find_persons(now, ids))
    if not found:
        raise NotFound
    return _answer(now, {"persons": [_person(one, access) for one in found]})


@registry.post("/households/query", responses=_responses(HouseholdsAnswer))
async def households(
    request: Request,
    access: Annotated[Access, require(Scope.REGISTRY_HOUSEHOLD_READ)],
    question: HouseholdsQuestion,
    not_before: NotBefore = None,
) -> Response:
    """Give a household and its members, now, as of a day, or as known at a moment."""
    async with moment(_sources(request), not_before, question.as_of, question.as_known) as now:
        if question.household:
            found = await find_households(now, [question.household])
        else:
            found = await find_numbered(now, question.area or "", question.number or "")
        sight = await now.sight(access)
        found = await visible_households(now, sight, found)
        # It may have stood elsewhere then, with people who did not come along.
        members = [await visible_persons(now, sight, await find_members(now, one.entity)) for one in found]
    if not found:
        raise NotFound
    answer = [
        {"household": _household(one, access), "members": [_person(member, access) for member in own]}
        for one, own in zip(found, members, strict=True)
    ]
    return _answer(now, {"households": answer})


@registry.post("/history/query", responses=_responses(HistoryAnswer))
async def history(
    request: Request,
    access: Annotated[Access, require(Scope.REGISTRY_HISTORY_READ)],
    question: HistoryQuestion,
    not_before: NotBefore = None,
) -> Response:
    """Tell how a person, a household or a unit came to be what it is: what, when, told by whom, corrected by what.

    Only whoever sees where they stand now, or last stood, may read it.
    """
    async with moment(_sources(request), not_before, None, question.as_known) as now:
        known = min(now.known, now.position)
        sight = await now.sight(access)
        steps = await histories.steps_of(now.connection, question)
        place = question.unit or histories.last_area(steps)
        if not any(step.position <= known for step in steps) or not sight.sees(place):
            raise NotFound
        entries = await histories.history_of(now, question, steps, known, withheld(access.scopes))
        if question.household and Scope.REGISTRY_PERSON_READ in access.scopes:
            entries = await histories.with_names(now, sight, entries)
    needed = Scope.REGISTRY_HOUSEHOLD_READ if question.household else Scope.REGISTRY_PERSON_READ
    shown = entries if needed in access.scopes else without_personal(entries)
    return json_response({"position": now.position, "as_known": known, "history": shown}, position=now.position)


@registry.post("/search", responses=_responses(SearchAnswer))
async def search(
    request: Request,
    access: Annotated[Access, require(Scope.REGISTRY_SEARCH)],
    question: SearchQuestion,
    not_before: NotBefore = None,
) -> Response:
    """Find persons by name (with or without diacritics), identifier or household.

    Whoever may read persons finds them by numbers that were replaced or withdrawn, too.
    """
    sources = _sources(request)
    async with moment(sources, not_before) as now:
        former = Scope.REGISTRY_PERSON_READ in access.scopes
        page = await searching.search(now, await now.sight(access), question, access.client_id, former=former)
    persons = [_person(one, access) for one in page.found]
    return _answer(now, {"persons": persons, "former": page.former, "cursor": page.cursor})


@registry.post("/areas/changes", responses=_responses(AreaChangesAnswer))
async def area_changes(
    request: Request,
    access: Annotated[Access, require(Scope.REGISTRY_HOUSEHOLD_READ)],
    question: AreaChangesQuestion,
    not_before: NotBefore = None,
) -> Response:
    """Tell what changed in an area since the last time: a program follows the area, or builds it from nothing.

    Asked again with the cursor while there is `more`; without a cursor everything is given. A cursor that is
    `outdated`, as after a restore that could not bring back all, means to begin without one.
    """
    sources = _sources(request)
    insist(request, access, Scope.REGISTRY_HOUSEHOLD_READ, Scope.REGISTRY_PERSON_READ)
    since = Place() if question.cursor is None else sources.cursors.read(question.cursor, Place, question.area)
    async with moment(sources, not_before) as now:
        if not (await now.sight(access)).sees(question.area):
            raise NotFound
        if not await since.stands(now):
            raise InvalidRequest(errors=[worded("#/cursor", "outdated")])
        found = await following.changed_since(now, question.area, since.round, question.limit, withheld(access.scopes))
        reached = await Place.at(now, found.reached)
    body = {
        "households": [msgspec.Raw(state) for state in found.households],
        "persons": [_person(Found("", state), access) for state in found.persons],
        "left": found.left,
        "cursor": sources.cursors.write(reached, question.area),
        "more": found.more,
    }
    return _answer(now, body)


@registry.post("/persons/candidates", responses=_responses(CandidatesAnswer))
async def person_candidates(
    request: Request,
    access: Annotated[Access, require(Scope.REGISTRY_SEARCH)],
    question: CandidatesQuestion,
    not_before: NotBefore = None,
) -> Response:
    """Find who on the books may be somebody that is about to be put on them, with what speaks for and against it.

    Also looked for is outside of the caller's areas, if one person is described: by a number, or by a whole name and
    a birth date. Of who lives there it is said why she may be meant, and in which commune, and nothing else.
    """
    async with moment(_sources(request), not_before) as now:
        sight = await now.sight(access)
        places = await searching.within(now, sight, question.previous, "#/previous")
        found = await candidates.find_candidates(now, question, places, sight)
        hierarchy = sight.hierarchy or await now.sources.hierarchies.get(now.connection, now.as_of)
    told = [candidates.shown(one, sight, hierarchy, _person(one.found, access)) for one in found.best]
    return _answer(now, {"candidates": told, "complete": found.complete})


def _sources(request: Request) -> Sources:
    sources: Sources = request.app.state.sources
    return sources


def _answer(now: Moment, body: dict[str, Any]) -> Response:
    return json_response(now.about() | body, position=now.position)


def _person(one: Found, access: Access) -> msgspec.Raw:
    shown = without_sensitive(one.state, withheld(access.scopes))
    if Scope.REGISTRY_PERSON_READ in access.scopes:
        return msgspec.Raw(shown)
    state = msgspec.structs.replace(decode_person_state(shown), personal=NOTHING)
    return msgspec.Raw(msgspec.json.encode(state))


def _household(one: Found, access: Access) -> msgspec.Raw:
    if Scope.REGISTRY_HOUSEHOLD_READ in access.scopes:
        return msgspec.Raw(one.state)
    state = msgspec.structs.replace(decode_household_state(one.state), personal=NOTHING)
    return msgspec.Raw(msgspec.json.encode(state))
