"""Does what readers count equal what the twin told, less what was there before?"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deploy.local.province.counting import FLOWS, Counted, Counts
from deploy.local.province.totals import Standing, Totals

SHOWN = 10


class Line(NamedTuple):
    """One control total; `areas` names the first places that differ where it is one of many places."""

    what: str
    told: int
    found: int
    areas: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        return self.told == self.found and not self.areas


def stock_lines(totals: Totals, before: Counted, found: Counted) -> Iterator[Line]:
    """Compare the first day, area by area."""
    persons = {area: standing.persons for area, standing in totals.stock.areas.items()}
    yield _of_areas("persons by area, reporting", persons, before.reported, found.reported)
    yield from _standing(totals.stock.areas, before, found)


def _standing(areas: Mapping[str, Standing], before: Counted, found: Counted) -> Iterator[Line]:
    persons = {area: standing.persons for area, standing in areas.items()}
    households = {area: standing.households for area, standing in areas.items()}
    yield _of_areas("persons by area, registry", persons, before.persons, found.persons)
    yield _of_areas("households by area, registry", households, before.households, found.households)


def _of_areas(what: str, told: Mapping[str, int], before: Counts, found: Counts) -> Line:
    came = {area: found.get(area, 0) - before.get(area, 0) for area in told}
    wrong = [f"{area}: {came[area]:,} instead of {n:,}" for area, n in told.items() if came[area] != n]
    return Line(f"{what} ({len(told):,})", sum(told.values()), sum(came.values()), tuple(wrong[:SHOWN]))


def month_lines(totals: Totals, before: Counted, found: Counted) -> Iterator[Line]:
    """Compare every month; the registry is asked as of now, which is the end of the last one."""
    for month in totals.months_totals:
        for flow in FLOWS:
            came = found.flows.get(month.month, {}).get(flow, 0) - before.flows.get(month.month, {}).get(flow, 0)
            yield Line(f"{flow} {month.month}", getattr(month, flow), came)
        came = found.population.get(month.month, 0) - before.population.get(month.month, 0)
        yield Line(f"persons at the end of {month.month}", month.persons_at_end, came)
    if totals.months_totals:
        yield from _standing(totals.months_totals[-1].areas, before, found)


def render(lines: list[Line]) -> str:
    """Lay the lines out; what differs is said below, place by place."""
    width = max((len(line.what) for line in lines), default=0)
    shown = [f"{'':{width}}  {'told':>12}  {'counted':>12}"]
    for line in lines:
        verdict = "" if line.equal else "  DIFFERS"
        shown.append(f"{line.what:{width}}  {line.told:>12,}  {line.found:>12,}{verdict}")
        shown += [f"    {area}" for area in line.areas]
    return "\n".join(shown)
