"""Is somebody put into a home that she could live in?"""

from io import BytesIO
from random import Random

from twin.errors import Rates
from twin.errors.lives import Lives
from twin.errors.scene import Home, Scene
from twin.errors.truth import Truth


def test_a_home_elsewhere_is_of_another_area_and_on_the_books_by_that_day() -> None:
    notes: list[Truth] = []
    scene = Scene(Rates(), 1, notes.append, Lives(BytesIO()))
    homes = [
        Home("own", "here", "2025-01-01"),
        Home("other", "there", "2025-03-01"),
        Home("late", "there", "2025-04-01"),
    ]
    for home in homes:
        scene.settle(home)
    found = {
        on: {scene.home_elsewhere("here", on, Random(seed)) for seed in range(20)} for on in ("2025-03-01", "2025")
    }
    assert found == {"2025-03-01": {homes[1]}, "2025": {None}}
    assert {scene.home_elsewhere(None, "2025-03-01", Random(seed)) for seed in range(20)} == set(homes[:2])
