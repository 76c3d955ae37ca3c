"""Does every signature of the ledger fit what it covers, by the key as it stood when the report came in?

A walk over the entries in order: enrolments and revocations are entries too, so nothing else is asked.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from contracts.calendar import today
from contracts.fact import Fact, ReportEntry
from services.events.signing.signatures import check, content_of, key_in, of_device
from services.events.state.keys import KEY_KINDS, Key, key_named, standing, take

MOST_NAMED = 20


class Signed:
    """What one key signed, in 24 bytes for each day and place in the walk: a nation has a hundred thousand keys, and
    which of them is not to be trusted is known at the end of it.
    """

    def __init__(self) -> None:
        self._runs = array("q")

    def add(self, day: str, position: int) -> None:
        """Take what came in on a day."""
        number = date.fromisoformat(day).toordinal()
        if self._runs and self._runs[-3] == number:
            self._runs[-1] += 1
        else:
            self._runs.extend((number, position, 1))

    def since(self, day: str) -> Iterator[tuple[int, int]]:
        """Give the first position of each day from one on, and how many there are."""
        number = date.fromisoformat(day).toordinal()
        for at in range(0, len(self._runs), 3):
            if self._runs[at] >= number:
                yield self._runs[at + 1], self._runs[at + 2]


@dataclass(slots=True)
class Evidence:
    """What the walk has found so far: how many entries are signed, and the positions of those that do not hold."""

    signed: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)
    _keys: dict[str, Key] = field(default_factory=dict)
    _arrived: dict[str, tuple[int, str]] = field(default_factory=dict)
    _by_key: defaultdict[str, Signed] = field(default_factory=lambda: defaultdict(Signed))

    def follow(self, position: int, recorded_at: int, entry: Fact | ReportEntry) -> None:
        """Look at the next entry."""
        if entry.cause.signature is not None:
            self.signed += 1
            wrong = self._judge(position, today(recorded_at // 1_000_000), entry)
            if wrong is not None:
                self.broken.append((position, wrong))
        if isinstance(entry, Fact) and entry.kind in KEY_KINDS:
            key = key_named(entry)
            self._keys[key] = take(self._keys.get(key), position, entry)

    def _judge(self, position: int, day: str, entry: Fact | ReportEntry) -> str | None:
        """Say what is wrong with a signature: it must have counted when the report came in, also if it waited since."""
        cause = entry.cause
        assert cause.signature is not None
        if isinstance(entry, Fact):
            at, day = self._arrived.pop(cause.report, (position, day))
        else:
            at, day = self._arrived.setdefault(cause.report, (position, day))
        try:
            key = self._keys.get(key_in(cause.signature))
            outdated = standing(key, at, day)
            if key is None or outdated is not None:
                return "device-unknown" if outdated is None else outdated.code
            if not of_device(key, cause.authid or "", cause.device):
                return "device-unknown"
            check(cause.signature, content_of(cause), key)
        except ValueError:
            return "signature-invalid"
        self._by_key[key.key].add(day, position)
        return None

    @property
    def revoked(self) -> int:
        """How many of the keys that signed were revoked since."""
        return sum(self._keys[key].revoked is not None for key in self._by_key)

    @property
    def mistrusted(self) -> list[int]:
        """Positions of what a key signed from the day on since which it is not trusted, and before its revocation: the
        first of each day.
        """
        return sorted(first for first, _ in self._mistrusted())

    @property
    def mistrusted_in_all(self) -> int:
        """How many there are."""
        return sum(count for _, count in self._mistrusted())

    def _mistrusted(self) -> Iterator[tuple[int, int]]:
        for key, signed in self._by_key.items():
            since = self._keys[key].mistrusted
            if since is not None:
                yield from signed.since(since)
