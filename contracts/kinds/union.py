"""How couples form and part: marriage, separation and divorce, each counted in persons."""

from typing import ClassVar

from contracts.event import Dated
from contracts.ids import PersonId


class PersonMarried(Dated):
    """A person marries; the spouse may be unknown to the books. Unions count where each partner lives that evening."""

    kind: ClassVar[str] = "person.married"
    title: ClassVar[tuple[str, str]] = ("Marriage", "Kết hôn")
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    other: ClassVar[str | None] = "spouse"

    person: PersonId
    spouse: PersonId | None = None


class PersonDivorced(Dated):
    """A married person is divorced from the present spouse."""

    kind: ClassVar[str] = "person.divorced"
    title: ClassVar[tuple[str, str]] = ("Divorce", "Ly hôn")
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})

    person: PersonId


class PersonSeparated(Dated):
    """A married person and the spouse live apart without being divorced (ly thân); they stay married to each other."""

    kind: ClassVar[str] = "person.separated"
    title: ClassVar[tuple[str, str]] = ("Separation", "Ly thân")
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})

    person: PersonId


class PersonReconciled(Dated):
    """A separated person and the spouse live as a couple again (đoàn tụ)."""

    kind: ClassVar[str] = "person.reconciled"
    title: ClassVar[tuple[str, str]] = ("Reconciliation after a separation", "Đoàn tụ sau ly thân")
    after_moves: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})

    person: PersonId
