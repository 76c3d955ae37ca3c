"""How do true reports become those that a platform gets, and in which order do they arrive?

An error is a step that gives what is told in place of one report: nothing, itself, something else, or several. The
steps stand in an order: what truly happens, who tells it at all, of whom, what is said wrongly, how often, and when.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from tempfile import TemporaryFile

from twin.errors.absences import untold
from twin.errors.dates import impossible, retold
from twin.errors.delays import known_to_the_office, late, offline, taken_back, wrong_clock
from twin.errors.doubles import arrived_as_another, known_otherwise, told_as_another
from twin.errors.lives import Lives
from twin.errors.rates import Rates
from twin.errors.repeats import handed_over, told_again
from twin.errors.scene import Scene
from twin.errors.telling import Telling, read
from twin.errors.truth import Span, Told, Truth
from twin.errors.twins import unnamed, with_twins
from twin.errors.values import misdescribed

Step = Callable[[Telling, Scene], Iterable[Telling]]


def spoil(lines: Iterable[bytes], rates: Rates, seed: int, note: Callable[[Truth], None]) -> Iterator[bytes]:
    """Give the lines as they arrive with errors; `note` is given the truth, at the end how everybody truly is.

    `lines` are true and in order of telling. The same arguments give the same bytes.
    """
    with TemporaryFile() as file:
        yield from _spoilt(lines, Scene(rates, seed, note, Lives(file)))


def _spoilt(lines: Iterable[bytes], scene: Scene) -> Iterator[bytes]:
    on_the_way: list[tuple[int, int, bytes]] = []
    count = 0
    for told in _true(lines, scene):
        while on_the_way and on_the_way[0][0] < told.due:
            yield heappop(on_the_way)[2]
        for telling in _through(STEPS, told, scene):
            if telling.slips or telling.report != telling.event:
                scene.note(Told(telling.report, telling.event, telling.slips, telling.refused))
            count += 1
            heappush(on_the_way, (telling.due, count, telling.written()))
    while on_the_way:
        yield heappop(on_the_way)[2]
    for record in scene.lives.read():
        scene.note(record)
    scene.note(Span(scene.lives.last_day))


def _true(lines: Iterable[bytes], scene: Scene) -> Iterator[Telling]:
    """Give the true reports, with a second one for twins, and keep what they say."""
    for line in lines:
        told = list(with_twins(read(line), scene))
        scene.begin = scene.begin or told[0].envelope["time"][:10]
        for telling in told:
            scene.lives.take(telling)
        yield from told


def _through(steps: tuple[Step, ...], telling: Telling, scene: Scene) -> Iterator[Telling]:
    if not steps:
        yield telling
        return
    for told in steps[0](telling, scene):
        yield from _through(steps[1:], told, scene)


STEPS: tuple[Step, ...] = (
    untold,
    known_otherwise,
    retold,
    arrived_as_another,
    told_as_another,
    unnamed,
    misdescribed,
    impossible,
    told_again,
    handed_over,
    late,
    wrong_clock,
    offline,
    taken_back,
    known_to_the_office,
)
