"""How are P0 sheets and the books of months read and written?"""

from collections.abc import Iterable

from kit.process.database import Connection
from services.events.state.world import Month, World


async def load_months(connection: Connection, world: World, keys: Iterable[tuple[str, str]]) -> None:
    """Load what stands of sheets and months, by place and month."""
    wanted = [key for key in dict.fromkeys(keys) if key not in world.months]
    if not wanted:
        return
    world.months.update(dict.fromkeys(wanted, Month()))
    for place, month, drawn_up, appraised, closed in await connection.fetch(
        "select m.place, m.month, m.drawn_up, m.appraised, m.closed from month m "
        "join unnest($1::text[], $2::text[]) as w (place, month) using (place, month)",
        [place for place, _ in wanted],
        [month for _, month in wanted],
    ):
        world.months[place, month] = Month(drawn_up, appraised, closed)


async def save_months(connection: Connection, world: World) -> None:
    """Save the sheets and months that this transaction changed."""
    changed = ((key, world.months[key]) for key in sorted(world.new_months))
    rows = [(*key, month.drawn_up, month.appraised, month.closed) for key, month in changed]
    if rows:
        await connection.executemany(
            "insert into month (place, month, drawn_up, appraised, closed) values ($1, $2, $3, $4, $5) "
            "on conflict (place, month) do update "
            "set drawn_up = excluded.drawn_up, appraised = excluded.appraised, closed = excluded.closed",
            rows,
        )
