"""Which mistakes does the twin make and put right: a name, a weight, a birth date?"""

from datetime import date, timedelta

from twin.vital import GROWN_UP, birth
from twin.world import World


def misspelt_newborn(world: World) -> bool:
    """Tell a birth with a wrong name, put it right, then put the weight right as well."""
    told = birth(world)
    if told is None:
        return False
    child, report, data = told
    assert child.household is not None
    area, on = child.household.area, child.birth
    right = world.names.person(child.surname, child.sex, on.year, set())
    names = {"personal": data["personal"] | {"name": right}}
    change = {"fact": report, "changes": names, "reason": "Theo giấy khai sinh"}
    (correction,) = world.tell(area, on, [("fact.corrected", report, change)], late=9)
    again = {"fact": report, "previous": correction, "changes": {"weight_grams": data["weight_grams"] + 50}}
    world.tell(area, on, [("fact.corrected", report, again)], late=16)
    child.name = right
    return True


def late_newborn(world: World) -> bool:
    """Tell a birth two months late and put its date right another week later."""
    told = birth(world, late=61)
    if told is None:
        return False
    child, report, _ = told
    assert child.household is not None
    child.birth -= timedelta(days=1)
    change = {"fact": report, "changes": {"on": child.birth.isoformat()}, "reason": "Theo giấy chứng sinh"}
    world.tell(child.household.area, child.birth, [("fact.corrected", report, change)], late=70)
    return True


def wrong_birth_date(world: World) -> bool:
    """Put the birth date on one line of an A0 sheet right."""
    member = world.pick(lambda p: bool(p.sheet) and p.age(world.first) >= GROWN_UP)
    if member is None or member.household is None:
        return False
    area, told = member.household.area, world.day()
    day = 14 if member.birth.day != 14 else 15  # noqa: PLR2004 - any other day of the same month
    member.birth = date(member.birth.year, member.birth.month, day)
    change = {"fact": member.sheet, "member": member.id, "changes": {"birth": member.birth.isoformat()}}
    world.tell(area, told, [("fact.corrected", member.sheet, change | {"reason": "Theo căn cước"})])
    member.settled = world.month
    return True
