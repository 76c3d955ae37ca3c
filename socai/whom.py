"""About whom is a report, by name where the reader may see it?"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from socai.amending import fact_at
from socai.batches import OFFICER
from socai.labels import field_text
from socai.session import Problem, Session

MOST_NAMES: Final = 3
# What else tells a report from others, where it names nobody: a household is known by its id.
_OTHERWISE: Final = ("household", "area", "unit", "key")


def identifier(text: str) -> dict[str, str]:
    """Read `TYPE:NUMBER`; a number alone is a personal number."""
    type_, _, value = text.rpartition(":")
    return {"type": type_ or "pid", "value": value}


class Names:
    """Names of persons as the registry gives them to whoever reads, each asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.name = lru_cache(maxsize=None)(self._ask)

    def whom(self, data: dict[str, Any] | None) -> str:
        """Say about whom a payload is; whom the reader may not see is known by id, and nothing is said of nothing."""
        try:
            about = self._amended(data or {})
        except Problem:
            return ""
        found = list(islice(self._named(about), MOST_NAMES + 1))
        if not found:
            return next((about[name] for name in _OTHERWISE if isinstance(about.get(name), str)), "")
        return ", ".join(found[:MOST_NAMES] + ["…"] * (len(found) > MOST_NAMES))

    def _named(self, data: dict[str, Any]) -> Iterator[str]:
        yield from (self._called(line) for line in (data, *data.get("members", ())) if "person" in line)
        others = (data.get("spouse"), data.get("into"), *data.get("people", ()))
        yield from (self.name(other) or other for other in others if other)

    def _called(self, line: dict[str, Any]) -> str:
        told = line.get("personal") or (line.get("new") or {}).get("personal") or {}
        name, mother = self.name(line["person"]) or told.get("name"), line.get("mother")
        if name is None and mother:
            return f"{field_text(self._session.language, 'mother')} {self.name(mother) or mother}"
        return name or str(line["person"])

    def _amended(self, data: dict[str, Any]) -> dict[str, Any]:
        """Give what the report says that another puts right or takes back."""
        while "fact" in data:
            told = self._session.json("GET", f"/events/v1/reports/{data['fact']}", OFFICER)
            if told.get("position") is None:
                return {}
            data = fact_at(self._session, told["position"])["fact"]["cause"]["data"]
        return data

    def _ask(self, person: str) -> str | None:
        try:
            answer = self._session.json("POST", "/registry/v1/persons/query", OFFICER, json={"person": person})
        except Problem:
            return None
        names = ((state.get("personal") or {}).get("name") for state in answer.get("persons", ()))
        return next(names, None)
