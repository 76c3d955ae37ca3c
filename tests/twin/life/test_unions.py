"""Who marries whom in the twin?"""

from datetime import date

import msgspec
import pytest

from twin import generate

YEARS_APART = 15


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_of_a_small_place_marries_somebody_far_from_her_in_age(seed: int) -> None:
    births: dict[str, date] = {}
    married = []
    for line in generate(60, seed, date(2025, 1, 1), 24, 6.0):
        told = msgspec.json.decode(line)
        for one in (told["data"], *told["data"].get("members", ())):
            if isinstance(one.get("birth"), str) and "person" in one:
                births.setdefault(one["person"], date.fromisoformat(one["birth"]))
        if told["type"] == "vn.socai.person.married.v1":
            married.append((told["data"]["person"], told["data"]["spouse"]))
    assert married
    for one, other in married:
        assert abs((births[one] - births[other]).days) <= YEARS_APART * 366
