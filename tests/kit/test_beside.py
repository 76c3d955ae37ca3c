"""Does the work beside end with its owner, and does nobody miss what it raised?"""

import asyncio

import pytest

from kit.process.beside import Beside


async def test_work_goes_on_beside_and_its_owner_can_wait_for_it() -> None:
    told: list[str] = []

    async def work() -> None:
        told.append("begun")
        await asyncio.sleep(0)
        told.append("ended")

    async with Beside() as beside:
        assert not beside.busy
        beside.begin(work())
        assert beside.busy
        await asyncio.sleep(0)
        assert told == ["begun"]
        await beside.done()
        assert told == ["begun", "ended"]
        assert not beside.busy
        beside.begin(work())
    assert told == ["begun", "ended"] * 2


async def broken() -> None:
    await asyncio.sleep(0)
    raise ValueError("the work failed")


async def test_what_the_work_raises_reaches_its_owner_at_the_latest_when_the_block_ends() -> None:
    async with Beside() as beside:
        beside.begin(broken())
        with pytest.raises(ValueError, match="the work failed"):
            await beside.done()

    async def owner() -> None:
        async with Beside() as beside:
            beside.begin(broken())

    with pytest.raises(ValueError, match="the work failed"):
        await owner()


async def test_the_owner_s_own_error_counts_and_waits_for_the_work() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0.01)
        ended.set()
        raise ValueError("the work failed")

    async def owner() -> None:
        async with Beside() as beside:
            beside.begin(work())
            raise KeyError

    with pytest.raises(KeyError):
        await owner()
    assert ended.is_set()


async def test_whoever_is_cancelled_breaks_the_work_off() -> None:
    cut: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cut.append(True)
            raise

    async def owner() -> None:
        async with Beside() as beside:
            beside.begin(work())
            await asyncio.sleep(60)

    task = asyncio.create_task(owner())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cut == [True]
