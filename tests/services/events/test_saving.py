"""Is every row of the present state changed as the decision left it, also where a part of it is empty?"""

from services.events.state.world import World, packed
from services.events.store.ledger import load_rows, save, unsaved
from tests.services.events.telling import Teller, ids


async def saved(family: Teller, world: World) -> list[tuple[object, ...]]:
    async with family.connections.acquire() as connection:
        await save(connection, unsaved(world))
        rows = await connection.fetch(
            "select entity, version, last_on, last_rank, facts, body from state where entity = any($1)",
            list(world.rows),
        )
    return sorted(map(tuple, rows))


async def test_changed_rows_keep_what_was_there_and_take_what_is_new(family: Teller) -> None:
    world = World()
    async with family.connections.acquire() as connection:
        await load_rows(connection, world, (ids.lan, ids.an, ids.home))
    expected = []
    for position, (entity, row) in enumerate(world.rows.items(), 70_000):
        assert row is not None
        before = row.facts
        row.become(row.version + 1, row.state if entity != ids.an else None)
        row.speak(position)
        row.last = ("2025-12-31", 2**62)
        world.dirty[entity] = None
        expected.append((entity, row.version, *row.last, before + packed(position), row.body))
    assert await saved(family, world) == sorted(expected)


async def test_a_row_alone_may_have_no_day_no_state_and_nothing_new_about_it(family: Teller) -> None:
    world = World()
    async with family.connections.acquire() as connection:
        await load_rows(connection, world, (ids.lan,))
    row = world.rows[ids.lan]
    assert row is not None
    row.become(2, None)
    row.last = ("", 0)
    world.dirty[ids.lan] = None
    assert await saved(family, world) == [(ids.lan, 2, "", 0, row.facts, None)]
