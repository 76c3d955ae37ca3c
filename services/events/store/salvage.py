"""Which reports stand behind a hole of the log, and whose are they?

A restore brings back what stands before it. What stands behind cannot be checked, and what was decided there rested on
what is missing: so its reports are told anew, each as it was told, by whoever told it.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from contracts.event import Report
from contracts.fact import Cause, ReportEntry
from kit.log.records import LogReader
from services.events.report.line import report_of
from services.events.settings import EventsSettings
from services.events.store.effects import decode
from services.events.store.replay import BrokenChainError, Chain, ascending, reading, stream_of
from services.events.store.speaker import Speaker

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Salvaged:
    """Up to which position the log is whole, why no further, how many reports of which sender and device stand behind,
    and at which positions something stands there that is no entry.
    """

    whole: int = 0
    broken: str | None = None
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    unreadable: list[int] = field(default_factory=list)


async def salvage(settings: EventsSettings, path: Path, sender: str | None) -> Salvaged:
    """Write the reports behind the hole to a new file, by position, NDJSON; those of one sender alone if it is named.

    Nobody but its owner reads the file; there is none where nothing is written. Raises FileExistsError.
    """
    async with reading(settings) as reader:
        with _new_file(path) as file:
            return await salvage_from(reader, settings.topic_prefix, lambda line: file.write(line + b"\n"), sender)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file that is gone again where nothing was written, or not all."""
    with open(path, "xb", opener=partial(os.open, mode=0o600)) as file:
        kept = False
        try:
            yield file
            kept = file.tell() > 0
        finally:
            if not kept:
                path.unlink()


async def salvage_from(
    reader: LogReader, prefix: str, write: Callable[[bytes], object], sender: str | None
) -> Salvaged:
    """Do so from a log that is open."""
    found, chain, waited, speaker = Salvaged(), Chain(), set[str](), Speaker("Kafka")
    async for record in ascending(reader, prefix):
        speaker.at(record.position)
        if found.broken is None:
            try:
                chain.follow_record(record)
            except BrokenChainError as broken:
                found.whole, found.broken = chain.position, str(broken)
            else:
                continue
        try:
            entry = decode(stream_of(record), record.value)
        except msgspec.MsgspecError:
            found.unreadable.append(record.position)
            continue
        cause = entry.cause
        if cause.report in waited or sender not in {None, cause.authid}:
            continue
        if isinstance(entry, ReportEntry):
            # It may move on, and has an end.
            waited.add(cause.report)
        found.told[cause.authid or "", cause.device or ""] += 1
        write(as_told(cause))
    return found


def as_told(cause: Cause) -> bytes:
    """Give a report as it was told, in one line, with its sender as the attribute `authid`, which nobody keeps.

    A signature of its own comes with it; one of its batch covers the other lines too, and cannot.
    """
    told = report_of(cause)
    line = {name: value for name in Report.__struct_fields__ if (value := getattr(told, name)) is not None}
    if cause.signature is not None and cause.signature.reports is None:
        line["signature"] = cause.signature.jws
    if cause.authid is not None:
        line["authid"] = cause.authid
    # Between the values of a JSON text, and nowhere else, lines may end.
    return _encode(line).replace(b"\n", b" ").replace(b"\r", b" ")
