"""Which facts made a person or a household what it is, who told them, and which put which right?"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from contracts.kinds.correction import FactCorrected, FactVoided
from contracts.kinds.vital import PersonDied
from contracts.person import PersonState
from contracts.topics import instant_text
from kit.http.problems import Text
from services.registry.sensitive import plain_tellings
from services.registry.timelines import State, Step, Telling, differences, overtaken, tellings
from services.registry.wording import SPOUSE_DIED, concerning, corrected, overtaken_by, sentence, title_of, voided

CORRECTION: Final = FactCorrected.kind
VOID: Final = FactVoided.kind
STAY: Final = {"household", "sheet", "relation"}
"""What a person's state says of her in her household."""


class Cause(NamedTuple):
    """A row of the table of causes; times in microseconds since 1970, `amends` a position."""

    position: int
    recorded_at: int
    kind: str
    on: str
    report: str
    source: str
    authid: str | None
    device: str | None
    notes: tuple[str, ...]
    amends: int | None
    effects: int


def explain(
    steps: Iterable[Step],
    causes: Mapping[int, Cause],
    names: Collection[str],
    household: str | None = None,
    words: Callable[[Telling], Iterable[Text]] = lambda _: (),
) -> list[dict[str, Any]]:
    """Give the entries of a history in the order in which they became known.

    `causes` holds those of all steps, and whatever corrects or voids them. A correction without any effect on states
    (it changed what no state holds) has an entry too; one that concerned others of the same report has none.
    Nothing is said of the members of a state that are withheld (`names`), and where a `household` asks, of what a
    person is elsewhere. `words` says what else stands in a sentence.
    """
    steps = list(steps)
    about = {position: _original(cause, causes) for position, cause in causes.items() if cause.amends is not None}
    told = {telling.position: telling for telling in tellings(steps, about)}
    for position, origin in about.items():
        if not causes[position].effects and origin in told:
            told.setdefault(position, Telling(position, origin, causes[position].on, ()))
    if names:
        told = dict(plain_tellings(told.items(), about, causes, names))
    chains = _Chains(causes, about, told, overtaken(steps, about))
    if household is not None:
        told = _of_household(household, told, causes)
    return [_entry(telling, causes, chains, words(telling)) for _, telling in sorted(told.items())]


def _original(cause: Cause, causes: Mapping[int, Cause]) -> int:
    while cause.amends is not None and cause.amends in causes:
        cause = causes[cause.amends]
    return cause.position


def _of_household(household: str, told: Mapping[int, Telling], causes: Mapping[int, Cause]) -> dict[int, Telling]:
    """Keep what brought somebody into a household or out of it, on which sheet she stands there and how to its head,
    and what put the day of that right; where else she lived, and as what, stays unsaid.
    """
    kept: dict[int, Telling] = {}
    speaking: set[int] = set()
    for position, telling in sorted(told.items()):
        origin = _original(causes[position], causes)
        before, after = _within(household, telling.before), _within(household, telling.after)
        changes = [change for change in differences(before, after) if change.field in STAY]
        if origin != position and origin in speaking:
            changes = [change for change in telling.changes if change.field == "on"] + changes
        if changes:
            kept[position] = telling._replace(changes=tuple(changes))
            speaking.add(origin)
        if origin != position and before is not None and after is None:
            # Put right to somewhere else: what is said of it from now on is no matter of this household.
            speaking.discard(origin)
    return kept


def _within(household: str, state: State | None) -> State | None:
    return state if isinstance(state, PersonState) and state.household == household else None


class _Chains:
    """Which corrections and voids concern each fact, and which later told ones left nothing of it."""

    def __init__(
        self,
        causes: Mapping[int, Cause],
        about: Mapping[int, int],
        told: Mapping[int, Telling],
        gone: Mapping[int, int],
    ) -> None:
        self._gone = gone
        self.voids = {
            cause.amends: position
            for position, cause in causes.items()
            if cause.kind == VOID and cause.amends is not None
        }
        self._corrections: dict[int, list[int]] = {}
        for position, origin in sorted(about.items()):
            if causes[position].kind == CORRECTION and position in told:
                self._corrections.setdefault(origin, []).append(position)
        self._about = about

    def later(self, position: int) -> list[int]:
        """List the corrections of a fact, or those that came after a correction of the same fact; not voided ones."""
        origin = self._about.get(position, position)
        return [one for one in self._corrections.get(origin, ()) if one > position and one not in self.voids]

    def status(self, cause: Cause) -> str:
        """Say whether what a fact told stands, was taken back, or was replaced: by a correction, or by what came of an
        earlier day.
        """
        if cause.kind == VOID:
            return "standing"
        if cause.position in self.voids or self._about.get(cause.position) in self.voids:
            return "voided"
        return "superseded" if self.later(cause.position) or self.overtaken(cause) else "standing"

    def overtaken(self, cause: Cause) -> int | None:
        """Give the position since which a fact that stands changes nothing here any more, if there is one."""
        return self._gone.get(self._about.get(cause.position, cause.position))


def _entry(telling: Telling, causes: Mapping[int, Cause], chains: _Chains, words: Iterable[Text]) -> dict[str, Any]:
    cause = causes[telling.position]
    amended = None if cause.amends is None else causes.get(cause.amends)
    later = chains.later(cause.position) if cause.kind != VOID else []
    void = chains.voids.get(cause.position)
    told = [*words, *_of_whom(cause, telling), *(corrected(position) for position in later)]
    if amended is not None:
        told.insert(0, concerning(amended.kind, amended.position, [change.field for change in telling.changes]))
    if void is not None:
        told.append(voided(void))
    status = chains.status(cause)
    since = chains.overtaken(cause)
    if status == "superseded" and since is not None:
        told.append(overtaken_by(since))
    return {
        "position": cause.position,
        "recorded_at": instant_text(cause.recorded_at),
        "report": cause.report,
        "kind": cause.kind,
        "title": title_of(cause.kind)._asdict(),
        "on": telling.on,
        "changes": [change._asdict() for change in telling.changes],
        "by": {"source": cause.source, "authid": cause.authid, "device": cause.device},
        "notes": cause.notes,
        "status": status,
        "corrects": _named(amended) if cause.kind == CORRECTION else None,
        "corrected_by": [_named(causes[position]) for position in later],
        "voids": _named(amended) if cause.kind == VOID else None,
        "voided_by": _named(causes[void]) if void else None,
        "sentence": sentence(cause.kind, telling.on, cause.recorded_at, cause.source, told)._asdict(),
    }


def _of_whom(cause: Cause, telling: Telling) -> Iterable[Text]:
    """Say who died where a death is told in the history of somebody who did not: of the spouse, who is widowed."""
    if cause.kind == PersonDied.kind and any(change.field == "spouse" for change in telling.changes):
        yield SPOUSE_DIED


def _named(cause: Cause | None) -> dict[str, Any] | None:
    return None if cause is None else {"report": cause.report, "position": cause.position}


def without_personal(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep that personal details changed, and hide what they were."""
    return [entry | {"changes": [_hidden(change) for change in entry["changes"]]} for entry in entries]


def _hidden(change: dict[str, Any]) -> dict[str, Any]:
    if not change["field"].startswith("personal"):
        return change
    return {"field": change["field"], "before": None, "after": None, "hidden": True}
