"""Which drafts of a file are reports that the intake would take, and what is wrong with the others?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kit.apart import apart
from kit.problems import InvalidRequest
from services.events.importing.choices import Choices
from services.events.importing.derived import run_id
from services.events.importing.drafting import Drafting
from services.events.importing.drafts import Begun, Draft, Found, Places, Read, Unfit
from services.events.importing.prepared import Prepared, Writer
from services.events.importing.totals import Totals


@dataclass
class Checking:
    """A file being checked: what was counted, and which worksheets and columns nobody read.

    `ledger` is the address of the database to look into, empty where there is none.
    """

    path: Path
    choices: Choices
    ledger: str = ""
    form: str = ""
    totals: Totals = field(default_factory=Totals)
    unread_tables: list[str] = field(default_factory=list)
    unread_columns: list[tuple[str, str]] = field(default_factory=list)
    digest: bytes = b""

    def read(self) -> Iterator[Prepared | Unfit]:
        """Give every household or row as reports, or what is wrong with it; raises FileFault.

        The file is read by a process of its own, while its drafts are checked here.
        """
        drafting = Drafting(self.path, self.choices, self.ledger, self.form)
        yield from self._checked(apart(drafting.read, Found))

    def _checked(self, found: Iterator[Found]) -> Iterator[Prepared | Unfit]:
        begun = next(found)
        assert isinstance(begun, Begun)
        self.digest, self.form = begun.digest, begun.form
        writer = Writer(self.choices.access, self.choices.key, run_id(begun.digest))
        places, fits = Places({}), True
        for one in found:
            if isinstance(one, Draft):
                if one.follows and not fits:
                    continue
                try:
                    prepared = writer.write(one)
                except InvalidRequest as wrong:
                    fits = False
                    faults = [places.fault(one.told, *told) for told in wrong.errors]
                    yield Unfit(one.table, one.rows, tuple(faults))
                    continue
                fits = True
                if not one.follows:
                    self.totals.count(one.table, one.area, one.sexes, households=one.households)
                yield prepared
            elif isinstance(one, Unfit):
                yield one
            elif isinstance(one, Places):
                places = one
            elif isinstance(one, Read):
                self.totals.stated += one.stated
                self.unread_tables, self.unread_columns = one.unread_tables, one.unread_columns
