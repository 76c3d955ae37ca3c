"""Which households are found, missed, still there although ended, in the wrong place, or described wrongly?"""

from dataclasses import dataclass, field

from twin.scoring.beliefs import Beliefs
from twin.scoring.truths import Truths

DESCRIBED = ("head", "number", "address")


@dataclass(slots=True)
class Households:
    """Ids by what became of them. Always: true = found + missed, believed = found + lingering + unknown.

    Only what stands counts, on either side: `lingering` are believed to and have truly ended, `unknown` never were. Of
    the found, `misplaced` truly stand in another area than is believed, and `wrong` are by what is wrong of them.
    """

    true: int = 0
    believed: int = 0
    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    lingering: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in DESCRIBED})


def compare(truths: Truths, beliefs: Beliefs, households: Households | None = None) -> Households:
    """Compare which truly stand in the areas that were read with which are believed to; add it to `households`."""
    households = Households() if households is None else households
    # What moved between two areas while they were read stands in both; the later one is where it is.
    records = {record.id: record for record in beliefs.households if record.status == "active"}
    households.believed += len(records)
    households.unknown += [household for household in records if household not in truths.households]
    for household, true in truths.households.items():
        record = records.get(household)
        if true.status != "active" or true.area not in beliefs.areas:
            households.lingering += [household] if record else []
            continue
        households.true += 1
        if record is None:
            households.missed.append(household)
            continue
        households.found.append(household)
        if record.area != true.area:
            households.misplaced.append(household)
        heads = [head and truths.who(head) for head in (true.head, record.head)]
        described = {"head": heads, "number": [true.number, record.number], "address": [true.address, record.address]}
        for name in DESCRIBED:
            one, other = described[name]
            if one != other:
                households.wrong[name].append(household)
    return households
