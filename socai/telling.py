"""How is any kind of report told field by field, without a file of JSON?"""

import sys
from argparse import Namespace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from contracts.event import CATALOGUE, Event
from contracts.fields import FIELDS
from contracts.ids import uuid7
from contracts.malformed import MOST_LISTED
from socai.amending import insist_on_changes, wanted
from socai.batches import teller
from socai.labels import field_text, label
from socai.reporting import tell
from socai.session import Failure, Session
from socai.tables import show
from socai.wording import say

KINDS, FIELD_COLUMNS = ("event", "title"), ("field", "words", "given", "codes")
# What stands in place of an id that is to be made.
NEW = "new"
# Whom or what a report is about, the first that it names.
SUBJECTS = ("person", "household", "area", "commune", "fact", "report")


def tell_kind(session: Session, chosen: Namespace) -> int:
    """Tell a report of a kind; without fields say which there are, and without a kind which kinds."""
    if chosen.kind is None:
        rows = [{"event": one.kind, "title": one.title[session.language == "vi"]} for one in CATALOGUE.values()]
        show(rows, KINDS, session.language, "no-rows")
        return 0
    kind = next((one for one in CATALOGUE.values() if one.kind == chosen.kind), None)
    if kind is None:
        raise Failure(say(session.language, "kinds-listed", kind=chosen.kind))
    if not chosen.fields:
        show(_fields(session, kind), FIELD_COLUMNS, session.language, "no-rows")
        return 0
    insist_on_changes(session, chosen.fields)
    data = wanted(chosen.fields, {}, kind)
    made = {name: uuid7() for name, value in data.items() if value == NEW and not _takes(kind, name, NEW)}
    data |= made
    subject = next((str(data[name]) for name in SUBJECTS if data.get(name)), kind.kind)
    code = tell(session, kind, data, subject, teller(kind))
    for name, id_ in made.items():
        sys.stdout.write(f"{field_text(session.language, name)} {id_}\n")
    return code


def _takes(kind: type[Event], name: str, value: str) -> bool:
    field = kind.model_fields.get(name)
    if field is None:
        return True
    try:
        TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError:
        return False
    return True


def _fields(session: Session, kind: type[Event]) -> list[dict[str, Any]]:
    schema = kind.model_json_schema()
    required = schema.get("required", ())
    return [
        {
            "field": name,
            "words": FIELDS[name][session.language == "vi"],
            "given": say(session.language, "must-be-given" if name in required else "may-be-given"),
            "codes": _codes(session, name, part),
        }
        for name, part in schema["properties"].items()
    ]


def _codes(session: Session, name: str, part: dict[str, Any]) -> str:
    choices = [part, *part.get("anyOf", ())]
    codes = [code for choice in choices for code in choice.get("enum", ())]
    if len(codes) > MOST_LISTED:
        return ""
    return ", ".join(f"{code} ({label(session.language, name, code)})" for code in codes)
