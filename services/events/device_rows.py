"""How is it read and written up to which of its numbers the reports of a device have had their turn?"""

from collections.abc import Iterable, Mapping

from kit.database import Connection
from services.events.world import World


async def load_devices(connection: Connection, world: World, devices: Iterable[str]) -> None:
    """Load up to which number devices have come; 0 for those of which nothing came."""
    wanted = [device for device in dict.fromkeys(devices) if device not in world.passed]
    if not wanted:
        return
    world.passed.update(dict.fromkeys(wanted, 0))
    for device, passed in await connection.fetch(
        "select device, passed from device where device = any($1::text[])", wanted
    ):
        world.passed[device] = passed


async def save_devices(connection: Connection, passed: Mapping[str, int]) -> None:
    """Write down up to which number devices have come; never back."""
    if passed:
        await connection.execute(
            "insert into device as d (device, passed) select * from unnest($1::text[], $2::integer[]) "
            "on conflict (device) do update set passed = greatest(d.passed, excluded.passed)",
            list(passed),
            list(passed.values()),
        )
