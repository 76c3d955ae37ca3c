"""Who is found, doubled, missed, still there although gone, in the wrong place, or described wrongly?"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

from twin.errors.truth import Person
from twin.scoring.beliefs import Beliefs, Believed
from twin.scoring.truths import Truths

DESCRIBED = ("sex", "birth", "name", "number", "household")


@dataclass(slots=True)
class People:
    """Ids by what became of them. Always: true = found + missed, believed = found + doubled + lingering + unknown.

    `doubled` are records beyond the first of somebody who lives there, `lingering` records of who is dead or gone,
    `unknown` records of nobody, as a second id of somebody whose report was voided. Of the found, `misplaced` live in
    another area than is believed, and `wrong` are by what is wrong of them: what describes them, or the household in
    which they live.
    """

    true: int = 0
    believed: int = 0
    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    lingering: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in DESCRIBED})


def compare(truths: Truths, beliefs: Beliefs, people: People | None = None) -> People:
    """Compare who truly lives in the areas that were read with who is believed to live there; add it to `people`."""
    people = People() if people is None else people
    people.believed += len(beliefs.persons)
    records: dict[str, list[Believed]] = defaultdict(list)
    for record in beliefs.persons:
        records[truths.who(record.id)].append(record)
    for person, some in records.items():
        if person not in truths.persons:
            people.unknown += [record.id for record in some]
    for person, true in truths.persons.items():
        some = records.get(person, [])
        if lives(true) and true.area in beliefs.areas:
            people.true += 1
            _look_at(true, some, people)
        else:
            # Dead, gone, or at home where nobody looked: where she is believed to live she does not.
            people.lingering += [record.id for record in some]
    return people


def lives(true: Person) -> bool:
    """Say whether somebody truly lives in an area."""
    return true.status == "resident"


def _look_at(true: Person, records: list[Believed], people: People) -> None:
    if not records:
        people.missed.append(true.person)
        return
    best, *others = sorted(records, key=lambda record: (record.area != true.area, record.id != true.person))
    people.found.append(true.person)
    people.doubled += [record.id for record in others]
    if best.area != true.area:
        people.misplaced.append(true.person)
    for name in DESCRIBED:
        if _composed(getattr(best, name)) != _composed(getattr(true, name)):
            people.wrong[name].append(true.person)


def _composed(text: str | None) -> str | None:
    return None if text is None else unicodedata.normalize("NFC", text)
