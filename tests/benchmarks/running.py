"""How does an asynchronous part of a bench run, so that Ctrl-C and SIGTERM still end it in good order?"""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

from deploy.local.interruption import Stopped

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop, as our services do; a signal cancels it and becomes `Stopped` outside.

    The loop would swallow an exception that is raised by a handler of the supervisor's kind.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    asked: list[int] = []
    try:
        return uvloop.run(_stoppable(main, asked))
    except asyncio.CancelledError:
        if asked:
            raise Stopped from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _stoppable(main: Coroutine[Any, Any, T], asked: list[int]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop(number: int) -> None:
        asked.append(number)
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
    return await main
