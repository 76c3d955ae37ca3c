"""How often does what go wrong? Shares are numbers between 0 and 1, times are whole days.

Where a source gives a figure it is named; all else is our judgement of a commune that keeps its books fairly well.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The settings of the layer of errors; `Rates().scaled(0.0)` has none."""

    twins: float = 0.011
    """Of births: a true second child of the same day, the trap for whoever looks for children told twice."""
    twins_unnamed: float = 0.2
    """Of twins: told in one sex under one provisional name and without birth order."""
    late_birth: float = 0.25
    """Of births: told late."""
    late_birth_days: int = 61
    """Median delay of a late registration of a birth: two months."""
    late_report: float = 0.05
    """Of all other reports of collaborators: told late."""
    late_report_days: int = 14
    """Their median delay."""
    missing_death_old: float = 0.10
    """Of deaths at 80 and over: never told; 5 to 15 % of these deaths are missing in registers."""
    missing_death: float = 0.02
    """Of deaths below 80."""
    missing_departure: float = 0.05
    """Of departures: never told, so that an arrival elsewhere waits for ever."""
    missing_arrival: float = 0.05
    """Of arrivals of somebody on her way: never told."""
    arrival_as_another: float = 0.08
    """Of arrivals of somebody on her way: told of a new person, because nobody looked for the one who left."""
    told_again: float = 0.02
    """Of reports: told once more under another id, with the same content."""
    told_otherwise: float = 0.005
    """Of reports: told once more under another id, with another day."""
    told_as_another: float = 0.005
    """Of people put on the books: put there once more, by another collaborator, under an id of their own."""
    impossible_date: float = 0.003
    """Of reports: first told of a day that no calendar has, refused, and told again."""
    future_date: float = 0.002
    """Of reports: first told of a day that is still to come, refused, and told again."""
    misspelt_name: float = 0.03
    """Of people described: a slip in the name."""
    wrong_birth: float = 0.01
    """Of people described: day and month swapped, or a year mistyped."""
    first_of_january: float = 0.04
    """Of people born before 1960: birth told as 1 January; Whipple's and Myers' indices of the country are low."""
    wrong_sex: float = 0.003
    """Of people described."""
    number_typo: float = 0.01
    """Of people described: one digit of the personal number is wrong."""
    number_missing: float = 0.03
    """Of people described: no personal number is told."""
    number_old: float = 0.02
    """Of people born before 2007: told with the 9-digit identity card, which was given from 14 on until 2021."""
    offline: float = 0.05
    """Of telephones, in each six weeks: without a network, everything arrives weeks later."""
    delivered_twice: float = 0.5
    """Of telephones that were offline: everything is delivered a second time, byte by byte."""
    wrong_clock: float = 0.02
    """Of telephones: the clock is years behind."""
    handover: float = 0.2
    """Of areas: another collaborator takes over once, and tells the last weeks again."""

    def scaled(self, factor: float) -> "Rates":
        """Give every share so many times as high, and none above 1."""
        shares: dict[str, Any] = {
            name: min(1.0, share * factor) for name, share in asdict(self).items() if isinstance(share, float)
        }
        return replace(self, **shares)
