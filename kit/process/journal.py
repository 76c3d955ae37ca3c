"""What does a process write about its own running, and what never?

JSON lines on standard output. Of a log record only the fields named here are written; an exception gives its
class and where it was raised, never its text, which may quote a row or a request.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

import msgspec

FIELDS: Final = (
    "batch",
    "count",
    "kind",
    "offset",
    "partition",
    "position",
    "projection",
    "reason",
    "route",
    "step",
    "topic",
)

_LONGEST_MESSAGE = 500
_MOST_FRAMES = 12


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        for field in FIELDS:
            if field in record.__dict__:
                line[field] = record.__dict__[field]
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["frames"] = frames_of(record.exc_info[2])
        return msgspec.json.encode(line, enc_hook=lambda value: type(value).__name__).decode()


def message_of(record: logging.LogRecord) -> str:
    """The first line of the message; exceptions among its arguments give their class only.

    What follows the first line quotes objects (asyncio does, of a task's exception).
    """
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in arguments)
    try:
        message = str(record.msg) % arguments if arguments else str(record.msg)
    except (TypeError, ValueError, KeyError):
        message = str(record.msg)
    if isinstance(record.msg, BaseException):
        message = type(record.msg).__name__
    return message.partition("\n")[0][:_LONGEST_MESSAGE]


def frames_of(raised: TracebackType | None) -> list[str]:
    """The innermost frames, as `file:line function`."""
    frames = traceback.extract_tb(raised)[-_MOST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def configure(level: str = "INFO") -> None:
    """Send all logging of the process through the one formatter.

    A line that cannot be written is lost: Python's own way is a traceback that quotes what was to be written.
    """
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("aiokafka").setLevel(max(logging.WARNING, root.level))


def write_out(lines: bytes) -> None:
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


Write = Callable[[bytes], None]
