"""What follows from causes, told in any order and applied in that of conventions 2, counted out from nothing?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.event import CATALOGUE
from contracts.kinds.correction import FactCorrected
from tests.laws import basics, care, lives, places, regrouping
from tests.laws.scene import Payload, Scene, State

DEEDS: dict[str, Callable[[Scene, Payload], None]] = {
    "household.registered": lives.registered,
    "household.moved": lives.household_moved,
    "household.head_changed": lives.head_changed,
    "person.born": lives.born,
    "person.died": lives.died,
    "person.moved": lives.moved,
    "person.arrived": lives.arrived,
    "person.left": lives.left,
    "person.married": lives.married,
    "person.divorced": lives.divorced,
    "unit.established": places.established,
    "unit.reorganised": places.reorganised,
    "area.established": places.area_established,
    "area.assigned": places.area_assigned,
    "area.reassigned": places.area_reassigned,
    "person.newborn_screened": care.newborn_screened,
    "person.contraception_started": care.contraception_started,
    "person.contraception_stopped": care.contraception_stopped,
    "person.pregnancy_reported": care.pregnancy_reported,
    "person.prenatally_screened": care.prenatally_screened,
    "person.health_checked": care.health_checked,
    "couple.checked": care.couple_checked,
    "person.changed": basics.changed,
    "person.identifier_issued": basics.issued,
    "person.identifier_withdrawn": basics.withdrawn,
    "person.separated": lives.separated,
    "person.reconciled": lives.reconciled,
    "household.split": regrouping.split,
    "household.merged": regrouping.merged,
    "household.dissolved": regrouping.dissolved,
    "household.sheet_opened": regrouping.sheet_opened,
    "household.reviewed": regrouping.reviewed,
    "person.merged": lives.merged,
    "move.closed": lives.move_closed,
}
# Conventions 2: the classes of a day, with unions behind all other changes; a household is dissolved at its end.
ORDER: dict[str, float] = {"unit": 0, "area": 0, "household.registered": 1, "person.born": 2, "person.arrived": 2}
ORDER |= {"person.married": 3.5, "person.divorced": 3.5, "person.died": 4, "person.left": 4}
ORDER |= {"person.separated": 3.5, "person.reconciled": 3.5, "household.dissolved": 4.5}
ORDER |= {"person.merged": 4, "move.closed": 4}
KINDS = {event.kind: event for event in CATALOGUE.values()}


@dataclass(frozen=True)
class Cause:
    """What is told at a position, by which device: the kind, and the payload with every field.

    `lacking`: an arrival whose departure is recorded right behind it, and is not yet.
    """

    position: int
    kind: str
    told: Payload
    device: str | None = None
    lacking: bool = False

    @property
    def slot(self) -> tuple[str, float, int]:
        order = ORDER.get(self.kind, ORDER.get(self.kind.partition(".")[0], 3))
        return self.told["on"], order, self.position

    def makes(self) -> Iterator[str]:
        """What it brings into being, if that is not there yet."""
        if self.kind == "household.registered":
            yield self.told["household"]
            yield from (line["person"] for line in self.told["members"])
        elif self.kind == "household.split":
            yield self.told["founded"]
        elif self.kind in {"person.born", "person.arrived"}:
            yield self.told["person"]
        elif self.kind == "area.established":
            yield self.told["area"]
        elif self.kind == "unit.established":
            yield self.told["unit"]["unit"]
        elif self.kind == "unit.reorganised":
            founded = [self.told["new"], *(part["new"] for part in self.told["parts"])]
            yield from (new["unit"] for new in founded if new is not None)


@dataclass(frozen=True)
class Step:
    """One state that a cause changed."""

    slot: tuple[str, float, int]
    kind: str
    entity: str
    before: State | None
    after: State


def replay(causes: Iterable[Cause]) -> tuple[list[Step], dict[int, Scene]]:
    """Apply causes from nothing, each that fits; give all steps, and the scenes of the causes that do not fit."""
    ordered = sorted(causes, key=lambda cause: cause.slot)
    makers: dict[str, set[int]] = {}
    for cause in ordered:
        for entity in cause.makes():
            makers.setdefault(entity, set()).add(cause.position)
    arrivals = {cause.position for cause in ordered if cause.kind == "person.arrived"}
    leaving: dict[tuple[str, str], list[int]] = {}
    for cause in ordered:
        if cause.kind == "person.left" and cause.told["destination"] != "abroad":
            leaving.setdefault((cause.told["person"], cause.told["on"]), []).append(cause.position)
    straight: set[tuple[str, str]] = set()
    now: dict[str, State] = {}
    steps: list[Step] = []
    failed: dict[int, Scene] = {}
    for cause in ordered:
        scene = Scene(cause.told["on"], cause.position, now, makers, arrivals, leaving, straight, cause.lacking)
        DEEDS[cause.kind](scene, cause.told)
        if not scene.fits:
            failed[cause.position] = scene
            continue
        if cause.kind == "person.arrived" and now.get(cause.told["person"], {}).get("status") == "resident":
            straight.add((cause.told["person"], cause.told["on"]))
        for entity, after in scene.after.items():
            if now.get(entity) != after:
                steps.append(Step(cause.slot, cause.kind, entity, now.get(entity), after))
        now.update(scene.after)
    return steps, failed


def can_have_come(steps: Iterable[Step], cause: Cause, person: str, household: str | None) -> bool:
    """Whether somebody may have come, before a cause, into a household or into any if she lives in none.

    Not on the day on which she left, as arrivals come first (2), and not where she comes there later by the record.
    """
    homes: list[tuple[tuple[str, float, int], str | None]] = []
    for step in steps:
        was, now = (state.get("household") for state in (step.before or {}, step.after))
        if step.entity == person and was != now:
            homes.append((step.slot, now))
    before, later = ([one for one in homes if (one[0] < cause.slot) == so_far] for so_far in (True, False))
    lives = before[-1][1] if before else None
    if lives is None and before and before[-1][0][0] == cause.told["on"]:
        return False
    return not later or later[0][1] is None or (lives is not None and later[0][1] != household)


def named(told: Payload) -> set[str]:
    """Every person whom a payload names."""
    names: list[Any] = []
    for line in (told, *told.get("members", ())):
        names += [line.get(name) for name in ("person", "spouse", "mother", "partner", "head", "into")]
        names += line.get("people", ())
    return {name for name in names if isinstance(name, str)}


def by_the_other(cause: Cause) -> Payload:
    """What the other of a couple would tell of the same day."""
    other = {"person.married": "spouse", "couple.checked": "partner"}.get(cause.kind)
    if other is None or cause.told[other] is None:
        return cause.told
    return cause.told | {"person": cause.told[other], other: cause.told["person"]}


def amended(cause: Cause, correction: FactCorrected) -> Cause:
    """Put a correction's values into a payload, or into one line of a sheet; checked anew by the kind."""
    told: dict[str, Any] = dict(cause.told)
    if correction.member is None:
        told |= correction.changes
    else:
        told["members"] = [
            line | (correction.changes if line["person"] == correction.member else {}) for line in told["members"]
        ]
    checked = KINDS[cause.kind].parse(msgspec.json.encode(told))
    return Cause(cause.position, cause.kind, checked.model_dump(mode="json"), cause.device)
