"""Of whom does a household of each size consist, and how are its people related?

A shape is a family in the middle (a couple, a mother, a father), their children, and the parents of one of them. The
families are those of the Ministry of Culture, 2014; how they spread over the sizes is our judgement.
"""

from dataclasses import dataclass, replace
from functools import cache

MALE, FEMALE, DRAWN = 0, 1, 2
HUSBAND, WIFE, GRANDFATHER, GRANDMOTHER, CHILD = range(5)
Roles = tuple[int, ...]
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Slot:
    """One person of a shape: `role` says how old, the others are numbers of slots; `line` is who gives the surname."""

    role: int
    sex: int
    relation: str
    spouse: int = NOBODY
    mother: int = NOBODY
    line: int = NOBODY


@dataclass(frozen=True, slots=True)
class Shape:
    """`middle` names who stands in the middle, `elders` whose parents live there, `leads` whether one is the head."""

    family: str
    middle: tuple[int, ...]
    children: int = 0
    elders: tuple[int, ...] = ()
    leads: bool = False

    @property
    def size(self) -> int:
        """How many people."""
        return len(self.middle) + self.children + len(self.elders)


COUPLE, MOTHER, FATHER = (HUSBAND, WIFE), (WIFE,), (HUSBAND,)
BOTH, GRAN, GRANDPA = (GRANDFATHER, GRANDMOTHER), (GRANDMOTHER,), (GRANDFATHER,)
ALONE, COUPLE_ONLY, COUPLE_CHILDREN, OTHER = "alone", "couple", "couple_and_children", "other"
MOTHER_CHILDREN, FATHER_CHILDREN, GENERATIONS = "mother_and_children", "father_and_children", "three_generations"


def _generations(
    weight: int, middle: tuple[int, ...], children: int, elders: tuple[int, ...]
) -> list[tuple[Shape, int]]:
    """Let the elders lead in four of ten households."""
    shape = Shape(GENERATIONS, middle, children, elders)
    return [(shape, weight * 6), (replace(shape, leads=True), weight * 4)]


def _young_couple(weight: int, parents: Roles) -> list[tuple[Shape, int]]:
    """Let a couple without children as yet live with his parents: two generations."""
    return [(Shape(COUPLE_CHILDREN, COUPLE, 0, parents, leads=True), weight * 10)]


# By size: shapes with their share in it, in ten thousandths.
BY_SIZE: tuple[tuple[tuple[Shape, int], ...], ...] = (
    ((Shape(ALONE, MOTHER), 6000), (Shape(ALONE, FATHER), 4000)),
    (
        (Shape(COUPLE_ONLY, COUPLE), 6100),
        (Shape(MOTHER_CHILDREN, MOTHER, 1), 2200),
        (Shape(FATHER_CHILDREN, FATHER, 1), 1000),
        (Shape(OTHER, (), 1, GRAN, leads=True), 700),
    ),
    (
        (Shape(COUPLE_CHILDREN, COUPLE, 1), 6600),
        (Shape(MOTHER_CHILDREN, MOTHER, 2), 1400),
        (Shape(FATHER_CHILDREN, FATHER, 2), 500),
        (Shape(OTHER, (), 1, BOTH, leads=True), 300),
        *_young_couple(120, GRAN),
    ),
    (
        (Shape(COUPLE_CHILDREN, COUPLE, 2), 7400),
        *_young_couple(130, BOTH),
        (Shape(MOTHER_CHILDREN, MOTHER, 3), 300),
        *_generations(70, COUPLE, 1, GRAN),
        *_generations(20, COUPLE, 1, GRANDPA),
        *_generations(10, MOTHER, 2, GRAN),
    ),
    (
        (Shape(COUPLE_CHILDREN, COUPLE, 3), 5200),
        *_generations(260, COUPLE, 2, GRAN),
        *_generations(50, COUPLE, 2, GRANDPA),
        *_generations(170, COUPLE, 1, BOTH),
    ),
    (
        (Shape(COUPLE_CHILDREN, COUPLE, 4), 1200),
        *_generations(600, COUPLE, 2, BOTH),
        *_generations(280, COUPLE, 3, GRAN),
    ),
    (*_generations(800, COUPLE, 3, BOTH), *_generations(200, COUPLE, 4, GRAN)),
    tuple(_generations(1000, COUPLE, 4, BOTH)),
)
ALL = tuple(shape for shapes in BY_SIZE for shape, _ in shapes)


@cache
def slots(shape: Shape) -> tuple[Slot, ...]:
    """Give the people of a shape, the head first; kin below `line` and `mother` are numbers of slots."""
    roles = [*shape.elders, *shape.middle] if shape.leads else [*shape.middle, *shape.elders]
    at = {role: number for number, role in enumerate(roles)}
    found = [_grown(role, at, shape.leads) for role in roles]
    below = "grandchild" if shape.leads else "child"
    line = at.get(HUSBAND, at.get(GRANDFATHER, NOBODY) if not shape.middle else NOBODY)
    child = Slot(CHILD, DRAWN, below, mother=at.get(WIFE, NOBODY), line=line)
    return tuple(found + [child] * shape.children)


def _grown(role: int, at: dict[int, int], leads: bool) -> Slot:  # noqa: FBT001 - whether the elders lead
    partner = {HUSBAND: WIFE, WIFE: HUSBAND, GRANDFATHER: GRANDMOTHER, GRANDMOTHER: GRANDFATHER}[role]
    old = role in BOTH
    heir = HUSBAND if HUSBAND in at else WIFE
    if at[role] == 0:
        relation = "head"
    elif at.get(partner) == 0:
        relation = "spouse"
    elif old:
        relation = "parent"
    else:
        relation = "adopted_or_in_law" if leads and role != heir else "child"
    kin = {"spouse": at.get(partner, NOBODY)}
    if not old and role == heir:
        kin |= {"mother": at.get(GRANDMOTHER, NOBODY), "line": at.get(GRANDFATHER, NOBODY)}
    return Slot(role, FEMALE if role in {WIFE, GRANDMOTHER} else MALE, relation, **kin)
