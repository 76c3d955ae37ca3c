"""What became of a report, what did it change, and what changed it since, in plain words?"""

import sys
from argparse import Namespace
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from contracts.calendar import VIET_NAM
from contracts.event import CATALOGUE
from socai.amending import fact_at
from socai.batches import COLLABORATOR
from socai.dates import Language, dated
from socai.labels import field_text
from socai.reporting import decided
from socai.session import Failure, Problem, Session, reason
from socai.values import flat, lines
from socai.wording import need_text, note_text, say

# What a person or household is recognised by; everything else is shown where it changed.
UNSAID = {"id", "personal"}
# What a report needs that waits for the office.
APPROVAL = "approved:"
NOT_FOUND = 404


def why(session: Session, chosen: Namespace) -> int:
    """Explain a report by its id, or a fact by its position."""
    if chosen.what.isdecimal():
        lines = list(_fact(session, fact_at(session, int(chosen.what)), personal=chosen.personal))
    elif "-" in chosen.what:
        told = session.json("GET", f"/events/v1/reports/{chosen.what}", COLLABORATOR)
        lines = list(_report(session, told, personal=chosen.personal))
    else:
        raise Failure(say(session.language, "ask-one"))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _report(session: Session, told: dict[str, Any], *, personal: bool) -> Iterator[str]:
    language = session.language
    yield say(language, "fate", id=told["id"], fate=say(language, told["fate"]))
    if told.get("duplicates"):
        yield say(language, "delivered-again", n=told["duplicates"])
    if told.get("reason"):
        yield say(language, "returned-because", reason=told["reason"])
        yield say(language, "told-anew")
    elif told.get("reasons"):
        because = {"handed_over": "handed-over-because", "waiting": "waits-because"}
        yield say(language, because.get(told["fate"], "reasons"))
        yield from (f"  {reason(language, one)}" for one in told["reasons"])
    if told.get("data") is not None:
        yield from _as_told(session, told, personal=personal)
    if told["fate"] in {"waiting", "handed_over"}:
        yield from _waiting(session, told)
    elif told.get("position") is not None:
        yield from _recorded(session, told["position"], personal=personal)
    if told.get("reports"):
        yield say(language, "decided-about")
        yield from (f"  {line}" for line in decided(session, told["reports"]))


def _recorded(session: Session, position: int, *, personal: bool) -> Iterator[str]:
    try:
        known = fact_at(session, position)
    except Problem as hidden:
        # Of what the office approved elsewhere its sender sees the fate alone.
        if hidden.status != NOT_FOUND:
            raise
        yield say(session.language, "fact-hidden")
    else:
        yield from _fact(session, known, personal=personal)


def _as_told(session: Session, told: dict[str, Any], *, personal: bool) -> Iterator[str]:
    """Say what a report tells, to whoever has it on the desk or had it there, or sent it."""
    language, title = session.language, title_of(told["type"], session)
    yield title if told["on"] is None else say(language, "would-take-effect", title=title, on=told["on"])
    came = "waited-from" if told.get("places") is None else "told-by"
    yield say(language, came, since=local(told["since"]), sender=told["sender"], source=told["source"])
    yield say(language, "said")
    yield from said(session, told["data"], personal=personal)


def _waiting(session: Session, told: dict[str, Any]) -> Iterator[str]:
    """Say for what a report waits."""
    language, need = session.language, told.get("need") or ""
    if need.startswith(APPROVAL):
        yield say(language, "waits-for-the-office")
        return
    yield say(language, "waits")
    if need:
        yield f"  {say(language, 'needs', need=need_text(language, need))}"


def _fact(session: Session, known: dict[str, Any], *, personal: bool) -> Iterator[str]:
    language, fact = session.language, known["fact"]
    cause = fact["cause"]
    yield say(language, "title", title=title_of(cause["type"], session), on=fact["on"])
    recorded = {"position": known["position"], "time": local(known["recorded_at"])}
    yield say(language, "recorded-at", **recorded, source=cause["source"], report=cause["report"])
    if fact.get("amends"):
        yield say(language, "amends", position=fact["amends"]["position"])
    yield say(language, "said")
    yield from said(session, cause["data"], personal=personal)
    changed = list(_sides(session, fact, personal=personal))
    yield from changed or [say(language, "changed-nothing")]
    if cause.get("notes"):
        yield say(language, "notes", notes="; ".join(note_text(language, note) for note in cause["notes"]))
    yield from _amendments(session, known, personal=personal)


