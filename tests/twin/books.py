"""Do the reports of the twin fit together? Books kept by hand, without the write side: whatever does not fit fails."""

from typing import Any

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE


def kind_of(report: dict[str, Any]) -> str:
    return CATALOGUE[report["type"]].kind


def effective(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Apply corrections and voids, then order by day, class and telling: the causes as they finally stand."""
    standing = {report["id"]: report for report in reports if not kind_of(report).startswith("fact.")}
    for report in reports:
        data = report["data"]
        if kind_of(report) == "fact.voided":
            del standing[data["fact"]]
        elif kind_of(report) == "fact.corrected":
            right = standing[data["fact"]]["data"]
            if "member" in data:
                right = next(member for member in right["members"] if member["person"] == data["member"])
            right.update(data["changes"])
    order = {report["id"]: place for place, report in enumerate(reports)}

    def slot(report: dict[str, Any]) -> tuple[str, int]:
        return report["data"]["on"], CATALOGUE[report["type"]].rank(order[report["id"]])

    return sorted(standing.values(), key=slot)


class Books:
    """A naive reading of the conventions: every cause must fit what all causes before it have made."""

    def __init__(self) -> None:
        self.units: dict[str, str | None] = {}
        self.households: dict[str, str] = {}
        self.heads: dict[str, str | None] = {}
        self.sheets: dict[str, tuple[str, str]] = {}
        self.people: dict[str, dict[str, Any]] = {}

    def apply(self, report: dict[str, Any]) -> None:
        getattr(self, kind_of(report).replace(".", "_"))(report["data"])

    def unit_established(self, data: dict[str, Any]) -> None:
        unit = data["unit"]
        assert unit["unit"] not in self.units
        assert unit.get("parent") is None or unit["parent"] in self.units
        self.units[unit["unit"]] = unit.get("parent")

    def area_established(self, data: dict[str, Any]) -> None:
        assert data["commune"] in self.units
        self.units[data["area"]] = data["commune"]

    def unit_reorganised(self, data: dict[str, Any]) -> None:
        for unit in data["units"]:
            assert unit in self.units
        if "new" in data:
            assert data["new"]["unit"] not in self.units
            self.units[data["new"]["unit"]] = data["new"]["parent"]
        for unit in data["units"]:
            into = data.get("into") or (data["new"]["unit"] if "new" in data else self.units[unit])
            for below, parent in self.units.items():
                if parent == unit:
                    self.units[below] = into
            del self.units[unit]
        assert all(parent is None or parent in self.units for parent in self.units.values())

    def area_assigned(self, data: dict[str, Any]) -> None:
        assert data["area"] in self.units

    def area_reassigned(self, data: dict[str, Any]) -> None:
        assert data["commune"] in self.units
        assert self.units[data["area"]] != data["commune"]
        self.units[data["area"]] = data["commune"]

    def household_registered(self, data: dict[str, Any]) -> None:
        assert data["household"] not in self.households
        assert data["area"] in self.units
        self.households[data["household"]] = data["area"]
        self.heads[data["household"]] = data.get("head")
        self.sheets[data["household"]] = data["number"], data["personal"]["address"]
        for member in data.get("members", ()):
            self._new(member, data["household"], data["on"])

    def _new(self, person: dict[str, Any], household: str, on: str) -> None:
        assert person["person"] not in self.people
        assert person["birth"] <= on
        self.people[person["person"]] = {
            "sex": person["sex"],
            "birth": person["birth"],
            "household": household,
            "status": "resident",
            "marital": person.get("marital", "unknown"),
            "spouse": person.get("spouse"),
        }

    def person_born(self, data: dict[str, Any]) -> None:
        mother = self.people[data["mother"]]
        assert mother["sex"] == "female"
        assert mother["status"] == "resident"
        assert 14 <= int(data["on"][:4]) - int(mother["birth"][:4]) <= 50
        assert data["household"] in self.households
        mother["pregnant"] = False
        self._new(data | {"birth": data["on"], "marital": "single"}, data["household"], data["on"])

    def _resident(self, person: str) -> dict[str, Any]:
        assert self.people[person]["status"] == "resident"
        return self.people[person]

    def _out(self, person: str, status: str) -> None:
        state = self._resident(person)
        if self.heads[state["household"]] == person:
            self.heads[state["household"]] = None
        state.update(status=status, household=None)

    def person_died(self, data: dict[str, Any]) -> None:
        spouse = self._resident(data["person"])["spouse"]
        self._out(data["person"], "dead")
        if spouse is not None:
            self.people[spouse].update(marital="widowed", spouse=None)

    def person_moved(self, data: dict[str, Any]) -> None:
        state = self._resident(data["person"])
        assert data["household"] in self.households
        assert state["household"] != data["household"]
        if self.heads[state["household"]] == data["person"]:
            self.heads[state["household"]] = None
        state["household"] = data["household"]

    def person_left(self, data: dict[str, Any]) -> None:
        self._out(data["person"], "in_transit" if data["destination"] == "inside_country" else "outside")

    def person_arrived(self, data: dict[str, Any]) -> None:
        assert data["household"] in self.households
        if data["person"] not in self.people:
            self._new(data, data["household"], data["on"])
            return
        state = self.people[data["person"]]
        assert state["status"] in {"in_transit", "outside"}
        assert (state["sex"], state["birth"]) == (data["sex"], data["birth"])
        state.update(status="resident", household=data["household"])

    def person_merged(self, data: dict[str, Any]) -> None:
        double, person = self._resident(data["person"]), self._resident(data["into"])
        assert (double["sex"], double["birth"]) == (person["sex"], person["birth"])
        self._out(data["person"], "merged")

    def move_closed(self, data: dict[str, Any]) -> None:
        state = self.people[data["person"]]
        assert state["status"] == "in_transit"
        state["status"] = "outside"

    def household_moved(self, data: dict[str, Any]) -> None:
        assert self.households[data["household"]] != data["area"]
        self.households[data["household"]] = data["area"]
        self.sheets[data["household"]] = data["number"], data["personal"]["address"]

    def household_head_changed(self, data: dict[str, Any]) -> None:
        assert self._resident(data["head"])["household"] == data["household"]
        assert self.heads[data["household"]] != data["head"]
        self.heads[data["household"]] = data["head"]

    def person_married(self, data: dict[str, Any]) -> None:
        one, other = self._resident(data["person"]), self._resident(data["spouse"])
        assert one["marital"] not in {"married", "separated"}
        assert other["marital"] not in {"married", "separated"}
        one.update(marital="married", spouse=data["spouse"])
        other.update(marital="married", spouse=data["person"])

    def person_divorced(self, data: dict[str, Any]) -> None:
        self._couple(data, {"married", "separated"}, marital="divorced", spouse=None)

    def person_separated(self, data: dict[str, Any]) -> None:
        self._couple(data, {"married"}, marital="separated")

    def person_reconciled(self, data: dict[str, Any]) -> None:
        self._couple(data, {"separated"}, marital="married")

    def _couple(self, data: dict[str, Any], so_far: set[str], **changes: str | None) -> None:
        state = self._resident(data["person"])
        assert state["marital"] in so_far
        for person in (state, self.people[state["spouse"]]):
            person.update(changes)

    def person_changed(self, data: dict[str, Any]) -> None:
        state = self._resident(data["person"])
        for name, value in data.get("old", {}).items():
            assert state.get(name, "present") == value
        state.update(data["new"])

    def person_identifier_issued(self, data: dict[str, Any]) -> None:
        (number,) = data["personal"]["identifiers"]
        self._resident(data["person"]).setdefault("numbers", set()).add(number["value"])

    def person_identifier_withdrawn(self, data: dict[str, Any]) -> None:
        (number,) = data["personal"]["identifiers"]
        self._resident(data["person"])["numbers"].remove(number["value"])

    def _living_in(self, household: str) -> set[str]:
        return {person for person, state in self.people.items() if state["household"] == household}

    def household_split(self, data: dict[str, Any]) -> None:
        assert data["founded"] not in self.households
        people = {line["person"] for line in data["members"]}
        assert people < self._living_in(data["household"])
        assert self.heads[data["household"]] not in people
        assert data["head"] in people
        self.households[data["founded"]] = self.households[data["household"]]
        self.heads[data["founded"]] = data["head"]
        self.sheets[data["founded"]] = data["number"], data["personal"]["address"]
        for person in people:
            self.people[person]["household"] = data["founded"]

    def household_merged(self, data: dict[str, Any]) -> None:
        assert data["into"] in self.households
        people = {line["person"] for line in data["members"]}
        assert people == self._living_in(data["household"])
        del self.households[data["household"]]
        for person in people:
            self.people[person]["household"] = data["into"]

    def household_dissolved(self, data: dict[str, Any]) -> None:
        people = {line["person"] for line in data["members"]}
        assert people == self._living_in(data["household"])
        for person in people:
            self._out(person, "outside")
        del self.households[data["household"]]

    def household_sheet_opened(self, data: dict[str, Any]) -> None:
        assert set(data["people"]) <= self._living_in(data["household"])

    def household_reviewed(self, data: dict[str, Any]) -> None:
        assert data["household"] in self.households

    def person_newborn_screened(self, data: dict[str, Any]) -> None:
        assert self._resident(data["person"])["birth"] <= data["on"]

    def person_contraception_started(self, data: dict[str, Any]) -> None:
        woman = self._resident(data["person"])
        assert woman["sex"] == "female"
        assert woman.get("method") is None
        woman["method"] = data["method"]

    def person_contraception_stopped(self, data: dict[str, Any]) -> None:
        assert self._resident(data["person"]).pop("method") == data["method"]

    def person_pregnancy_reported(self, data: dict[str, Any]) -> None:
        woman = self._resident(data["person"])
        assert woman["sex"] == "female"
        assert woman.get("pregnant", False) == (data["event"] != "pregnant")
        woman["pregnant"] = data["event"] == "pregnant"

    def person_prenatally_screened(self, data: dict[str, Any]) -> None:
        assert self._resident(data["person"])["pregnant"]

    def person_health_checked(self, data: dict[str, Any]) -> None:
        assert int(data["on"][:4]) - int(self._resident(data["person"])["birth"][:4]) >= 60

    def couple_checked(self, data: dict[str, Any]) -> None:
        for person in (data["person"], data["partner"]):
            assert self._resident(person)["marital"] != "married"
