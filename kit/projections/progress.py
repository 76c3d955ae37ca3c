"""How far is a projector, and what holds it up?"""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """What a projector says of itself; telemetry reads it, nothing else writes it."""

    position: int = 0
    """Complete up to here, over all partitions and replicas."""
    positions: dict[str, int] = field(default_factory=dict)
    """The same for each projection."""
    partitions: int = 0
    """Partitions that this process follows."""
    lag_facts: int = 0
    """Records that these partitions hold beyond what was applied."""
    lag_seconds: float = 0.0
    """How old the oldest record that is not yet applied can be; 0 when there is none."""
    facts: int = 0
    """Applied by this process."""
    started_at: float = field(default_factory=time.time)
    current_at: float = 0.0
    """When there was last nothing to apply; 0: never yet."""
    turned_at: float = field(default_factory=time.monotonic)
    """Monotonic time of the last turn: a process that lives keeps it young."""
    ready: bool = False
    failure: str | None = None
    """What holds it up: which position it cannot apply, or the name of the error."""
