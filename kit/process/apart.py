"""How does a process of its own make what this one goes on with, so that two cores work on one file?

It begins as a copy of this one (fork), so it starts at once and knows all that was loaded; what it makes crosses as
MessagePack, many at a time. Each waits where the other is slower.
"""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import msgspec

AT_ONCE = 100
_MORE, _FAILED, _OVER = b"+", b"!", b"."
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_fork = multiprocessing.get_context("fork")
_encode = msgspec.msgpack.Encoder().encode
T = TypeVar("T")


class BrokenOff(Exception):
    """The process that made what is gone through ended before its time: somebody ended it, as who ran out of memory
    does, or it failed by an error that cannot cross, of which only the type is told.
    """


def apart(make: Callable[[], Iterator[T]], kind: Any) -> Iterator[T]:
    """Go through what `make` gives, in order, made by a process that ends with this iterator and with this process,
    however they end.

    `kind` is what each is of: a msgspec Struct, or a union of tagged ones. What `make` raises is raised here, behind
    what it gave before; raises BrokenOff.
    """
    decode = msgspec.msgpack.Decoder(list[kind]).decode
    ours, theirs = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_make, args=(make, ours, theirs), daemon=True)
    # A signal that comes before the other has put its own handlers up would reach those of this process.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
    try:
        while True:
            try:
                body = ours.recv_bytes()
            except (EOFError, OSError):
                raise BrokenOff("ended from outside") from None
            if body[:1] == _MORE:
                yield from decode(memoryview(body)[1:])
            elif body[:1] == _FAILED:
                raise pickle.loads(body[1:])  # noqa: S301 - our own process wrote it
            else:
                return
    finally:
        ours.close()
        process.kill()
        process.join()


def _make(make: Callable[[], Iterator[Any]], theirs: Connection, ours: Connection) -> None:
    """Send what is made; whoever started this process says when it ends."""
    theirs.close()
    signal.set_wakeup_fd(-1)
    for one in _STOPPING:
        signal.signal(one, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _send(make, ours.send_bytes)
    except BaseException as error:  # noqa: BLE001 - nothing of it is printed here: it may hold what stands in the file
        with suppress(OSError):
            ours.send_bytes(_FAILED + pickle.dumps(BrokenOff(type(error).__name__)))


def _send(make: Callable[[], Iterator[Any]], send: Callable[[bytes], None]) -> None:
    some: list[Any] = []
    end = _OVER
    try:
        for one in make():
            some.append(one)
            if len(some) >= AT_ONCE:
                full, some = some, []
                send(_MORE + _encode(full))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it is waited for
        end = _FAILED + pickle.dumps(error)
        # One that could not be put together again would say something else there.
        pickle.loads(end[1:])  # noqa: S301 - written in the line before
    send(_MORE + _encode(some))
    send(end)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
