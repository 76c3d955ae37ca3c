"""How often does Python look for cycles among the objects of a process that makes them by the million?"""

import gc

_MADE_BETWEEN = 200_000


def look_rarely() -> None:
    """Leave what the process was started with alone for good, and look through what it makes only now and then."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN)
