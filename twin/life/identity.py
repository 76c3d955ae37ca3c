"""How does the twin's office find that two people are one, and that a move has no other end?"""

from datetime import timedelta

from twin.life.moves import arrived, arrives, departs
from twin.life.world import World
from twin.reports import OFFICE, milliseconds
from twin.stock.shapes import NOBODY

MORNING = 9


def doubled(world: World, home: int) -> bool:
    """Let somebody from outside be put on the books by two collaborators; the office finds that they are one."""
    there = world.find_home(lambda other: world.homes.area[other] != world.homes.area[home])
    if there == NOBODY or not arrives(world, home):
        return False
    person, on = world.people.size - 1, world.day()
    double = world.new_id(milliseconds(on, 7))
    told = arrived(world, person, there, on) | {"person": double}
    del told["residence"]
    world.tell(there, on, [("person.arrived", double, told)])
    # She is told there only, so nothing else may end that household before.
    world.homes.settled[there] = world.month
    found = world.first + timedelta(days=25)
    merged = {"on": found.isoformat(), "person": double, "into": world.person(person)}
    world.tell_at(milliseconds(found, MORNING), OFFICE, [("person.merged", double, merged)])
    world.counts["moves_in"] += 1
    world.counts["struck_off"] += 1
    return True


def never_arrived(world: World, person: int) -> bool:
    """Let somebody leave for another commune who arrives nowhere; the office closes the move."""
    if not departs(world, person, meets=False):
        return False
    closed, who = world.first + timedelta(days=26), world.person(person)
    told = {"on": closed.isoformat(), "person": who, "whereabouts": "unknown"}
    world.tell_at(milliseconds(closed, MORNING), OFFICE, [("move.closed", who, told)])
    return True
