"""How are the keys of devices read and written?"""

from collections.abc import Iterable, Sequence

import msgspec

from kit.process.database import Connection
from services.events.state.keys import Key
from services.events.state.world import World

COLUMNS = Key.__struct_fields__


async def load_keys(connection: Connection, world: World, keys: Iterable[str]) -> None:
    """Load devices' keys by their thumbprints."""
    wanted = [key for key in dict.fromkeys(keys) if key not in world.keys]
    if wanted:
        world.keys.update(dict.fromkeys(wanted))
        world.keys.update(await find_keys(connection, wanted))


async def find_keys(connection: Connection, keys: Sequence[str]) -> dict[str, Key]:
    """Read devices' keys; those that were never enrolled are left out."""
    rows = await connection.fetch(
        f"select {', '.join(COLUMNS)} from device_key where key = any($1::text[])",  # noqa: S608 - names of ours
        keys,
    )
    return {row["key"]: Key(*row) for row in rows}


async def save_keys(connection: Connection, keys: Sequence[Key]) -> None:
    """Write keys as they stand; what a key is never changes, only that it was revoked."""
    if keys:
        await connection.executemany(
            f"insert into device_key ({', '.join(COLUMNS)}) "  # noqa: S608 - names of ours
            f"values ({', '.join(f'${number}' for number in range(1, len(COLUMNS) + 1))}) "
            "on conflict (key) do update set revoked = excluded.revoked, mistrusted = excluded.mistrusted",
            [msgspec.structs.astuple(key) for key in keys],
        )
