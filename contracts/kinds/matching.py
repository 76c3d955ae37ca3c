"""How two persons on the books turn out to be one human being, and how a move that nobody completes is closed."""

from typing import ClassVar

from contracts.codes import Whereabouts
from contracts.event import Dated
from contracts.ids import PersonId

IDENTITY_WRITE = "events.identity.write"


class PersonMerged(Dated):
    """`person` is the same human being as `into`, who goes on: from that day on `person` is struck off the books.

    No death and no move. What is told later of the one who was struck off is refused and points to who goes on.
    Voiding the report parts the two again. Whoever is dead goes on as the dead one: the living double is struck off.
    """

    kind: ClassVar[str] = "person.merged"
    title: ClassVar[tuple[str, str]] = ("Two persons are one", "Hợp nhất hai bản ghi của cùng một người")
    day_class: ClassVar[int] = 4
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True
    scope: ClassVar[str] = IDENTITY_WRITE

    person: PersonId
    into: PersonId


class MoveClosed(Dated):
    """Nobody tells where somebody in transit has arrived: she is in transit no longer and lives outside of the books.

    An arrival may still be told later. One of an earlier day completes the move as if it had never been closed.
    """

    kind: ClassVar[str] = "move.closed"
    title: ClassVar[tuple[str, str]] = ("Move closed without an arrival", "Kết thúc chuyển đi khi không có nơi đến")
    day_class: ClassVar[int] = 4
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    moves: ClassVar[bool] = True
    scope: ClassVar[str] = IDENTITY_WRITE

    person: PersonId
    whereabouts: Whereabouts = "unknown"
