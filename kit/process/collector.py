"""How often does Python look for cycles among the objects of a process that makes them by the million?"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MADE_BETWEEN = 200_000


def look_rarely() -> None:
    """Leave what the process was started with alone for good, and look through what it makes only now and then."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN)


@contextmanager
def filling() -> Iterator[None]:
    """Make much that stays: it is looked through neither while it is made nor ever after."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
