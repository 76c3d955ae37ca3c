"""Does every signature of the ledger fit what it covers, by the key as it stood when the report came in?

A walk over the entries in order: enrolments and revocations are entries too, so nothing else is asked.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from contracts.calendar import today
from contracts.fact import Fact, ReportEntry
from services.events.signing.signatures import check, content_of, key_in, of_device
from services.events.state.keys import KEY_KINDS, Key, key_named, standing, take

MOST_NAMED = 20


@dataclass(slots=True)
class Evidence:
    """What the walk has found so far: how many entries are signed, and the positions of those that do not hold."""

    signed: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)
    _keys: dict[str, Key] = field(default_factory=dict)
    _arrived: dict[str, tuple[int, str]] = field(default_factory=dict)
    _days: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    _signed: Counter[tuple[str, str]] = field(default_factory=Counter)

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
        self._signed[key.key, day] += 1
        seen = self._days.setdefault(key.key, {}).setdefault(day, [])
        if len(seen) < MOST_NAMED:
            seen.append(position)
        return None

    @property
    def revoked(self) -> int:
        """How many of the keys that signed were revoked since."""
        return sum(self._keys[key].revoked is not None for key in self._days)

    @property
    def mistrusted(self) -> list[int]:
        """Positions of what a key signed from the day on since which it is not trusted, and before its revocation: the
        first of each day.
        """
        return sorted(position for key, day in self._mistrusted() for position in self._days[key][day])

    @property
    def mistrusted_in_all(self) -> int:
        """How many there are, also where they are too many to be named."""
        return sum(self._signed[one] for one in self._mistrusted())

    def _mistrusted(self) -> Iterator[tuple[str, str]]:
        for key, days in self._days.items():
            since = self._keys[key].mistrusted
            yield from ((key, day) for day in days if since is not None and day >= since)
