"""What do the A0 sheets of the first day say, written fast enough for a province?

Columns are taken out area by area, as lists of bytes; a sheet is put together by templates. That it is the same JSON
as any other report's is tested.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from contracts.reference.units import until_2025
from twin import ids, names
from twin.draws import Draws, Ints
from twin.numbers import CARD, card_group
from twin.places import Area
from twin.reports import clock, line, milliseconds
from twin.stock.attributes import EDUCATION, ETHNICITIES, MARITAL, NO_WORK, OCCUPATIONS
from twin.stock.columns import RELATIONS, Stock

OPENS, HALF_A_DAY, MINUTE = 8, 12 * 3600 * 1000, 60_000
SHEET = b'{"on":"%b","household":"%b","area":"%b","number":"%d","head":"%b","members":[%b],"personal":{"address":"%b"}}'
MEMBER = (
    b'{"person":"%b","sex":"%b","birth":"%b","relation":"%b","marital":"%b","ethnicity":"%b","education":"%b",'
    b'"residence":"present","personal":{"name":"%b %b %b","identifiers":[{"type":"pid","value":"%012d"},'
    b'{"type":"bhyt","value":"%b"}]}%b%b%b%b}'
)
WORK = [b',"occupation":"%b"' % name.encode() for name in OCCUPATIONS]
ORDERS = [b"", *(b',"birth_order":%d' % order for order in range(1, 31))]


@dataclass(slots=True)
class Named:
    """The stock with the ids under which it is told; `sheet` is the report that put a household on the books."""

    stock: Stock
    person: ids.Raw
    household: ids.Raw
    sheet: ids.Raw
    told: Ints


def named(stock: Stock, seed: int, place: str, day: date) -> Named:
    """Give ids; they carry the moment at which the sheet is told, one behind the other through half a day."""
    households = len(stock.shape)
    step = min(MINUTE, HALF_A_DAY // max(1, households))
    told = milliseconds(day, OPENS) + np.arange(1, households + 1, dtype=np.int64) * step
    person, household, sheet = (Draws(seed, place, of) for of in ("persons", "households", "sheets"))
    return Named(
        stock=stock,
        person=ids.draw(person, told[stock.household]),
        household=ids.draw(household, told),
        sheet=ids.draw(sheet, told),
        told=told,
    )


@cache
def codes(values: tuple[str, ...]) -> list[bytes]:
    """Write a list of codes as bytes."""
    return [value.encode() for value in values]


def address(number: int, area: Area) -> str:
    """Invent the address line of a household."""
    return f"Số {number}, ngõ {number % 9 + 1}, {until_2025()[area.code].name}"


def lines(of: Named, day: date) -> Iterator[bytes]:
    """Write the sheets, area by area."""
    stock, begun = of.stock, 0
    ages = Ages(day)
    for area in stock.areas:
        ended = begun + area.households
        yield from _area(of, area, begun, ended, ages)
        begun = ended


class Ages:
    """Days as text, and the group by the age on the first day, looked up by the day of birth."""

    def __init__(self, day: date) -> None:
        self._day = day
        self.on = day.isoformat().encode()
        self._known: dict[int, tuple[bytes, bytes]] = {}

    def of(self, born: int) -> tuple[bytes, bytes]:
        """Give the date of birth and the group of the health card."""
        found = self._known.get(born)
        if found is None:
            birth = date.fromordinal(born)
            found = self._known[born] = birth.isoformat().encode(), card_group(birth, self._day)
        return found


def _area(of: Named, area: Area, begun: int, ended: int, ages: Ages) -> Iterator[bytes]:
    stock = of.stock
    first, last = int(stock.first[begun]), int(stock.first[ended])
    people = ids.texts(of.person[first:last])
    members = _members(stock, first, last, people, ages, area.province)
    starts = (stock.first[begun : ended + 1] - first).tolist()
    households, reports = ids.texts(of.household[begun:ended]), ids.texts(of.sheet[begun:ended])
    moments = of.told[begun:ended].tolist()
    place, source = area.id.encode(), b"/collaborators/" + area.id.encode()
    for at, (household, report, moment) in enumerate(zip(households, reports, moments, strict=True)):
        head, end = starts[at], starts[at + 1]
        who = b",".join(members[head:end])
        where = address(at + 1, area).encode()
        data = SHEET % (ages.on, household, place, at + 1, people[head], who, where)
        yield line(report, clock(moment), source, b"household.registered", household, data)


def _members(stock: Stock, first: int, last: int, people: list[bytes], ages: Ages, province: int) -> list[bytes]:
    def texts(column: NDArray[np.uint8], values: list[bytes]) -> list[bytes]:
        return [values[code] for code in column[first:last].tolist()]

    def kin(column: NDArray[np.int32], template: bytes) -> list[bytes]:
        return [template % people[row - first] if row >= 0 else b"" for row in column[first:last].tolist()]

    born = [ages.of(day) for day in stock.birth[first:last].tolist()]
    cards = [
        CARD % (group, province, province, serial)
        for (_, group), serial in zip(born, stock.card[first:last].tolist(), strict=True)
    ]
    columns = zip(
        people,
        texts(stock.sex, codes(names.SEXES)),
        [birth for birth, _ in born],
        texts(stock.relation, codes(RELATIONS)),
        texts(stock.marital, codes(MARITAL)),
        texts(stock.ethnicity, codes(ETHNICITIES)),
        texts(stock.education, codes(EDUCATION)),
        texts(stock.surname, names.surnames()),
        texts(stock.middle, names.middles()),
        texts(stock.given, names.givens()),
        stock.personal_number[first:last].tolist(),
        cards,
        kin(stock.spouse, b',"spouse":"%b"'),
        kin(stock.mother, b',"mother":"%b"'),
        texts(stock.birth_order, ORDERS),
        [b"" if code == NO_WORK else WORK[code] for code in stock.occupation[first:last].tolist()],
        strict=True,
    )
    return [MEMBER % row for row in columns]
