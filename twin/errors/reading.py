"""What does each kind of true report make of the world, read in order of day, class and telling?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from sys import intern
from typing import Any

from twin.errors import truth


@dataclass(slots=True)
class Life:
    """Somebody as far as has been read; `way` is the open departure of who is on her way."""

    status: str
    sex: str
    birth: str | None
    name: str | None
    number: str | None
    household: str | None
    way: tuple[str, str, str | None] | None = None


@dataclass(slots=True)
class Home:
    """A household as far as has been read; where it stands is kept of all of them."""

    head: str | None
    number: str | None
    address: str | None
    status: str = "active"


class Reading:
    """The world while true reports are read in their order.

    Only the `changing` are kept, of whom more is told than a sheet or a line of it: all of a province are too many.
    """

    def __init__(self, changing: set[str]) -> None:
        self._changing = changing
        self.people: dict[str, Life] = {}
        self.homes: dict[str, Home] = {}
        self.areas: dict[str, str] = {}
        self.successors: dict[str, str] = {}
        self.doubles: dict[str, str] = {}
        self.moves: list[truth.Move] = []

    def new(self, told: dict[str, Any], household: str, birth: str | None) -> None:
        """Let somebody be who is described."""
        if told["person"] in self._changing:
            self.people[told["person"]] = _described(told, household, birth)

    def founded(self, household: str, told: dict[str, Any]) -> None:
        """Let a household be what is told of it."""
        if household in self._changing or told.get("head") in self._changing:
            self.homes[household] = _home(told)

    def at_home(self, sheet: dict[str, Any]) -> Iterator[truth.Household | truth.Person]:
        """Give the household of a sheet and its people, as far as they are not changing."""
        if sheet["household"] not in self.homes:
            yield self.household(sheet["household"], _home(sheet))
        for member in sheet.get("members", ()):
            if member["person"] not in self._changing:
                yield self.person(member["person"], _described(member, sheet["household"], member.get("birth")))

    def person(self, person: str, life: Life) -> truth.Person:
        """Give the truth of somebody."""
        household, area = self.home(life)
        return truth.Person(person, life.status, life.sex, life.birth, life.name, life.number, area, household)

    def household(self, household: str, home: Home) -> truth.Household:
        """Give the truth of a household."""
        return truth.Household(household, self.areas[household], home.status, home.head, home.number, home.address)

    def home(self, life: Life) -> tuple[str | None, str | None]:
        """Give household and area; whoever lived in a household that was merged lives in its successor."""
        household = life.household
        while household in self.successors:
            household = self.successors[household]
        return household, self.areas.get(household or "")

    def settle(self, person: str, household: str) -> None:
        """Let somebody live in a household."""
        life = self.people[person]
        self.no_longer_head(person, life)
        life.status, life.household = "resident", household

    def leave(self, report: str, person: str, told: dict[str, Any], on: str) -> None:
        """Let somebody go: abroad for good, else on her way."""
        life = self.people[person]
        self.no_longer_head(person, life)
        _, area = self.home(life)
        abroad = told.get("destination") == "abroad"
        life.status, life.household = "outside" if abroad else "in_transit", None
        life.way = None if abroad else (report, on, area)

    def no_longer_head(self, person: str, life: Life) -> None:
        """Leave the household in which somebody lived without a head, where she was the head."""
        home = self.homes.get(self.home(life)[0] or "")
        if home is not None and home.head == person:
            home.head = None


def _home(told: dict[str, Any]) -> Home:
    return Home(told.get("head"), told.get("number"), (told.get("personal") or {}).get("address"))


def _described(told: dict[str, Any], household: str, birth: str | None) -> Life:
    personal = told.get("personal") or {}
    numbers = (one["value"] for one in personal.get("identifiers", ()) if one["type"] == "pid")
    return Life("resident", told["sex"], birth, personal.get("name"), next(numbers, None), household)


def _registered(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.areas[told["household"]] = intern(told["area"])
    world.founded(told["household"], told)
    for member in told.get("members", ()):
        world.new(member, told["household"], member.get("birth"))


def _born(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.new(told, told["household"], told["on"])


def _arrived(world: Reading, report: str, told: dict[str, Any]) -> None:
    person = told["person"]
    if person not in world.people:
        world.new(told, told["household"], told.get("birth"))
        return
    life = world.people[person]
    world.settle(person, told["household"])
    if life.way is not None:
        departure, left, origin = life.way
        life.way = None
        ends = (report, told["on"], world.areas[told["household"]])
        world.moves.append(truth.Move(person, departure, left, origin, *ends))


def _died(world: Reading, _report: str, told: dict[str, Any]) -> None:
    life = world.people[told["person"]]
    world.no_longer_head(told["person"], life)
    life.status, life.household, life.way = "dead", None, None


def _moved(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.settle(told["person"], told["household"])


def _left(world: Reading, report: str, told: dict[str, Any]) -> None:
    world.leave(report, told["person"], told, told["on"])


def _merged(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.no_longer_head(told["person"], world.people[told["person"]])
    world.doubles[told["person"]] = told["into"]


def _closed(world: Reading, _report: str, told: dict[str, Any]) -> None:
    life = world.people[told["person"]]
    life.status, life.way = "outside", None


def _household_moved(world: Reading, _report: str, told: dict[str, Any]) -> None:
    household, now, home = told["household"], _home(told), world.homes[told["household"]]
    elsewhere = world.areas[household] != told["area"]
    home.number = now.number if elsewhere or now.number is not None else home.number
    home.address = now.address if elsewhere or now.address is not None else home.address
    world.areas[household] = told["area"]


def _head_changed(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.homes[told["household"]].head = told["head"]


def _split(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.areas[told["founded"]] = told.get("area") or world.areas[told["household"]]
    world.founded(told["founded"], told)
    for member in told["members"]:
        world.settle(member["person"], told["founded"])


def _households_merged(world: Reading, _report: str, told: dict[str, Any]) -> None:
    world.successors[told["household"]] = told["into"]
    _ended(world, told, "merged")


def _dissolved(world: Reading, report: str, told: dict[str, Any]) -> None:
    for member in told.get("members", ()):
        if member.get("household"):
            world.settle(member["person"], member["household"])
        else:
            world.leave(report, member["person"], member, told["on"])
    _ended(world, told, "dissolved")


def _ended(world: Reading, told: dict[str, Any], status: str) -> None:
    home = world.homes[told["household"]]
    home.status, home.head = status, None


def _reorganised(world: Reading, _report: str, told: dict[str, Any]) -> None:
    for part in told.get("parts", ()):
        for cut in part.get("households", ()):
            world.areas[cut["household"]] = cut["area"]


def _changed(world: Reading, _report: str, told: dict[str, Any]) -> None:
    life, new = world.people[told["person"]], told.get("new", {})
    life.sex, life.birth = new.get("sex", life.sex), new.get("birth", life.birth)
    life.name = (told.get("personal") or {}).get("name") or life.name


def _issued(world: Reading, _report: str, told: dict[str, Any]) -> None:
    for one in told["personal"]["identifiers"]:
        if one["type"] == "pid":
            world.people[told["person"]].number = one["value"]


def _withdrawn(world: Reading, _report: str, told: dict[str, Any]) -> None:
    life = world.people[told["person"]]
    if any(one["value"] == life.number for one in told["personal"]["identifiers"]):
        life.number = None


SHEET = "household.registered"
READ: dict[str, Callable[[Reading, str, dict[str, Any]], None]] = {
    SHEET: _registered,
    "person.born": _born,
    "person.arrived": _arrived,
    "person.died": _died,
    "person.moved": _moved,
    "person.left": _left,
    "person.merged": _merged,
    "move.closed": _closed,
    "household.moved": _household_moved,
    "household.head_changed": _head_changed,
    "household.split": _split,
    "household.merged": _households_merged,
    "household.dissolved": _dissolved,
    "unit.reorganised": _reorganised,
    "person.changed": _changed,
    "person.identifier_issued": _issued,
    "person.identifier_withdrawn": _withdrawn,
}
"""What is read of each kind; kinds that change neither place, status, head nor description are left out."""
