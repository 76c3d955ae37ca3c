"""Who lives in the synthetic world, in which households, and what must the twin remember of them?"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True, eq=False)
class Area:
    """An area of a collaborator with the number of the next household in its A0 book."""

    id: str
    commune: str
    name: str
    households: int = 0
    numbers: int = 0

    def next_number(self) -> str:
        """Give the next number of the A0 book."""
        self.numbers += 1
        return str(self.numbers)


@dataclass(slots=True, eq=False)
class Household:
    """A household with those who live in it today."""

    id: str
    area: Area
    head: "Person | None" = None
    members: "list[Person]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Person:
    """A person; `sheet` is the report of the A0 sheet on which she stands, if any; `settled` the month
    of the last change, so that nobody has two of them in one month; `method` the contraceptive in use, `pregnant` the
    month from which a pregnancy is known; `insurance` a number given since, `away` for a while.
    """

    id: str
    sex: str
    birth: date
    name: str
    relation: str
    marital: str = "single"
    spouse: "Person | None" = None
    mother: "Person | None" = None
    birth_order: int = 0
    children: int = 0
    last_child: int = -99
    household: Household | None = None
    sheet: str = ""
    settled: int = -1
    method: str = ""
    pregnant: int | None = None
    pregnancies: int = 0
    insurance: str = ""
    away: bool = False

    def age(self, day: date) -> int:
        """Give the age in completed years."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))

    @property
    def surname(self) -> str:
        """Give the first word of the name."""
        return self.name.split(" ", 1)[0]


def settle(person: Person, household: Household | None) -> None:
    """Take a person out of her household and put her into another one, or into none."""
    if person.household is not None:
        person.household.members.remove(person)
        if person.household.head is person:
            person.household.head = None
    person.household = household
    if household is not None:
        household.members.append(person)
