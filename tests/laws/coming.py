"""What if somebody does not live where a report tells of her?"""

from tests.laws.scene import Scene, State


def may_come(scene: Scene, person: str, state: State, household: str | None = None) -> None:
    """She may have come, and that is told later (9), into a household or into any; the dead come nowhere."""
    if state["status"] == "dead":
        scene.refuse("is dead")
    else:
        scene.await_arrival(person, household)
