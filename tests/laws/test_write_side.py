"""Do random histories get the fates and the states that a naive reading of the conventions gives them?"""

from tests.laws.ledgers import Ledgers, examples
from tests.laws.telling import Teller

NORMALLY = 60


async def test_fates_and_states_are_the_oracles_at_every_position(ledgers: Ledgers) -> None:
    async def law(teller: Teller) -> None:
        await ledgers.check(teller)

    for seed in examples(NORMALLY):
        await ledgers.random(seed, law)
