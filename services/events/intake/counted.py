"""What do the metrics show of a group's reports? Nothing before it is durable, so that no report is counted twice."""

from collections import Counter

from prometheus_client import Counter as Metric

from kit.process import metrics


class Counted:
    """Counts by metric and label, and shows them at once."""

    def __init__(self) -> None:
        self._numbers: Counter[tuple[Metric, str]] = Counter()

    def add(self, metric: Metric, label: str) -> None:
        self._numbers[metric, label] += 1

    def show(self, position: int, repeated: int) -> None:
        """Show them, where the ledger ends now, and how many reports were told again."""
        metrics.LEDGER_POSITION.set(position)
        metrics.REPORTS_DUPLICATE.inc(repeated)
        for (metric, label), number in self._numbers.items():
            metric.labels(label).inc(number)
