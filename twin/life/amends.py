"""Which mistakes does the twin make and put right: a name, a weight, a birth date?"""

from datetime import timedelta

from twin import names
from twin.life.vital import GROWN_UP, born
from twin.life.world import World


def misspelt_newborn(world: World, mother: int) -> bool:
    """Tell a birth with a wrong name, put it right, then put the weight right as well."""
    told = born(world, mother)
    if told is None:
        return False
    child, home, on = told.child, world.home(told.child), world.born(told.child)
    people = world.people
    wrong = {int(people.given[child])}
    middle, given = names.draw_one(world.draws, int(people.sex[child]), on.year, wrong)
    people.given[child] = given
    right = names.text(int(people.surname[child]), middle, given)
    changes = {"personal": told.data["personal"] | {"name": right}}
    change = {"fact": told.report, "changes": changes, "reason": "Theo giấy khai sinh"}
    (correction,) = world.tell(home, on, [("fact.corrected", told.report, change)], late=9)
    weight = {"weight_grams": told.data["weight_grams"] + 50}
    again = {"fact": told.report, "previous": correction, "changes": weight}
    world.tell(home, on, [("fact.corrected", told.report, again)], late=16)
    return True


def late_newborn(world: World, mother: int) -> bool:
    """Tell a birth two months late and put its date right another week later."""
    told = born(world, mother, late=61)
    if told is None:
        return False
    on = world.born(told.child) - timedelta(days=1)
    if on.year != world.born(told.child).year:
        # Her number says the year in which she was born.
        return True
    world.people.birth[told.child] = on.toordinal()
    change = {"fact": told.report, "changes": {"on": on.isoformat()}, "reason": "Theo giấy chứng sinh"}
    world.tell(world.home(told.child), on, [("fact.corrected", told.report, change)], late=70)
    return True


def wrong_birth_date(world: World, person: int) -> bool:
    """Put the birth date on one line of an A0 sheet right."""
    sheet = world.sheet(person)
    if not sheet or not world.ready(person) or world.age(person) < GROWN_UP:
        return False
    birth = world.born(person)
    right = birth.replace(day=14 if birth.day != 14 else 15)  # noqa: PLR2004 - any other day of the same month
    world.people.birth[person] = right.toordinal()
    change = {"fact": sheet, "member": world.person(person), "changes": {"birth": right.isoformat()}}
    change["reason"] = "Theo căn cước"
    world.tell(world.home(person), world.day(), [("fact.corrected", sheet, change)])
    world.rest(person)
    return True