def said(session: Session, data: dict[str, Any], *, personal: bool) -> Iterator[str]:
    """List a payload's fields with all that stands in them; what is personal only when asked for."""
    for name, value in data.items():
        if name == "personal" and not personal:
            yield f"  {say(session.language, 'personal-hidden')}"
        else:
            yield from lines(session.language, name, value if personal else _public(value))


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "…" if name == "personal" else _public(part) for name, part in value.items()}
    return [_public(part) for part in value] if isinstance(value, list) else value


def _sides(session: Session, fact: dict[str, Any], *, personal: bool) -> Iterator[str]:
    """Say what a fact took back and what it changed; what it put right is told once, as it stood and as it stands."""
    took_back, changed = (_steps(fact.get(side, {})) for side in ("retracts", "asserts"))
    for slot, new in changed.items():
        if slot in took_back and _stands(took_back[slot]) != _stands(new):
            changed[slot] = new | {"before": _stands(took_back.pop(slot)), "after": _stands(new)}
    for key, steps in (("took-back", took_back), ("changed", changed)):
        if steps:
            yield say(session.language, key)
        for (about, entity, _), step in steps.items():
            what, when = field_text(session.language, about), dated(session.language, step["on"])
            yield f"  {what} {entity} {when}: {difference(session, step, personal=personal)}"


def _steps(changes: dict[str, Any]) -> dict[tuple[str, str, int | None], dict[str, Any]]:
    """Give steps by what they are about, its id and the slot of its timeline; that of the fact itself has no rank."""
    found = ((about, step) for about in ("person", "household", "unit") for step in changes.get(f"{about}s", ()))
    return {(about, step["entity"], step.get("rank")): step for about, step in found}


def _stands(step: dict[str, Any]) -> dict[str, Any]:
    return {"on": step["on"]} | (step.get("after") or {})


def difference(session: Session, step: dict[str, Any], *, personal: bool) -> str:
    """Say in a few words how a state differs from the one before it; what is personal is named, and shown if asked."""
    language = session.language
    before: dict[str, Any] = step.get("before") or {}
    after: dict[str, Any] = step.get("after") or {}
    if not before:
        return say(language, "on-the-books")
    words = [*_compared(language, before, after, UNSAID)]
    had, has = before.get("personal"), after.get("personal")
    if had != has and personal:
        words += _compared(language, had or {}, has or {})
    elif had != has:
        words.append(f"{field_text(language, 'personal')} …")
    return ", ".join(words) or "="


def _compared(
    language: Language, before: dict[str, Any], after: dict[str, Any], unsaid: Collection[str] = ()
) -> Iterator[str]:
    for name in sorted((before.keys() | after.keys()) - set(unsaid)):
        had, has = (flat(language, name, state.get(name, "-")) for state in (before, after))
        if before.get(name) != after.get(name):
            yield f"{field_text(language, name)} {had} → {has}"


def _amendments(session: Session, known: dict[str, Any], *, personal: bool) -> Iterator[str]:
    language = session.language
    if not known["amended_by"]:
        if not known["fact"].get("amends"):
            yield say(language, "stands")
        return
    yield say(language, "amended-by")
    for position in known["amended_by"]:
        later = fact_at(session, position)
        cause = later["fact"]["cause"]
        where = say(language, "at-position", position=position)
        when, id_ = dated(language, local(later["recorded_at"])), say(language, "report-id", id=cause["report"])
        yield f"  {title_of(cause['type'], session)} {where}, {when}, {cause['source']}, {id_}"
        yield from (f"  {line}" for line in said(session, cause["data"], personal=personal))
        if later["amended_by"]:
            yield f"    {say(language, 'voided')} {say(language, 'at-position', position=later['amended_by'][-1])}"


def title_of(type_: str, session: Session) -> str:
    """Give a kind's title in the session's language."""
    kind = CATALOGUE.get(type_)
    return type_ if kind is None else kind.title[session.language == "vi"]


def local(instant: str) -> str:
    """Give a recorded instant as the clock in Viet Nam showed it."""
    return datetime.fromisoformat(instant).astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M:%S")
