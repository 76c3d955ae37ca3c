"""Do random histories get the fates and the states that a naive reading of the conventions gives them?"""

import pytest

from tests.laws.ledgers import Ledgers, examples, patience
from tests.laws.telling import Teller

pytestmark = patience()
NORMALLY, PARTS = 150, 2


@pytest.mark.parametrize("part", range(PARTS))
async def test_fates_and_states_are_the_oracles_at_every_position(ledgers: Ledgers, part: int) -> None:
    async def law(teller: Teller) -> None:
        await ledgers.check(teller)

    for seed in examples(NORMALLY, part, PARTS):
        await ledgers.random(seed, law)
