"""Who is that, who lives there, and how did it come to be so?"""

import re
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any, Final

from socai.batches import COLLABORATOR, OFFICER
from socai.dates import Language
from socai.ended import note_ended
from socai.labels import field_text, label
from socai.session import Failure, Session
from socai.tables import show
from socai.values import flat, numbered
from socai.whom import Names, identifier
from socai.wording import say

COLUMNS = ("name", "sex", "birth", "status", "marital", "sheet", "relation", "area", "household", "person")
# What of a person's state is another person.
_PERSONS: Final = {"spouse", "mother", "merged_into"}
# A household's number in the A0 book, or that of one of its sheets.
_NUMBER: Final = re.compile(r"([0-9]{1,6})(\.[1-9])?")


def find(session: Session, chosen: Namespace) -> int:
    """Find persons by name, identifier or household, or show one with both clocks."""
    clocks = {"as_of": chosen.as_of, "as_known": _known(chosen.as_known)}
    asked = {name: value for name, value in clocks.items() if value is not None}
    if chosen.history:
        return _history(session, chosen, asked)
    if chosen.household is not None:
        return _household(session, asked | {"household": chosen.household})
    if chosen.area is not None:
        return _household(session, asked | {"area": chosen.area, "number": _number(session, chosen.number)})
    if chosen.person is not None:
        return _persons(session, "/registry/v1/persons/query", asked | {"person": chosen.person})
    if chosen.identifier is not None:
        path = "/registry/v1/persons/query" if asked else "/registry/v1/search"
        return _persons(session, path, asked | {"identifier": identifier(chosen.identifier)})
    if not chosen.name:
        raise Failure(say(session.language, "find-what"))
    if asked:
        raise Failure(say(session.language, "names-of-today"))
    question: dict[str, Any] = {"name": " ".join(chosen.name), "limit": chosen.limit}
    question |= {name: value for name, value in (("unit", chosen.unit), ("cursor", chosen.cursor)) if value}
    return _persons(
        session, "/registry/v1/search", question, (chosen.unit,) if chosen.unit else session.areas(COLLABORATOR)
    )


def _number(session: Session, text: str | None) -> str | None:
    """Give the number of the household to which a number, or that of one of its sheets, belongs."""
    if text is None:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Failure(say(session.language, "no-household-number", number=text))
    return found[1]


def _known(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdecimal() else text


def row(state: dict[str, Any]) -> dict[str, Any]:
    """Give a person's state as a row of the table."""
    personal = state.get("personal") or {}
    return {**state, "name": personal.get("name", "…"), "person": state["id"]}


def _print(session: Session, states: Iterable[dict[str, Any]]) -> None:
    show([row(state) for state in states], COLUMNS, session.language, "nobody")


def _persons(session: Session, path: str, question: dict[str, Any], units: Iterable[str] = ()) -> int:
    answer = session.json("POST", path, COLLABORATOR, json=question)
    _print(session, answer["persons"])
    note_ended(session, () if answer["persons"] else units)
    for state in answer["persons"]:
        if state.get("merged_into"):
            sys.stdout.write(f"{state['id']} {say(session.language, 'goes-on-as', id=state['merged_into'])}\n")
    for person in answer.get("former", ()):
        sys.stdout.write(say(session.language, "former-number", person=person) + "\n")
    if answer.get("cursor"):
        sys.stdout.write(say(session.language, "more", cursor=answer["cursor"]) + "\n")
    session.note(say(session.language, "complete-up-to", position=answer["position"]))
    return 0


def _household(session: Session, question: dict[str, Any]) -> int:
    answer = session.json("POST", "/registry/v1/households/query", COLLABORATOR, json=question)
    for found in answer["households"]:
        known = found["household"]
        address = (known.get("personal") or {}).get("address", "")
        standing = label(session.language, "household", known.get("status", "active"))
        number = known.get("number")
        words = (known["id"], known["area"], numbered(number, known.get("sheet")), standing, address)
        sys.stdout.write(" ".join(word for word in words if word) + "\n")
        members = (one | {"sheet": one.get("sheet") and numbered(number, one["sheet"])} for one in found["members"])
        _print(session, members)
    session.note(say(session.language, "complete-up-to", position=answer["position"]))
    return 0


def _history(session: Session, chosen: Namespace, asked: dict[str, Any]) -> int:
    named = {"person": chosen.person, "household": chosen.household, "unit": chosen.unit}
    about = {name: value for name, value in named.items() if value is not None}
    if not about:
        raise Failure(say(session.language, "find-what"))
    asked.pop("as_of", None)
    answer = session.json("POST", "/registry/v1/history/query", OFFICER, json=asked | about)
    names = Names(session)
    for entry in answer["history"]:
        # In the history of a household whoever came or went is named.
        person, name = entry.get("person"), entry.get("name")
        whose = f" {name} ({person})" if name else f" {person}" if person else ""
        sys.stdout.write(f"{entry['position']:>8}  {entry['sentence'][session.language]}{whose}\n")
        if chosen.unit is not None:
            _assigned(session, entry["changes"])
        else:
            _changed(session.language, entry["changes"], names)
    session.note(say(session.language, "complete-up-to", position=answer["position"]))
    return 0


def _changed(language: Language, changes: Iterable[dict[str, Any]], names: Names) -> None:
    """Say of each field from what to what it changed; of a part's field the last word of its path is its name.

    Other persons are named as far as the registry names them to whoever reads.
    """

    def said(name: str, value: Any) -> str:
        known = names.name(value) if name in _PERSONS and value is not None else None
        told = "-" if value is None else flat(language, name, value)
        return told if known is None else f"{known} ({told})"

    for change in changes:
        path = change["field"]
        name = path.rpartition(".")[2]
        had, has = (said(name, change[side]) for side in ("before", "after"))
        told = "…" if change.get("hidden") else f"{had} → {has}"
        sys.stdout.write(f"          {field_text(language, name) if language == 'vi' else path}: {told}\n")


def _assigned(session: Session, changes: Iterable[dict[str, Any]]) -> None:
    """Say who visits an area, where that changed; a collaborator is known by the client as which she reports."""
    for change in (one for one in changes if one["field"] == "assigned"):
        for told in (one for one in change["after"] or () if one not in (change["before"] or ())):
            who = told.get("collaborator") or say(session.language, "nobody-s")
            until = told.get("until") or ""
            sys.stdout.write(say(session.language, "visits", who=who, since=told["since"], until=until) + "\n")
