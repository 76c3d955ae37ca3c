"""How is it read and written up to which of its numbers the reports of a device have had their turn?"""

from collections.abc import Iterable, Mapping

from kit.process.database import Connection
from services.events.deciding.needs import SEQUENCE, turn_in
from services.events.state.world import Number, World

_NUMBERED = """
with n as (select * from unnest($1::text[], $2::text[], $3::integer[]) as n (sender, device, sequence))
select report, sender, device, sequence from outcome join n using (sender, device, sequence)
union all
select report, sender, device, sequence from told_again join n using (sender, device, sequence)
"""


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


async def load_numbered(connection: Connection, world: World, numbers: Iterable[Number]) -> None:
    """Load which reports devices told, or told again, under some numbers; those of this transaction are in no table."""
    wanted = [number for number in dict.fromkeys(numbers) if number not in world.numbered]
    if not wanted:
        return
    world.numbered.update((number, set()) for number in wanted)
    for report, *number in await connection.fetch(_NUMBERED, *map(list, zip(*wanted, strict=True))):
        world.numbered[tuple(number)].add(report)


async def save_told_again(connection: Connection, told_again: Mapping[Number, str]) -> None:
    """Write down the numbers under which devices told again what was known already."""
    if told_again:
        rows = [(*number, report) for number, report in told_again.items()]
        await connection.copy_records_to_table("told_again", records=rows)


async def pass_over(connection: Connection, world: World, need: str, pending: Iterable[str]) -> list[str]:
    """Wait no longer for a number of a device, nor for those before it; gives the needs that come with it, as written
    down and as `pending` in this transaction, in the device's order.
    """
    device, number = turn_in(need)
    passed = world.passed_by(device)
    world.pass_number(device, number)
    first = f"{SEQUENCE}{device}:"
    last = first[:-1] + chr(ord(":") + 1)
    found = await connection.fetch("select distinct need from waiting where need >= $1 and need < $2", first, last)
    needs = {*(row["need"] for row in found), *(one for one in pending if one.startswith(first))}
    turns = sorted((turn_in(one)[1], one) for one in needs if turn_in(one)[0] == device)
    return [one for at, one in turns if passed < at <= number]


async def save_devices(connection: Connection, passed: Mapping[str, int], repeated: Mapping[str, int]) -> None:
    """Write down up to which number devices have come, never back, and how often more they told what was there."""
    devices = sorted({*passed, *repeated})
    if devices:
        await connection.execute(
            "insert into device as d (device, passed, repeated) "
            "select * from unnest($1::text[], $2::integer[], $3::integer[]) "
            "on conflict (device) do update "
            "set passed = greatest(d.passed, excluded.passed), repeated = d.repeated + excluded.repeated",
            devices,
            [passed.get(device, 0) for device in devices],
            [repeated.get(device, 0) for device in devices],
        )
