"""Which addresses give figures, and what do they answer?"""

from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from contracts.ids import EVERYWHERE
from contracts.scopes import Scope
from contracts.unit import Hierarchy, UnitState
from kit.auth.access import Access
from kit.auth.callers import require
from kit.http.application import json_response, router
from kit.http.problems import InvalidRequest, NotFound, PositionNotReached, PurposeNotPermitted, declare
from services.reporting import figures
from services.reporting.answers import answer, ordered, place, wants_csv
from services.reporting.balance import TERMS, balance, by_part, flows_by_part
from services.reporting.cubes.cells import month_text
from services.reporting.cubes.statistics import (
    BALANCE_IN,
    BALANCE_OUT,
    FLOW_CUTS,
    MEASURES,
    STOCK_CUTS,
    TERRITORY_IN,
    TERRITORY_OUT,
    catalogue,
)
from services.reporting.geography import (
    REST,
    TRANSIT,
    TRANSIT_PART,
    Parts,
    areas_of,
    divide,
)
from services.reporting.places import require_within
from services.reporting.questions import (
    BalanceQuestion,
    Cuts,
    FigureQuestion,
    FlowsQuestion,
    PopulationQuestion,
    UnitsQuestion,
    last_day,
    read_cuts,
    read_kinds,
    read_month,
    read_months,
)
from services.reporting.reading import Moment, moment
from services.reporting.shapes import (
    BalanceAnswer,
    FlowsAnswer,
    PopulationAnswer,
    StatisticsAnswer,
    UnitsAnswer,
)
from services.reporting.sources import Sources

Reader = Annotated[Access, require(Scope.REPORTING_FIGURES_READ)]

reporting = router("/reporting/v1")
PROBLEMS = declare(InvalidRequest, PurposeNotPermitted, NotFound, PositionNotReached)


def _responses(model: type[Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model, "content": {"text/csv": {"schema": {"type": "string"}}}}, **PROBLEMS}


@reporting.get("/population", responses=_responses(PopulationAnswer), tags=["figures"])
async def population(request: Request, access: Reader, question: Annotated[PopulationQuestion, Query()]) -> Response:
    """Count the people of a unit at the end of a month."""
    sources: Sources = request.app.state.sources
    cuts = read_cuts(question.by, STOCK_CUTS)
    month = read_month(question.month, sources.reading.today())
    geography = question.geography or last_day(month)
    async with moment(sources, question.not_before, question.as_known) as now:
        hierarchy = await now.hierarchy(geography)
        parts = await _parts(now, hierarchy, question, cuts, access)
        found = await figures.stocks(now.connection, parts, month, now.known, cuts=cuts.others)
    rows = [{**_labels(parts, part, cuts), **values, "value": n} for part, values, n in found if part != TRANSIT_PART]
    if not cuts.names:
        rows = rows or [{"value": 0}]
    body = _about(now, question, cuts, month, geography) | {"month": month_text(month)}
    body["total"] = sum(row["value"] for row in rows)
    if parts.whole:
        body["in_transit"] = by_part(found).get(TRANSIT_PART, 0)
    keys = [*_label_columns(cuts), *cuts.others]
    return answer(
        body,
        [*keys, "value"],
        ordered(rows, keys),
        position=now.position,
        as_csv=wants_csv(request, question.format),
    )


@reporting.get("/flows", responses=_responses(FlowsAnswer), tags=["figures"])
async def flows(request: Request, access: Reader, question: Annotated[FlowsQuestion, Query()]) -> Response:
    """Count what happened in a unit. A move inside the unit asked for is no flow of that unit."""
    sources: Sources = request.app.state.sources
    cuts = read_cuts(question.by, FLOW_CUTS)
    kinds = read_kinds(question.kind)
    months = read_months(question.from_, question.to, sources.reading.today())
    geography = question.geography or last_day(months[1])
    async with moment(sources, question.not_before, question.as_known) as now:
        hierarchy = await now.hierarchy(geography)
        parts = await _parts(now, hierarchy, question, cuts, access)
        codes = [MEASURES[kind].code for kind in kinds]
        found = await figures.flows(now.connection, parts, months, now.known, codes=codes, cuts=cuts.others)
    rows = [
        {"flow": name, **_labels(parts, part, cuts), **values, "value": n}
        for part, name, values, n in found
        if part != TRANSIT_PART and name in kinds
    ]
    if not cuts.names:
        told = {row["flow"] for row in rows}
        rows += [{"flow": kind, "value": 0} for kind in kinds if kind not in told]
    keys = ["flow", *_label_columns(cuts), *cuts.others]
    return answer(
        _about(now, question, cuts, months[1], geography) | _period(months),
        [*keys, "value"],
        ordered(rows, keys),
        position=now.position,
        as_csv=wants_csv(request, question.format),
    )


