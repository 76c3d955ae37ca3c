"""Does what another process makes arrive whole and in order, and does that process never outlive who reads?"""

import os
import signal
import time
from collections.abc import Iterator

import msgspec
import psutil
import pytest

from kit.apart import AT_ONCE, BrokenOff, apart


class Word(msgspec.Struct, frozen=True, tag=True):
    text: str
    body: bytes = b"\0\xff"


class Number(msgspec.Struct, frozen=True, tag=True):
    value: int


Both = Word | Number


class Odd(Exception):
    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code, self.where = code, where


def some(count: int) -> Iterator[Both]:
    for n in range(count):
        yield Number(n) if n % 3 else Word(f"số {n}" * 1_000)


@pytest.mark.parametrize("count", [0, 1, AT_ONCE - 1, AT_ONCE, 3 * AT_ONCE + 1])
def test_all_of_it_arrives_in_order(count: int) -> None:
    assert list(apart(lambda: some(count), Both)) == list(some(count))


@pytest.mark.parametrize("count", [0, 3, AT_ONCE, AT_ONCE + 3])
def test_what_is_raised_there_is_raised_here_behind_what_came_before(count: int) -> None:
    def made() -> Iterator[Both]:
        yield from some(count)
        raise Odd("broken", "row 7")

    came: list[Both] = []
    with pytest.raises(Odd, match="broken") as raised:
        came.extend(apart(made, Both))
    assert came == list(some(count))
    assert raised.value.where == "row 7"


def endless() -> Iterator[Number]:
    n = os.getpid()
    while True:
        yield Number(n)


def gone(process: int) -> bool:
    until = time.monotonic() + 10
    while psutil.pid_exists(process) and time.monotonic() < until:
        time.sleep(0.01)
    return not psutil.pid_exists(process)


def test_whoever_stops_reading_ends_it() -> None:
    found = apart(endless, Number)
    process = next(found).value
    assert process != os.getpid()
    assert psutil.pid_exists(process)
    found.close()  # type: ignore[attr-defined]
    assert gone(process)


def test_one_that_was_ended_from_outside_is_told_and_never_taken_for_the_end() -> None:
    found = apart(endless, Number)
    os.kill(next(found).value, signal.SIGKILL)
    with pytest.raises(BrokenOff):
        list(found)


def test_it_ends_with_a_reader_that_was_killed() -> None:
    ours, theirs = os.pipe()
    reader = os.fork()
    if reader == 0:
        os.write(theirs, next(apart(endless, Number)).value.to_bytes(8, "big"))
        os.kill(os.getpid(), signal.SIGKILL)
    process = int.from_bytes(os.read(ours, 8), "big")
    os.waitpid(reader, 0)
    os.close(ours)
    os.close(theirs)
    assert gone(process)
