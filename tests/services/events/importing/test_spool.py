"""Does everything that is ready come back as it was checked, in order, whether memory had room for it or not?"""

import tempfile
from pathlib import Path

import pytest

from services.events.importing.checking import Checking
from services.events.importing.choices import Choices
from services.events.importing.drafting import Drafting
from services.events.importing.prepared import Prepared
from services.events.importing.spool import Spool
from tests.services.events.telling import ANYBODY, AREA

BOOK = "Hộ số,Họ và tên,Giới tính,Ngày sinh,Số tờ\n" + "".join(
    f'{number},"Lê ""Tám"" Văn",nam,19{number},{sheet}\n' for number in range(10, 16) for sheet in ("", "2")
)


@pytest.mark.parametrize("done", [0, 1, 3, 6])
@pytest.mark.parametrize("most_in_memory", [0, 1, 5, 100])
def test_what_is_ready_comes_back_as_it_was_checked(most_in_memory: int, done: int, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text(BOOK)
    choices = Choices(ANYBODY, "2026-01-01", area=AREA, on="2025-01-01", key=b"k")
    ready = [one for one in Checking(Drafting(book, choices, form="a0")).read() if isinstance(one, Prepared)]
    assert len(ready) > 5
    with tempfile.TemporaryFile() as file:
        spool = Spool(file, ANYBODY, most_in_memory)
        for one in ready:
            spool.add(one)
        assert spool.count == len(ready)
        assert list(spool.read(done)) == ready[done:]
        assert (file.tell() == 0) == (most_in_memory == 100)
