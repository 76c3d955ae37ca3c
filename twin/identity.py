"""How does the twin's office find that two people are one, and that a move has no other end?"""

from datetime import date, timedelta

from twin.moves import arrival, departure
from twin.old_reports import midnight
from twin.world import OFFICE, World


def doubled(world: World) -> bool:
    """Let somebody from outside be put on the books by two collaborators; the office finds that they are one."""
    before = len(world.people)
    if not arrival(world):
        return False
    (person,) = world.people[before:]
    assert person.household is not None
    here = person.household
    there = world.pick_household(lambda household: household.area is not here.area)
    if there is None:
        return False
    on = world.day()
    double = world.ids.new(midnight(on))
    arrived = {
        "on": on.isoformat(),
        "person": double,
        "household": there.id,
        "sex": person.sex,
        "birth": person.birth.isoformat(),
        "relation": "other",
    }
    world.tell(there.area, on, [("person.arrived", double, arrived)])
    found = world.first + timedelta(days=25)
    merged = {"on": found.isoformat(), "person": double, "into": person.id}
    world.tell_at(_morning(found), OFFICE, [("person.merged", double, merged)])
    return True


def never_arrived(world: World) -> bool:
    """Let somebody leave for another commune who arrives nowhere; the office closes the move."""
    in_transit = [person for person in world.people if person.household is not None]
    if not departure(world, meets=False):
        return False
    (person,) = [person for person in in_transit if person.household is None]
    closed = world.first + timedelta(days=26)
    data = {"on": closed.isoformat(), "person": person.id, "whereabouts": "unknown"}
    world.tell_at(_morning(closed), OFFICE, [("move.closed", person.id, data)])
    return True


def _morning(day: date) -> int:
    return midnight(day) + 9 * 3_600_000
