"""What do the figures of a process say?"""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.support.system import System

Samples = dict[str, list[tuple[dict[str, str], float]]]


async def metrics(system: System, name: str) -> Samples:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{system.address(name)}/metrics")
    found: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
    return found


def total(samples: Samples, name: str, **labels: str) -> float:
    """The sum of a metric over the given labels; it must be there."""
    chosen = [value for found, value in samples[name] if labels.items() <= found.items()]
    assert chosen, f"no {name} with {labels}: {samples[name]}"
    return sum(chosen)
