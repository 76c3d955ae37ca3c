"""Is what is made by the million looked through for cycles neither meanwhile nor later?"""

import gc

from kit.process import collector


def test_what_is_made_while_filling_is_never_looked_through() -> None:
    before = gc.get_freeze_count()
    with collector.filling():
        made = [[n] for n in range(1_000)]
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)
    gc.unfreeze()
