"""How does a test see all that a process of ours would log?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from kit.process import journal


@contextmanager
def talking() -> Iterator[None]:
    """Log as a process of ours does, at its most talkative; the client of the test is not ours.

    Begun by the test itself: what was standard output while fixtures were made is not that of the test.
    """
    root, client = logging.getLogger(), logging.getLogger("httpx")
    before = root.handlers[:], root.level, client.level
    journal.configure("DEBUG")
    client.setLevel(logging.ERROR)
    yield
    root.handlers[:], root.level, client.level = before
