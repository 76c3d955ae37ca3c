"""How couples form and part: marriage and divorce, each counted in persons."""

from typing import ClassVar

from contracts.event import Dated
from contracts.ids import PersonId


class PersonMarried(Dated):
    """A person marries; the spouse may be unknown to the books. Unions count where each partner lives that evening."""

    kind: ClassVar[str] = "person.married"
    title: ClassVar[tuple[str, str]] = ("Marriage", "Kết hôn")
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})

    person: PersonId
    spouse: PersonId | None = None


class PersonDivorced(Dated):
    """A married person is divorced from the present spouse."""

    kind: ClassVar[str] = "person.divorced"
    title: ClassVar[tuple[str, str]] = ("Divorce", "Ly hôn")
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})

    person: PersonId
