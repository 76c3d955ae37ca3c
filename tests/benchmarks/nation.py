"""What does a nation take, by the unit costs that were measured: processes, cores, disk and hours?

    python -m tests.benchmarks --nation

Costs are microseconds of processor time a report (`end_to_end`) and a person (`province_load`, `province_rebuild`),
bytes those of `province_disk`. The model is linear, as the benches at two sizes are; a core is one of this machine.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MICRO, HOUR, GIGA = 1_000_000, 3_600, 1_000_000_000
# Of a core; above it whoever waits for a process waits long.
BUSY = 0.7
# Each decides or copies in one order: a second process does not make it faster.
SERIAL = ("events-api", "events-relay")
PARTS = ("door", *SERIAL, "registry-projector", "reporting-projector", "exchange-projector", "kafka", "PostgreSQL")
REBUILDING = ("commands", "kafka", "PostgreSQL")


@dataclass(frozen=True)
class Nation:
    """How large it is, and how fast reports come in at the end of a month; Viet Nam's without another word.

    Persons and households: Population and Housing Census 2019 and its projection. A collaborator's P0 sheet has 10 to
    25 lines a month for about 400 households; 17 are taken.
    """

    persons: int = 96_300_000
    households: int = 24_000_000
    peak: int = 5_000
    households_a_sheet: int = 400
    lines_a_sheet: int = 17

    @property
    def reports_a_month(self) -> int:
        return self.households // self.households_a_sheet * self.lines_a_sheet


@dataclass(frozen=True)
class Part:
    """One part at the peak: cores, the processes that these take, how busy each is, reports/s that it can do."""

    name: str
    cores: float
    processes: int
    most: float

    @property
    def serial(self) -> bool:
        return self.name in SERIAL


def parts(report: Mapping[str, float], nation: Nation) -> list[Part]:
    """Size every part for the peak; `report`: microseconds of each part a report."""
    found = []
    for name in PARTS:
        cost = report.get(name, 0.0)
        if cost:
            cores = cost * nation.peak / MICRO
            processes = 1 if name in SERIAL else math.ceil(cores / BUSY)
            found.append(Part(name, cores, processes, MICRO / cost if name in SERIAL else math.inf))
    return found


def first_to_saturate(sized: Sequence[Part]) -> Part:
    """Give the part that no further process helps and that is full first."""
    return min((part for part in sized if part.serial), key=lambda part: part.most)


def load_hours(person: Mapping[str, float], nation: Nation) -> float:
    """Hours until everybody is on the books: what decides in one order sets the pace, the others run beside it."""
    return max(person.get(name, 0.0) for name in SERIAL) * nation.persons / MICRO / HOUR


def rebuild_hours(person: Mapping[str, float], nation: Nation, cores: int) -> float:
    """Hours until all projections are built anew by so many cores, which the 16 partitions of each can use."""
    return sum(person.get(name, 0.0) for name in REBUILDING) * nation.persons / cores / MICRO / HOUR


def disk_gigabytes(bytes_a_person: float, bytes_a_report: float, nation: Nation, years: int) -> tuple[float, float]:
    """Gigabytes on the first day, and with so many years of reports."""
    first = bytes_a_person * nation.persons / GIGA
    return first, first + 12 * years * nation.reports_a_month * bytes_a_report / GIGA


def render(results: Sequence[Mapping[str, object]], nation: Nation) -> str:
    """Say it as a table; raises KeyError with the name of a figure that was not measured yet."""
    found = {str(one["name"]): one for one in results}
    report, person = _costs(found["end_to_end"]), _costs(found["province_load"])
    rebuild, disk = _costs(found["province_rebuild"]), _number(found["province_disk"])
    return "\n".join(_lines(report, person, rebuild, disk, nation)) + "\n"


def _lines(
    report: Mapping[str, float],
    person: Mapping[str, float],
    rebuild: Mapping[str, float],
    bytes_a_person: float,
    nation: Nation,
) -> Iterator[str]:
    sized = parts(report, nation)
    full = first_to_saturate(sized)
    persons_a_household = nation.persons / nation.households
    # A report of a month speaks of one person or two, a registration of a whole household.
    first, later = disk_gigabytes(bytes_a_person, bytes_a_person, nation, years=10)
    yield f"{nation.persons:,} persons, {nation.households:,} households ({persons_a_household:.1f} each),"
    yield f"{nation.reports_a_month:,} reports a month, {nation.peak:,}/s at its end"
    yield ""
    yield f"{'part':<22}{'us a report':>12}{'cores':>8}{'processes':>11}{'full at':>12}"
    for part in sized:
        most = "-" if math.isinf(part.most) else f"{part.most:,.0f}/s"
        yield f"{part.name:<22}{report[part.name]:>12.1f}{part.cores:>8.2f}{part.processes:>11}{most:>12}"
    yield f"{'in all':<22}{'':>12}{sum(part.cores for part in sized):>8.2f}"
    yield ""
    yield f"first: {full.name}, at {full.most:,.0f} reports/s ({nation.peak / full.most:.0%} busy at the peak)"
    yield f"everybody on the books in {load_hours(person, nation):.1f} h"
    for cores in (2, 8, 32):
        yield f"all projections anew by {cores} cores in {rebuild_hours(rebuild, nation, cores):.1f} h"
    yield f"disk {first:,.0f} GB, with ten years of reports {later:,.0f} GB, one copy of each part"


def _costs(one: Mapping[str, object]) -> Mapping[str, float]:
    costs = one.get("costs")
    if not isinstance(costs, dict) or not costs:
        raise KeyError(str(one["name"]))
    return costs


def _number(one: Mapping[str, object]) -> float:
    value = one["value"]
    assert isinstance(value, int | float)
    return float(value)
