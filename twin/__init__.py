"""What would a commune report over some months, if its people were invented?

`generate` gives CloudEvents as NDJSON lines, in the order in which they are told; the same arguments give the same
bytes. The twin knows the contracts and nothing else of the product, so it cannot cheat.
"""

from twin.population import generate

__all__ = ["generate"]
