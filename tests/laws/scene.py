"""What does somebody see who stands just before a cause, and what stands against it?

The naive side of the laws: states are plain dicts, nothing knows of transitions. A cause that names what was never
put on the books has a need; one that cannot be true beside the others is against the record.
"""

from dataclasses import dataclass, field
from typing import Any

State = dict[str, Any]
Payload = dict[str, Any]
FAR = 10**9
"""The position of a report that is judged: behind all that was recorded."""


@dataclass
class Scene:
    """`now`: all states at this moment. `makers`: the causes that bring something into being, on any day, by entity.

    A cause is its position; `own` is the one that looks. `leaving`: the departures inside the country of somebody on a
    day, in order; `straight`: who came on a day from where she lived; `lacking`: the departure is recorded next.
    """

    on: str
    own: int
    now: dict[str, State]
    makers: dict[str, set[int]]
    arrivals: set[int]
    leaving: dict[tuple[str, str], list[int]]
    straight: set[tuple[str, str]]
    lacking: bool = False
    needs: set[str] = field(default_factory=set)
    against: set[str] = field(default_factory=set)
    doubts: set[str] = field(default_factory=set)
    after: dict[str, State] = field(default_factory=dict)
    awaited: dict[str, str | None] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        return not self.needs and not self.against

    def refuse(self, reason: str, *, when: bool = True) -> None:
        if when:
            self.against.add(reason)

    def await_arrival(self, person: str, household: str | None = None) -> None:
        """Somebody lives elsewhere by then who may have come all the same; whether she can, the whole history says."""
        self.awaited[person] = household
        self.needs.add(f"arrived:{person}")

    def goes_today(self, person: str) -> bool:
        return self.lacking or (person, self.on) in self.leaving

    def is_half_told(self, person: str) -> bool:
        """Whether this departure, the first of its day, is half of a move whose arrival is of that day as well."""
        return (person, self.on) in self.straight and self.leaving[person, self.on][0] == self.own

    def look(self, entity: str | None, sort: str) -> State:
        """The state of what must be there; an empty one where it is not, which is then written down."""
        state = self.now.get(entity or "")
        if state is not None and state["sort"] == sort:
            return state
        if state is not None:
            self.refuse(f"not a {sort}")
        elif self.comes(entity):
            self.refuse(f"{sort} comes later")
        elif entity is not None:
            self.needs.add(entity)
        return {}

    @property
    def told_now(self) -> bool:
        """Whether this is the report that is judged, and not one that was recorded before."""
        return self.own == FAR

    def person(self, entity: str | None) -> State:
        found = self.look(entity, "person")
        self.refuse("struck off as a double", when=found.get("status") == "merged")
        return found

    def named(self, entity: str | None) -> State | None:
        """The state of somebody who may or may not be there, but was not struck off."""
        found = self.find(entity)
        self.refuse("struck off as a double", when=found is not None and found["status"] == "merged")
        return found

    def household(self, entity: str | None) -> State:
        """A household that was neither merged nor dissolved: one that was receives nobody (20)."""
        found = self.look(entity, "household")
        self.refuse("household has ended", when=found.get("status", "active") != "active")
        return found

    def living_in(self, household: str) -> list[str]:
        """Everybody who lives in a household just before this cause."""
        return [one for one, s in self.now.items() if s["sort"] == "person" and s["household"] == household]

    def unit(self, entity: str | None) -> State:
        """A unit that has not ended."""
        found = self.look(entity, "unit")
        self.refuse("unit has ended", when=found.get("valid_to") is not None)
        return found

    def area(self, entity: str) -> None:
        self.refuse("not an area", when=self.unit(entity).get("level", "area") != "area")

    def comes(self, entity: str | None) -> bool:
        """Whether another cause brings it into being, on whatever day."""
        return bool(self.makers.get(entity or "", set()) - {self.own})

    def fresh(self, entity: str) -> None:
        """Nothing else brings it into being. Who arrives may have been there: a replay shows it, before it a doubt."""
        elsewhere = self.makers.get(entity, set()) - {self.own}
        self.refuse("is there already", when=entity in self.now)
        self.refuse("comes from elsewhere", when=bool(elsewhere - self.arrivals))
        if elsewhere:
            self.doubts.add("may come from elsewhere")

    def find(self, entity: str | None) -> State | None:
        """The state of a person who may or may not be there, as she is by now in this very cause."""
        state = self.after.get(entity or "", self.now.get(entity or ""))
        return state if state is not None and state["sort"] == "person" else None

    def set(self, entity: str, **changes: Any) -> None:
        known = self.after.get(entity, self.now.get(entity, {}))
        self.after[entity] = {**known, **changes}


def not_before(birth: str | None, day: str) -> bool:
    """Whether a day is not before a birth, as far as that is known."""
    return birth is None or day[: len(birth)] >= birth


def told_of(value: Payload | None) -> Payload | None:
    """Personal values as told, without what is not told."""
    if value is None:
        return None
    kept = {key: one for key, one in value.items() if one}
    return kept | {key: [told_of(one) for one in kept[key]] for key in kept if isinstance(kept[key], list | tuple)}
