"""How does chance come out the same on every machine?

Every stream is a Philox generator keyed by what it is for, so that neither order nor portions matter. Only whole
numbers are drawn, and no logarithm or root decides anything: those may differ in the last digit between machines.
"""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
MILLION = 1_000_000
_BUFFER = 4096


class Draws:
    """A stream of whole numbers, keyed by seed and purpose."""

    def __init__(self, *purpose: object) -> None:
        digest = sha256("/".join(map(str, purpose)).encode()).digest()
        self._bits = np.random.Philox(key=np.frombuffer(digest[:16], dtype="<u8"))
        self._ahead: list[int] = []

    def words(self, size: int) -> Words:
        """Draw 64-bit words."""
        return np.atleast_1d(self._bits.random_raw(size)).astype(np.uint64, copy=False)

    def below(self, limit: int | Ints, size: int) -> Ints:
        """Draw numbers from 0 up to, and without, a limit below 2**31; one limit for all or one for each."""
        drawn = (self.words(size) >> np.uint64(33)).astype(np.int64)
        return (drawn * np.asarray(limit, dtype=np.int64)) >> 31

    def hits(self, chances: Ints) -> NDArray[np.bool_]:
        """Say of each whether it happens; chances in millionths."""
        return self.below(MILLION, len(chances)) < chances

    def pick(self, weights: "list[int] | tuple[int, ...] | Ints", size: int) -> Ints:
        """Draw places in a list of whole weights."""
        totals = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(totals, self.below(int(totals[-1]), size), side="right").astype(np.int64)

    def order(self, size: int) -> Ints:
        """Shuffle 0 up to, and without, `size`."""
        return np.argsort(self.words(size), kind="stable")

    def one(self, limit: int) -> int:
        """Draw a single number from 0 up to, and without, a limit."""
        if not self._ahead:
            self._ahead = self.words(_BUFFER).tolist()
        return (self._ahead.pop() >> 33) * limit >> 31

    def chance(self, millionths: int) -> bool:
        """Say whether something happens."""
        return self.one(MILLION) < millionths


def apportion(weights: Ints, total: int) -> Ints:
    """Share a whole number out by weights, the largest remainders first, so that the shares add up."""
    shares = weights.astype(object) * total
    whole = int(weights.sum())
    found = np.array([int(share) // whole for share in shares], dtype=np.int64)
    rest = np.array([int(share) % whole for share in shares], dtype=np.int64)
    found[np.argsort(-rest, kind="stable")[: total - int(found.sum())]] += 1
    return found
