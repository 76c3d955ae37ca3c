"""What does a plausible household look like on the day of its A0 sheet, and what does the sheet say?"""

from datetime import date
from random import Random
from typing import Any

from twin import schedules
from twin.old_names import Names
from twin.people import Area, Household, Person
from twin.old_reports import Ids

SCHOOL_ENDS = 18
ADULT = 20
PENSION = 60
SMALL_CHILD = 6
HAI_PHONG = ("112", "113")  # codes of the old communes of Hải Phòng begin so


class Founder:
    """Founds households on one day; the same random source gives the same ones."""

    def __init__(self, rng: Random, names: Names, ids: Ids, day: date) -> None:
        self._rng, self._names, self._ids = rng, names, ids
        self._day, self._today = day, day.toordinal()
        self._families = list(schedules.FAMILIES)
        self._weights = list(schedules.FAMILIES.values())
        self._told = 0
        self._taken: set[str] = set()

    def found(self, area: Area, told: int) -> Household:
        """Make a household with its people; ids carry the time of telling."""
        self._told = told
        self._taken = set()
        household = Household(self._ids.new(told), area)
        family = self._rng.choices(self._families, self._weights)[0]
        household.members = getattr(self, f"_{family}")()
        household.head = household.members[0]
        for person in household.members:
            person.household = household
        return household

    def _person(self, sex: str, age: float, relation: str, surname: str | None = None) -> Person:
        born = date.fromordinal(self._today - max(1, int(age * 365.25) + self._rng.randrange(365)))
        name = self._names.person(surname or self._names.surname(), sex, born.year, self._taken)
        return Person(self._ids.new(self._told), sex, born, name, relation)

    def _pair(self, wife_age: float, head: str = "head", surname: str | None = None) -> tuple[Person, Person]:
        older = self._rng.gauss(*schedules.HUSBAND_OLDER)
        husband = self._person("male", max(20.0, wife_age + older), head, surname)
        wife = self._person("female", wife_age, "spouse" if head == "head" else head)
        husband.marital = wife.marital = "married"
        husband.spouse, wife.spouse = wife, husband
        return husband, wife

    def _children(self, mother: Person, surname: str, relation: str = "child") -> list[Person]:
        wanted = self._rng.choices(schedules.CHILDREN, schedules.CHILDREN_WEIGHTS)[0]
        age = (self._today - mother.birth.toordinal()) / 365.25 - self._rng.choice(schedules.FIRST_BIRTH)
        children: list[Person] = []
        while len(children) < wanted and age > 0:
            mother.children += 1
            if age <= schedules.OLDEST_CHILD_AT_HOME:
                sex = "male" if self._rng.random() < schedules.BOYS else "female"
                child = self._person(sex, age - 1 if age >= 1 else 0, relation, surname)
                child.mother, child.birth_order = mother, mother.children
                children.append(child)
            age -= self._rng.choice(schedules.SPACING)
        return children

    def _couple_and_children(self) -> list[Person]:
        husband, wife = self._pair(self._rng.uniform(24, 52))
        return [husband, wife, *self._children(wife, husband.surname)]

    def _couple(self) -> list[Person]:
        young = self._rng.random() < 0.3  # noqa: PLR2004 - most couples alone have grown children elsewhere
        return list(self._pair(self._rng.uniform(20, 25) if young else self._rng.uniform(52, 80)))

    def _three_generations(self) -> list[Person]:
        husband, wife = self._pair(self._rng.uniform(25, 45))
        age = (self._today - husband.birth.toordinal()) / 365.25 + max(18.0, self._rng.gauss(*schedules.GENERATION))
        if self._rng.random() < 0.5 and age < 80:  # noqa: PLR2004 - half of the elders still have each other
            father, grandmother = self._pair(age, "parent", husband.surname)
            elders = [father, grandmother]
        else:
            grandmother = self._person("female", min(age, 97.0), "parent")
            grandmother.marital = "widowed"
            elders = [grandmother]
        husband.mother = grandmother
        return [husband, wife, *self._children(wife, husband.surname), *elders]

    def _mother_and_children(self) -> list[Person]:
        mother = self._person("female", self._rng.uniform(25, 50), "head")
        mother.marital = self._rng.choice(("divorced", "widowed", "single"))
        return [
            mother,
            *self._children(mother, mother.surname if mother.marital == "single" else self._names.surname()),
        ]

    def _father_and_children(self) -> list[Person]:
        father, wife = self._pair(self._rng.uniform(26, 48))
        father.marital, father.spouse = self._rng.choice(("divorced", "widowed")), None
        children = self._children(wife, father.surname)
        for child in children:
            child.mother = None
        return [father, *children]

    def _alone(self) -> list[Person]:
        old = self._rng.random() < 0.6  # noqa: PLR2004 - most who live alone are old
        sex = "female" if self._rng.random() < 0.6 else "male"  # noqa: PLR2004 - and women
        person = self._person(sex, self._rng.uniform(62, 88) if old else self._rng.uniform(23, 40), "head")
        person.marital = "widowed" if old else "single"
        return [person]

    def _grandparent_and_grandchild(self) -> list[Person]:
        elder = self._person("female", self._rng.uniform(58, 75), "head")
        elder.marital = "widowed"
        return [elder, self._person("male", self._rng.uniform(3, 16), "grandchild")]


