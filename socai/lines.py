"""What stands on a P0 sheet, list by list, as the form has it?"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from contracts.event import CATALOGUE
from contracts.kinds.care import PersonPregnancyReported
from socai.batches import OFFICER
from socai.dates import Language
from socai.labels import field_text, label
from socai.session import Session
from socai.tables import table
from socai.values import flat, numbered
from socai.wording import say

COLUMNS: Final = ("on", "number", "name", "sex", "birth", "card", "details", "position")
MOST: Final = 500
# What the other columns say already, or only a program reads.
_ELSEWHERE: Final = frozenset({"on", "person", "household", "area", "sex", "birth", "personal", "members"})
_CHANGES: Final = 6
"""The list of numbers, cards and basic data that changed."""
_BEHIND: Final = 99
"""Lists that the form does not have come behind those that it has."""

Line = dict[str, Any]


def show_sheet(session: Session, area: str, month: str) -> int:
    """Print every report that stands on the sheet of an area and month, below the title of its list, and how many its
    collaborator said that there are.
    """
    path = f"/events/v1/units/{area}/sheets/{month}"
    told = [line for page in session.pages(f"{path}/lines", OFFICER, {"limit": MOST}) for line in page["lines"]]
    lists: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in told:
        lists[line["p0_list"] or _BEHIND, line["kind"]].append(line)
    names = _names(told)
    titles = {one.kind: one.title[session.language == "vi"] for one in CATALOGUE.values()}
    for (number, kind), some in sorted(lists.items()):
        head = titles[kind] if number == _BEHIND else f"{number}. {titles[kind]}"
        rows = [row for line in some for row in _rows(session, line, names, area)]
        sys.stdout.write("\n".join([f"{head} ({len(some)})", *table(rows, COLUMNS, session.language), "", ""]))
    sys.stdout.write(say(session.language, "sheet-lines", n=len(told)) + "\n")
    sheets = session.json("GET", path, OFFICER)["sheets"]
    drawn_up = next((one["drawn_up"] for one in sheets if one["area"] == area), None)
    if drawn_up is not None:
        said = "drawn-up-with" if drawn_up["lines"] is not None else "drawn-up-by"
        sys.stdout.write(say(session.language, said, **drawn_up) + "\n")
    return 0


def _names(told: Iterable[Line]) -> dict[str, str]:
    """Give the names of everybody on a sheet by id."""
    states = (one["after"] or one["before"] for line in told for one in line["persons"])
    return {state["id"]: name for state in states if (name := _personal(state).get("name"))}


def _personal(state: dict[str, Any]) -> dict[str, Any]:
    return state.get("personal") or {}


def _rows(session: Session, line: Line, names: dict[str, str], area: str) -> Iterator[dict[str, Any]]:
    """Give a row for whom a line is about, for each member of a new sheet, or for a household alone; where she is of
    another area, for those of this one.
    """
    stand = (one for each in line["households"] for one in each.values() if one is not None and one["area"] == area)
    homes = {one["id"]: numbered(one.get("number"), one.get("sheet")) for one in stand}
    people = line["persons"]
    if about := line["data"].get("person"):
        people = [one for one in people if _id(one) == about] or people
    elif line["p0_list"] is None and not line["data"].get("members"):
        people = []
    details = "; ".join(_details(session, line, names))
    if not people:
        yield _row(line, {}, next(iter(homes.values()), ""), details)
    for one in people:
        stood = (homes.get(state.get("household")) for state in one.values() if state)
        yield _row(line, one["after"] or one["before"], " → ".join(filter(None, dict.fromkeys(stood))), details)
        details = ""


def _id(changed: dict[str, Any]) -> str:
    state: dict[str, str] = changed["after"] or changed["before"]
    return state["id"]


def _row(line: Line, state: dict[str, Any], number: str, details: str) -> dict[str, Any]:
    cards = (card["value"] for card in _personal(state).get("identifiers", ()) if card["type"] == "bhyt")
    return {
        "on": line["on"],
        "number": number,
        "name": _personal(state).get("name") or state.get("id"),
        "sex": state.get("sex"),
        "birth": state.get("birth"),
        "card": next(cards, None),
        "details": details,
        "position": line["position"],
    }


def _details(session: Session, line: Line, names: dict[str, str]) -> Iterator[str]:
    if line["corrected"]:
        yield say(session.language, "corrected-line")
    language, here = session.language, {_id(one) for one in line["persons"]}
    for field, value in line["data"].items():
        if field == "old":
            # What the teller's book said stands beside what was on record where the two differ.
            before = _before(line)
            if other := {name: was for name, was in value.items() if was != before.get(name)}:
                yield f"{field_text(language, field)}: {flat(language, field, other)}"
        elif field == "new":
            yield from (f"{field_text(language, name)}: {was} → {now}" for name, was, now in _changed(session, line))
        elif field == "personal" and line["p0_list"] == _CHANGES:
            cards = value.get("identifiers", ())
            yield from (f"{label(language, 'type', card['type'])}: {card['value']}" for card in cards)
        elif field not in _ELSEWHERE or (field == "person" and value not in here):
            said = [names[one] for one in (value if isinstance(value, list) else [value]) if names.get(str(one))]
            yield f"{_called(language, line['kind'], field)}: {', '.join(said) or flat(language, field, value)}"


def _called(language: Language, kind: str, field: str) -> str:
    """Name a field; the number of a pregnancy is none of a household's."""
    if (kind, field) == (PersonPregnancyReported.kind, "number"):
        return say(language, "pregnancy-number")
    return field_text(language, field)


def _before(line: Line) -> dict[str, Any]:
    return next((one["before"] or {} for one in line["persons"]), {})


def _changed(session: Session, line: Line) -> Iterator[tuple[str, str, str]]:
    """Give each field of basic data with its old value and its new one, which the form wants beside each other."""
    before = _before(line)
    new = line["data"]["new"]
    for known, told in ((before, new), (_personal(before), new.get("personal") or {})):
        for name, value in told.items():
            if name != "personal":
                was, now = (flat(session.language, name, one) for one in (known.get(name, "-"), value))
                yield name, was, now
