"""How is a recorded report put right or taken back without knowing what was amended before?"""

from argparse import Namespace
from dataclasses import dataclass
from typing import Any

import msgspec
from pydantic import BaseModel, TypeAdapter, ValidationError

from contracts.event import CATALOGUE
from contracts.kinds.correction import FactCorrected, FactVoided, corrected
from contracts.kinds.household import Member
from socai.batches import COLLABORATOR, teller
from socai.dates import undated
from socai.reporting import tell
from socai.session import Failure, Problem, Session
from socai.wording import say


@dataclass(frozen=True)
class Standing:
    """What a report says now: its payload with all standing corrections, and the id of the latest of these."""

    type: str
    payload: dict[str, Any]
    latest: str | None


def fact_at(session: Session, position: int) -> dict[str, Any]:
    """Read a fact with its place in the ledger."""
    return session.json("GET", f"/events/v1/facts/{position}", COLLABORATOR)


def standing(session: Session, report: str) -> Standing:
    """Find what a report says now; raises `Failure` where it is not recorded."""
    told = session.json("GET", f"/events/v1/reports/{report}", COLLABORATOR)
    if told["fate"] != "recorded":
        words = {"fate": say(session.language, told["fate"])}
        ended = "ended-unrecorded" if told["fate"] in {"refused", "returned"} else "not-recorded"
        raise Failure(say(session.language, ended, **words))
    original = fact_at(session, told["position"])
    cause = original["fact"]["cause"]
    payload, latest = dict(cause["data"]), None
    for position in original["amended_by"]:
        amendment = fact_at(session, position)
        # Only a void amends a correction.
        if amendment["fact"]["kind"] == FactCorrected.kind and not amendment["amended_by"]:
            data = amendment["fact"]["cause"]["data"]
            payload = corrected(payload, data["changes"], data.get("member"))
            latest = amendment["fact"]["cause"]["report"]
    return Standing(cause["type"], payload, latest)


def wanted(assignments: list[str], present: dict[str, Any], shape: type[BaseModel]) -> dict[str, Any]:
    """Read `field=value`; `part.field=value` changes one field of a part, however deep it lies, and keeps its others as
    they are.
    """
    changes: dict[str, Any] = {}
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        head, *path = name.split(".")
        if path:
            part = changes.get(head, present.get(head))
            changes[head] = _with(part, path, None if text == "null" else text)
        else:
            changes[name] = value_of(text, shape, name)
    return changes


def _with(part: Any, path: list[str], value: str | None) -> dict[str, Any]:
    known = part if isinstance(part, dict) else {}
    field, *deeper = path
    return {**known, field: _with(known.get(field), deeper, value) if deeper else value}


def value_of(text: str, shape: type[BaseModel], name: str) -> Any:
    """Read a value as its field takes it: a weight is a number, the number of a household is text; of a list the parts
    may stand with commas between them.
    """
    field = shape.model_fields.get(name)
    if text == "null":
        return None
    if text.count("/") > 1:
        text = undated(text)
    if field is not None:
        taken = TypeAdapter(field.rebuild_annotation())
        try:
            taken.validate_json(text, strict=True)
        except ValidationError:
            if not _takes_list(taken):
                return text
            read = _json(text)
            return read if isinstance(read, list) else text.split(",")
    return _json(text)


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _takes_list(field: TypeAdapter[Any]) -> bool:
    try:
        field.validate_python("")
    except ValidationError as wrong:
        return any(error["type"] in {"list_type", "tuple_type"} for error in wrong.errors())
    return False


def insist_on_changes(session: Session, assignments: list[str]) -> None:
    """Raise `Failure` for anything that is no `field=value`."""
    if not all("=" in assignment.strip("=") for assignment in assignments):
        raise Failure(say(session.language, "no-changes"))


def changes_to(payload: dict[str, Any], shape: type[BaseModel], chosen: Namespace) -> dict[str, Any]:
    """Read what is put right of a report, or of one line of an A0 sheet."""
    if chosen.member is None:
        return wanted(chosen.changes, payload, shape)
    lines = (line for line in payload.get("members", ()) if line["person"] == chosen.member)
    return wanted(chosen.changes, next(lines, {}), Member)


def correct(session: Session, chosen: Namespace) -> int:
    """Correct fields of a report, or of one line of an A0 sheet."""
    insist_on_changes(session, chosen.changes)
    known = standing(session, chosen.report)
    shape = CATALOGUE[known.type]
    data = {
        "fact": chosen.report,
        "previous": chosen.previous or known.latest,
        "member": chosen.member,
        "changes": changes_to(known.payload, shape, chosen),
        "reason": chosen.reason,
    }
    return tell(session, FactCorrected, data, chosen.report, teller(shape))


def void(session: Session, chosen: Namespace) -> int:
    """Take a report, or one correction, back."""
    data = {"fact": chosen.report, "reason": chosen.reason}
    return tell(session, FactVoided, data, chosen.report, amender(session, chosen.report))


def amender(session: Session, report: str) -> str:
    """Say who amends a report or a correction: whoever tells such reports; what is not on record tells nothing."""
    try:
        told = session.json("GET", f"/events/v1/reports/{report}", COLLABORATOR)
        if told["fate"] != "recorded":
            return COLLABORATOR
        cause = fact_at(session, told["position"])["fact"]["cause"]
    except Problem:
        return COLLABORATOR
    kind = CATALOGUE[cause["type"]]
    return amender(session, cause["data"]["fact"]) if kind is FactCorrected else teller(kind)