def sheet(household: Household, day: date, ids: Ids, rng: Random) -> dict[str, Any]:
    """Write the A0 sheet of a household."""
    area = household.area
    number = area.next_number()
    assert household.head is not None
    province = province_of(area)
    return {
        "on": day.isoformat(),
        "household": household.id,
        "area": area.id,
        "number": number,
        "head": household.head.id,
        "members": [line(person, day, province, ids, rng) for person in household.members],
        "personal": {"address": address(area, number)},
    }


def province_of(area: Area) -> str:
    """Give the code of the province in which an area lay before the reform: numbers of people keep it for life."""
    return "31" if area.commune.startswith(HAI_PHONG) else "30"


def address(area: Area, number: str) -> str:
    """Invent the address line of a household."""
    return f"Số {number}, ngõ {int(number) % 9 + 1}, {area.name.split(', ')[1]}"


def line(person: Person, day: date, province: str, ids: Ids, rng: Random) -> dict[str, Any]:
    """Write a person's line of the A0 sheet."""
    age = person.age(day)
    text: dict[str, Any] = {
        "person": person.id,
        "sex": person.sex,
        "birth": person.birth.isoformat(),
        "relation": person.relation,
        "marital": person.marital,
        "ethnicity": "01" if rng.random() < 0.99 else "02",  # noqa: PLR2004 - nearly everybody is Kinh
        "education": education(age, rng),
        "residence": "present",
        "personal": personal(person, age, province, ids),
    }
    if person.spouse is not None:
        text["spouse"] = person.spouse.id
    if person.mother is not None:
        text["mother"] = person.mother.id
    if person.birth_order:
        text["birth_order"] = person.birth_order
    if ADULT < age < PENSION:
        text["occupation"] = rng.choice(schedules.OCCUPATIONS)
    return text


def personal(person: Person, age: int, province: str, ids: Ids) -> dict[str, Any]:
    """Give name and numbers: everybody has a personal number, and a health card of the group of her age."""
    group = "TE" if age < SMALL_CHILD else "HS" if age < SCHOOL_ENDS else "DN" if age < PENSION else "HT"
    return {
        "name": person.name,
        "identifiers": [
            {"type": "pid", "value": ids.personal_number(province, person.sex, person.birth.year)},
            {"type": "bhyt", "value": ids.health_card(group, province)},
        ],
    }


def education(age: int, rng: Random) -> str:
    """Give the level that somebody of an age may have finished; our judgement."""
    if age < SMALL_CHILD:
        return "none"
    if age < 11:  # noqa: PLR2004 - the school ages of the country
        return "primary"
    if age < 15:  # noqa: PLR2004
        return "lower_secondary"
    if age < SCHOOL_ENDS or age > PENSION:
        return "upper_secondary" if age < SCHOOL_ENDS else rng.choice(("primary", "lower_secondary"))
    return rng.choice(("lower_secondary", "upper_secondary", "upper_secondary", "vocational", "college", "university"))
