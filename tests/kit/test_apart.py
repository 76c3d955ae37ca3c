"""Does what another process makes arrive whole and in order, and does that process never outlive who reads?"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec
import psutil
import pytest

from kit.process.apart import AT_ONCE, BrokenOff, apart


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


class Awkward(Exception):
    """One that cannot cross: it holds what no process but its own knows."""

    def __init__(self) -> None:
        super().__init__("Nguyễn Thị Bí Mật")
        self.held = lambda: None


def failing_by(error: BaseException) -> Iterator[Number]:
    yield Number(1)
    raise error


@pytest.mark.parametrize(
    ("error", "named"), [(Awkward(), "AttributeError"), (SystemExit("Bí Mật"), "SystemExit"), (None, "OverflowError")]
)
def test_an_error_that_cannot_cross_is_told_by_its_type_alone(
    error: BaseException | None, named: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def made() -> Iterator[Number]:
        yield from failing_by(error) if error is not None else (Number(2**70),)

    with pytest.raises(BrokenOff) as raised:
        list(apart(made, Number))
    assert str(raised.value) == named
    assert capfd.readouterr() == ("", "")


def large() -> Iterator[Word]:
    yield Word(str(os.getpid()))
    yield from some_words(AT_ONCE - 1)
    while True:
        yield Word("x" * 10_000)


def some_words(count: int) -> Iterator[Word]:
    yield from (Word("") for _ in range(count))


def test_one_that_was_ended_in_the_middle_of_a_message_is_told() -> None:
    found = apart(large, Word)
    process = int(next(found).text)
    # It stands in the second message by then, which is larger than what the pipe holds.
    time.sleep(0.5)
    os.kill(process, signal.SIGKILL)
    with pytest.raises(BrokenOff):
        list(found)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_leaves_what_stops_both_to_who_started_it(stop: signal.Signals) -> None:
    found = apart(endless, Number)
    os.kill(next(found).value, stop)
    assert sum(1 for _ in islice(found, 50 * AT_ONCE)) == 50 * AT_ONCE
    found.close()  # type: ignore[attr-defined]


def test_one_that_was_ended_from_outside_is_told_and_never_taken_for_the_end() -> None:
    found = apart(endless, Number)
    os.kill(next(found).value, signal.SIGKILL)
    with pytest.raises(BrokenOff):
        list(found)


def waiting() -> Iterator[Number]:
    yield from (Number(os.getpid()) for _ in range(AT_ONCE))
    time.sleep(60)


@pytest.mark.parametrize("make", [endless, waiting])
def test_it_ends_with_a_reader_that_was_killed(make: Callable[[], Iterator[Number]]) -> None:
    ours, theirs = os.pipe()
    reader = os.fork()
    if reader == 0:
        os.write(theirs, next(apart(make, Number)).value.to_bytes(8, "big"))
        os.kill(os.getpid(), signal.SIGKILL)
    process = int.from_bytes(os.read(ours, 8), "big")
    os.waitpid(reader, 0)
    os.close(ours)
    os.close(theirs)
    assert gone(process)
