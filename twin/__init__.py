"""What would a place report over some months, if its people were invented?

`generate(place, seed=1, start=date(2025, 1, 1), months=0, scale=1.0, totals=None)` gives CloudEvents as NDJSON lines
(bytes that end in a newline) in the order in which they are told: units, areas, the A0 sheets of the first day, then
month by month what happens. The same arguments give the same bytes on every machine.

- `place`: `area`, `commune`, `hai-duong`, `hai-phong` (see `twin.scales`), or a number of households.
- `months`: how many of events follow the stock; 0 registers only.
- `scale`: events for each one of reality.
- `totals`: a `Totals` that is filled while the lines are taken; `Totals.told()` gives them as JSON's values.

The twin knows the contracts and nothing else of the product, so it cannot cheat.
"""

from twin.population import generate
from twin.totals import Totals

__all__ = ["Totals", "generate"]
