"""By which name does a partner know somebody whose id it may not have?

A keyed digest of partner, sort and id: the same partner always gets the same one, two partners never, and nobody
without the key can go back from it or compare two of them. What else an event tells, its place above all, can be.
"""

import hmac
from typing import Final

_BYTES: Final = 20
_SHORTEST_KEY: Final = 16


class Pseudonyms:
    """Pseudonyms of one partner."""

    def __init__(self, key: str, partner: str) -> None:
        if len(key) < _SHORTEST_KEY:
            raise ValueError(f"pseudonym_key needs at least {_SHORTEST_KEY} characters")
        self._key = key.encode()
        self._prefix = f"socai.pseudonym.v1\0{partner}\0"

    def give(self, sort: str, id_: str) -> str:
        """Give the pseudonym of a person or a household (`sort`): 40 hexadecimal digits, no id has that look."""
        digest = hmac.digest(self._key, f"{self._prefix}{sort}\0{id_}".encode(), "sha256")
        return digest[:_BYTES].hex()
