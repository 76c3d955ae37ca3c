"""How does a process of its own make what this one goes on with, so that two cores work on one file?

It begins as a copy of this one (fork), so it starts at once and knows all that was loaded; what it makes crosses as
MessagePack, many at a time. Each waits where the other is slower.
"""

import multiprocessing
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import msgspec

AT_ONCE = 100
_MORE, _FAILED, _OVER = b"+", b"!", b"."
_fork = multiprocessing.get_context("fork")
_encode = msgspec.msgpack.Encoder().encode
T = TypeVar("T")


class BrokenOff(Exception):
    """The process that made what is gone through was ended from outside, as by who ran out of memory."""


def apart(make: Callable[[], Iterator[T]], kind: Any) -> Iterator[T]:
    """Go through what `make` gives, in order, made by a process that ends with this iterator, however that ends.

    `kind` is what each is of: a msgspec Struct, or a union of tagged ones. What `make` raises is raised here, behind
    what it gave before; raises BrokenOff where the process was ended from outside.
    """
    decode = msgspec.msgpack.Decoder(list[kind]).decode
    ours, theirs = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_make, args=(make, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        while True:
            try:
                body = ours.recv_bytes()
            except EOFError:
                raise BrokenOff from None
            if body[:1] == _MORE:
                yield from decode(memoryview(body)[1:])
            elif body[:1] == _FAILED:
                raise pickle.loads(body[1:])  # noqa: S301 - our own process wrote it
            else:
                return
    finally:
        ours.close()
        process.terminate()
        process.join()


def _make(make: Callable[[], Iterator[Any]], theirs: Connection, ours: Connection) -> None:
    """Send what is made. Whoever started this says when it ends, and it never outlives who reads."""
    theirs.close()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end = _OVER
    some: list[Any] = []
    with suppress(BrokenPipeError):
        try:
            for one in make():
                some.append(one)
                if len(some) >= AT_ONCE:
                    ours.send_bytes(_MORE + _encode(some))
                    some = []
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it is waited for
            end = _FAILED + pickle.dumps(error)
        ours.send_bytes(_MORE + _encode(some))
        ours.send_bytes(end)
