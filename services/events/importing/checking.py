"""Which drafts of a file are reports that the intake would take, and what is wrong with the others?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kit.http.problems import InvalidRequest
from kit.process.apart import apart
from services.events.importing.derived import run_id
from services.events.importing.drafting import Drafting
from services.events.importing.drafts import Begun, Draft, Found, Places, Stated, Unfit, Unread
from services.events.importing.prepared import Prepared, Writer
from services.events.importing.totals import Totals


@dataclass
class Checking:
    """A file being checked: what was counted, which worksheets and columns nobody read, and where the fields of a table
    stand, by its name. `left_out`: how many rows or households are wrong, and so not counted.
    """

    drafting: Drafting
    totals: Totals = field(default_factory=Totals)
    unread_tables: list[str] = field(default_factory=list)
    unread_columns: list[tuple[str, str]] = field(default_factory=list)
    places: dict[str, Places] = field(default_factory=dict)
    left_out: int = 0
    digest: bytes = b""
    form: str = ""

    def read(self) -> Iterator[Prepared | Unfit]:
        """Give every household or row as reports, or what is wrong with it; raises FileFault.

        The file is read by a process of its own, while its drafts are checked here.
        """
        for one in self._checked(apart(self.drafting.read, Found)):
            self.left_out += isinstance(one, Unfit)
            yield one

    def _checked(self, found: Iterator[Found]) -> Iterator[Prepared | Unfit]:
        begun = next(found)
        assert isinstance(begun, Begun)
        self.digest, self.form = begun.digest, begun.form
        choices = self.drafting.choices
        writer = Writer(choices.access, choices.key, run_id(begun.digest))
        places, fits = Places({}), True
        for one in found:
            if isinstance(one, Draft):
                if one.follows and not fits:
                    continue
                try:
                    prepared = writer.write(one)
                except InvalidRequest as wrong:
                    fits = False
                    faults = [places.fault(one.told, told.pointer, told.code) for told in wrong.errors]
                    yield Unfit(one.table, one.rows, tuple(faults))
                    continue
                fits = True
                self.places[one.table] = places
                if not one.follows:
                    self.totals.count(one.table, one.area, one.sexes, households=one.households, named=one.named)
                yield prepared
            elif isinstance(one, Unfit):
                yield one
            elif isinstance(one, Places):
                places = one
            elif isinstance(one, Stated):
                self.totals.state(one.table, one.area, one.told)
            elif isinstance(one, Unread):
                self.unread_tables, self.unread_columns = one.tables, one.columns
