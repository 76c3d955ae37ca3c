"""How is it read and written up to which of its numbers the reports of a device have had their turn?"""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter

from kit.database import Connection
from services.events.needs import turn_in
from services.events.office import SEQUENCE
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


async def pass_over(connection: Connection, world: World, needs: Iterable[str], pending: Collection[str]) -> list[str]:
    """Wait no longer for what the office decided about. Where that is a number of a device, nothing waits for those
    before it either: gives all that has come with it, as written down and as `pending` in this transaction, in order.
    """
    come: list[str] = []
    for need in needs:
        if need.startswith(SEQUENCE):
            come += await _passed_over(connection, world, *turn_in(need), pending)
        come.append(need)
    return come


async def _passed_over(
    connection: Connection, world: World, device: str, number: int, pending: Collection[str]
) -> list[str]:
    await load_devices(connection, world, [device])
    passed = world.passed_by(device)
    world.pass_number(device, max(passed, number))
    first = f"{SEQUENCE}{device}:"
    last = first[:-1] + chr(ord(":") + 1)
    found = await connection.fetch("select distinct need from waiting where need >= $1 and need < $2", first, last)
    needs = {one: turn_in(one) for one in {*(row["need"] for row in found), *pending} if one.startswith(first)}
    return [
        one for one, (name, at) in sorted(needs.items(), key=itemgetter(1)) if name == device and passed < at <= number
    ]


async def save_devices(connection: Connection, passed: Mapping[str, int]) -> None:
    """Write down up to which number devices have come; never back."""
    if passed:
        await connection.execute(
            "insert into device as d (device, passed) select * from unnest($1::text[], $2::integer[]) "
            "on conflict (device) do update set passed = greatest(d.passed, excluded.passed)",
            list(passed),
            list(passed.values()),
        )
