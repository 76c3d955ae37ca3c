"""Do log lines hold the fields on the list, and of an exception only its class and place?"""

import json
import logging
import sys
from typing import Any

import pytest

from kit.process.journal import JsonLines, configure

CANARY = "NGUYEN-THI-LAN-012345678901"


def line_of(message: object, *arguments: object, **extra: Any) -> dict[str, Any]:
    exc_info = sys.exc_info() if extra.pop("exc_info", False) else None
    record = logging.getLogger("socai.tested").makeRecord(
        "socai.tested", logging.INFO, __file__, 1, message, arguments, exc_info, extra=extra
    )
    line: dict[str, Any] = json.loads(JsonLines().format(record))
    return line


def test_a_line_is_one_json_object_with_the_fields_on_the_list() -> None:
    line = line_of("Published", position=7, partition=3, name_of_person=CANARY)
    assert line["message"] == "Published"
    assert (line["position"], line["partition"]) == (7, 3)
    assert set(line) == {"time", "level", "logger", "message", "position", "partition"}


def test_an_exception_is_its_class_and_where_it_was_raised() -> None:
    try:
        int(CANARY)
    except ValueError:
        line = line_of("Failed", exc_info=True)
    assert line["exception"] == "ValueError"
    assert "test_journal.py" in line["frames"][-1]
    assert CANARY not in json.dumps(line)


def test_exceptions_among_the_arguments_are_their_class() -> None:
    assert line_of("Cannot reach %s: %s", "broker", OSError(CANARY))["message"] == "Cannot reach broker: OSError"
    assert line_of(OSError(CANARY))["message"] == "OSError"


def test_what_follows_the_first_line_is_dropped() -> None:
    line = line_of(f"Task exception was never retrieved\nfuture: <Task exception={CANARY}>")
    assert line["message"] == "Task exception was never retrieved"


@pytest.mark.parametrize(("message", "arguments"), [("%d of %d", (1,)), ("%d", ("x",)), ("%(a)s", ({"b": 1},))])
def test_a_message_that_does_not_fit_its_arguments_is_kept_as_it_is(
    message: str, arguments: tuple[object, ...]
) -> None:
    assert line_of(message, *arguments)["message"] == message


def test_a_field_that_json_does_not_know_is_named_by_its_class() -> None:
    assert line_of("Odd", reason=object())["reason"] == "object"


def test_all_logging_goes_through_the_one_formatter(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure("INFO")
        logging.getLogger("uvicorn.error").info("Started")
        logging.getLogger("aiokafka.client").info("Chatter")
    finally:
        root.handlers[:], root.level = handlers, level
    assert [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()] == ["Started"]
