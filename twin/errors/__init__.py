"""What goes wrong between the world and the reports of it? A layer over true lines, with the truth kept.

`spoil` takes lines of NDJSON as `twin.generate` gives them and gives those that arrive. What is true goes to records
of `twin.errors.truth`, for `twin.score` to compare with what a platform believes in the end.
"""

from twin.errors.layer import spoil
from twin.errors.rates import Rates

__all__ = ["Rates", "spoil"]