@reporting.get("/balance", responses=_responses(BalanceAnswer), tags=["figures"])
async def balances(request: Request, access: Reader, question: Annotated[BalanceQuestion, Query()]) -> Response:
    """Set the population at both ends of a period against what happened between; `difference` must be 0."""
    sources: Sources = request.app.state.sources
    cuts = read_cuts(question.by, ())
    months = read_months(question.from_, question.to, sources.reading.today())
    geography = question.geography or last_day(months[1])
    async with moment(sources, question.not_before, question.as_known) as now:
        hierarchy = await now.hierarchy(geography)
        parts = await _parts(now, hierarchy, question, cuts, access)
        earlier = await now.hierarchy(question.geography_from or geography)
        if (known := earlier.units.get(question.unit)) is not None and known.valid_to is None:
            require_within(await now.present_hierarchy(), question.unit, earlier.areas(known.id), access.areas)
        terms = await _terms(now, parts, _counterpart(earlier, parts, question, cuts), months)
    shown = [part for part in terms if part != TRANSIT_PART and (not cuts.level or any(terms[part].values()))]
    rows = [{**_labels(parts, part, cuts), **terms[part]} for part in shown]
    body = _about(now, question, cuts, months[1], geography) | _period(months)
    body["geography_from"] = question.geography_from or geography
    body["difference"] = sum(abs(row["difference"]) for row in terms.values())
    if parts.whole:
        body["in_transit"] = terms[TRANSIT_PART]
    keys = _label_columns(cuts)
    return answer(
        body, [*keys, *TERMS], ordered(rows, keys), position=now.position, as_csv=wants_csv(request, question.format)
    )


@reporting.get("/units", responses=_responses(UnitsAnswer), tags=["figures"])
async def units(request: Request, access: Reader, question: Annotated[UnitsQuestion, Query()]) -> Response:  # noqa: ARG001 - which units there are is public to every reader
    """List the units and areas as they stood on a day."""
    sources: Sources = request.app.state.sources
    as_of = question.as_of or sources.reading.today()
    async with moment(sources, question.not_before, question.as_known) as now:
        hierarchy = await now.hierarchy(as_of)
    rows = [_unit(state) for state in hierarchy.units.values() if state.valid_to is None]
    as_csv = wants_csv(request, question.format)
    if as_csv:
        for row in rows:
            row |= {f"name_{language}": row["names"].get(language) for language in ("vi", "en")}
            row["predecessors"] = " ".join(one["unit"] for one in row["predecessors"])
    columns = ["unit", "code", "level", "name_vi", "name_en", "parent", "valid_from", "predecessors", "type"]
    body = {"as_of": as_of, "as_known": now.known}
    return answer(body, columns, ordered(rows, ["unit"]), position=now.position, as_csv=as_csv)


@reporting.get("/statistics", responses={200: {"model": StatisticsAnswer}, **PROBLEMS}, tags=["figures"])
async def statistics(access: Reader) -> Response:  # noqa: ARG001 - as for units
    """List the figures that may be asked for: names, titles, definitions, units of measure and breakdowns."""
    return json_response({"rows": catalogue()})


async def _parts(now: Moment, hierarchy: Hierarchy, question: FigureQuestion, cuts: Cuts, access: Access) -> Parts:
    parts = divide(hierarchy, question.unit, cuts.level)
    areas = [] if question.unit in {EVERYWHERE, TRANSIT} else areas_of(hierarchy, question.unit)
    require_within(await now.present_hierarchy(), question.unit, areas, access.areas)
    return parts


async def _terms(now: Moment, parts: Parts, earlier: Parts, months: tuple[int, int]) -> dict[int, dict[str, int]]:
    """Set up the balance of every part."""
    connection, known = now.connection, now.known
    codes = [MEASURES[name].code for name in (*BALANCE_IN, *BALANCE_OUT, TERRITORY_IN, TERRITORY_OUT)]
    here = by_part(await figures.stocks(connection, parts, months[0] - 1, known))
    there = here if earlier is parts else by_part(await figures.stocks(connection, earlier, months[0] - 1, known))
    end = by_part(await figures.stocks(connection, parts, months[1], known))
    happened = flows_by_part(await figures.flows(connection, parts, months, known, codes=codes))
    return {
        part: balance(there.get(part, 0), here.get(part, 0), happened.get(part, {}), end.get(part, 0))
        for part in (*parts.units, *([TRANSIT_PART] if parts.whole else []))
    }


def _counterpart(earlier: Hierarchy, parts: Parts, question: BalanceQuestion, cuts: Cuts) -> Parts:
    """Divide the country of an earlier day into the same units, as far as they existed then."""
    if question.geography_from is None or question.geography_from == question.geography:
        return parts
    numbers = {state.id: number for number, state in parts.units.items() if state is not None}
    known = earlier.units.get(question.unit)
    if question.unit in {EVERYWHERE, TRANSIT} or (known is not None and known.valid_to is None):
        then = divide(earlier, question.unit, cuts.level)
    else:
        then = Parts(whole=False, areas=[], numbers=[], units={})
    renumbered = [
        number if number in {REST, TRANSIT_PART} else numbers.get(getattr(then.units[number], "id", ""), REST)
        for number in then.numbers
    ]
    return Parts(whole=then.whole, areas=then.areas, numbers=renumbered, units=parts.units)


def _label_columns(cuts: Cuts) -> list[str]:
    return ["unit", "code", "name"] if cuts.level else []


def _labels(parts: Parts, part: int, cuts: Cuts) -> dict[str, Any]:
    return place(parts.units.get(part)) if cuts.level else {}


def _about(now: Moment, question: FigureQuestion, cuts: Cuts, month: int, geography: str) -> dict[str, Any]:
    return {
        "unit": question.unit,
        "as_of": last_day(month),
        "as_known": now.known,
        "geography": geography,
        "by": cuts.names,
    }


def _period(months: tuple[int, int]) -> dict[str, str]:
    return {"from": month_text(months[0]), "to": month_text(months[1])}


def _unit(state: UnitState) -> dict[str, Any]:
    return {
        "unit": state.id,
        "code": state.code,
        "level": state.level,
        "names": state.names,
        "parent": state.parent,
        "valid_from": state.valid_from,
        "predecessors": [{"unit": one.unit, "whole": one.whole} for one in state.predecessors],
        "type": state.type,
    }
