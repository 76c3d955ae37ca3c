"""How do reports go in: one by one or by the thousand, so that breaking off and sending again is safe?"""

import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from contracts.event import TYPE_PREFIX, Event
from contracts.ids import AREA, PLACE, UNIT, UUID7, uuid7
from contracts.kinds.vital import PersonBorn
from contracts.malformed import MISSHAPEN, listed_in, without_echoes, words_of
from socai.batches import COLLABORATOR, batches, is_object, read_reports
from socai.dates import Language
from socai.labels import field_text
from socai.session import Failure, Session, describe, reason
from socai.signing import HEADER, Device, device_path, read_device, sign_batch, sign_report
from socai.wording import need_text, note_text, say

PATH = "/events/v1/reports"
ONE, MANY = "application/cloudevents+json", "application/x-ndjson"
SHOWN_PROBLEMS = 20
SOURCE = "/socai/command-line"
# What is wanted where a text does not have the form of an id.
WANTED = {UUID7: "wants-id", AREA: "wants-area", UNIT: "wants-unit", PLACE: "wants-place"}


_encode = msgspec.json.Encoder().encode


@dataclass
class Tally:
    """What became of the lines so far, by fate, and what their reports left to look at, by note."""

    started: float = field(default_factory=time.monotonic)
    fates: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    shown: int = 0

    @property
    def sent(self) -> int:
        """Count the lines that were answered."""
        return self.fates.total()


def report(session: Session, chosen: Namespace) -> int:
    """Send a file's reports; the exit code says whether any was refused."""
    tally = Tally()
    with ExitStack() as opened:
        file = sys.stdin.buffer if chosen.file == "-" else opened.enter_context(Path(chosen.file).open("rb"))
        answers = opened.enter_context(chosen.answers.open("wb")) if chosen.answers else None
        try:
            cut = batches(read_reports(file), routed=session.name is None)
            first = next(cut, None)
            if first is None:
                raise Failure(say(session.language, "nothing-to-send"))
            second = next(cut, None)
            device = signing_device(session, chosen.sign) if chosen.sign else None
            if device is not None and second is None and device.client != (who := session.name or first[0]):
                words = {"sender": who, "name": device.device, "client": device.client}
                raise Failure(say(session.language, "key-of-another", **words))
            if second is None and len(first[1]) == 1 and answers is None:
                return send_one(session, first[1][0], first[0], device)
            for who, lines in chain(filter(None, (first, second)), cut):
                for answer in send_many(session, lines, who, tally.sent, device):
                    _take(session, tally, answer)
                    if answers is not None:
                        answers.write(_encode(answer) + b"\n")
                session.note(_progress(session, tally))
        except KeyboardInterrupt:
            session.note(say(session.language, "interrupted"))
            raise
    _tell_notes(session, tally)
    return 1 if tally.fates["refused"] else 0


def signing_device(session: Session, name: str) -> Device:
    """Read the device that signs; raises `Failure` where it was never enrolled from here."""
    path = device_path(session.path, name)
    try:
        return read_device(path)
    except (OSError, msgspec.DecodeError):
        raise Failure(say(session.language, "no-device", path=path)) from None


def send_many(
    session: Session, lines: list[bytes], who: str, before: int, device: Device | None
) -> Iterator[dict[str, Any]]:
    """Send one batch, signed if the device is its sender's; gives each line's answer, counted through the file."""
    body = b"\n".join(lines) + b"\n"
    headers = {"Content-Type": MANY}
    if device is not None and device.client == (session.name or who):
        headers |= _signed(session, lines, device, before)
    answer = session.ask_patiently("POST", PATH, who, content=body, headers=headers)
    if not answer.is_success:
        session.read(answer)
    for told in answer.content.splitlines():
        read: dict[str, Any] = msgspec.json.decode(told)
        yield read | {"line": before + read["line"]}


def _take(session: Session, tally: Tally, answer: dict[str, Any]) -> None:
    problem = answer.get("problem")
    tally.fates["refused" if problem else answer.get("fate") or "refused"] += 1
    tally.notes.update(answer.get("notes", ()))
    if problem and tally.shown < SHOWN_PROBLEMS:
        tally.shown += 1
        where = say(session.language, "line", line=answer["line"])
        lines = describe(session.language, problem.get("status", 0), problem)
        sys.stdout.write("\n".join([f"{where}: {answer.get('id') or ''} {lines[0]}", *lines[1:]]) + "\n")


def _tell_notes(session: Session, tally: Tally) -> None:
    language = session.language
    counted = ((say(language, "n-reports", n=n), note_text(language, note)) for note, n in tally.notes.most_common())
    lines = [f"  {count}: {words}" for count, words in counted]
    if lines:
        sys.stdout.write("\n".join([say(language, "notes-of-all"), *lines]) + "\n")


def _progress(session: Session, tally: Tally) -> str:
    fates = ", ".join(f"{n} {say(session.language, fate)}" for fate, n in tally.fates.most_common())
    rate = int(tally.sent / max(time.monotonic() - tally.started, 0.001))
    return say(session.language, "progress", sent=tally.sent, rate=rate, fates=fates)


def _signed(session: Session, lines: list[bytes], device: Device, before: int) -> dict[str, str]:
    for number, line in enumerate(lines, before + 1):
        _check_signable(session, line, device, number)
    return {HEADER: sign_batch(lines, device.key)}


def _check_signable(session: Session, line: bytes, device: Device, number: int) -> None:
    """Say before anything is sent what the server would call a signature that does not fit."""
    if not is_object(line):
        raise Failure(say(session.language, "not-signable", line=number))
    named = msgspec.json.decode(line).get("device")
    if named is not None and named != device.device:
        raise Failure(say(session.language, "another-device", line=number, device=named, name=device.device))


def send_one(session: Session, line: bytes, who: str, device: Device | None = None) -> int:
    """Send one report and say what became of it, and of those it decided about; 1 where one of these is refused."""
    if device is not None and device.client == (session.name or who):
        _check_signable(session, line, device, 1)
        line = sign_report(line, device.key)
    answer = session.ask_patiently("POST", PATH, who, content=line, headers={"Content-Type": ONE})
    told = session.read(answer)
    sys.stdout.write(outcome(session, told) + "\n")
    return 1 if any(one["fate"] == "refused" for one in told.get("reports", ())) else 0


def outcome(session: Session, told: dict[str, Any]) -> str:
    """Put the answer to one report into a line."""
    language = session.language
    words = [told["id"], say(language, told["fate"])]
    if told.get("position") is not None:
        words.append(say(language, "at-position", position=told["position"]))
    if told.get("need"):
        words.append(say(language, "needs", need=need_text(language, told["need"])))
    if told.get("duplicate"):
        words.append(f"({say(language, 'told-before')})")
    if told.get("instead"):
        words.append(say(language, "goes-on-as", id=told["instead"]))
    lines = [note_text(language, note) for note in told.get("notes", ())]
    lines += [reason(language, one) for one in told.get("reasons", ())]
    lines += decided(session, told.get("reports", ()))
    return " ".join(words) + "".join(f"\n  {line}" for line in lines)


def decided(session: Session, reports: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Count by fate what became of the reports that were decided, and name those that are not recorded, with why."""
    language = session.language
    fates = Counter(one["fate"] for one in reports)
    if fates:
        yield ", ".join(f"{n} {say(language, fate)}" for fate, n in fates.most_common())
    for one in reports:
        if one["fate"] != "recorded":
            yield say(language, "fate", id=one["id"], fate=say(language, one["fate"]))
            yield from (f"  {reason(language, why)}" for why in one.get("reasons", ()))


def tell(session: Session, kind: type[Event], data: dict[str, Any], subject: str, who: str = COLLABORATOR) -> int:
    """Check a payload, wrap it into a report with a new id, and send it."""
    raw = _encode({name: value for name, value in data.items() if value is not None})
    try:
        kind.parse(raw)
    except ValueError as wrong:
        raise Failure("\n".join(_faults(session.language, wrong))) from None
    envelope = {
        "specversion": "1.0",
        "id": uuid7(),
        "source": SOURCE,
        "type": f"{TYPE_PREFIX}{kind.kind}.v{kind.version}",
        "subject": subject,
        "datacontenttype": "application/json",
        "data": msgspec.Raw(raw),
    }
    return send_one(session, _encode(envelope), who)


def _faults(language: Language, wrong: ValueError) -> Iterator[str]:
    if not isinstance(wrong, ValidationError):
        yield str(wrong)
        return
    for error in without_echoes(wrong.errors(include_url=False, include_input=False)):
        place = ".".join(field_text(language, str(part)) for part in error["loc"])
        words = words_of(error["type"].replace("_", "-"), listed_in(error)) or MISSHAPEN["value-error"]
        text = words[language == "vi"]
        wanted = WANTED.get(error.get("ctx", {}).get("pattern", ""))
        if wanted is not None:
            text += " " + say(language, wanted)
        yield f"{place}: {text}" if place else text


def born(session: Session, chosen: Namespace) -> int:
    """Report a birth with a new person's id, which is printed where the report was taken."""
    person = uuid7()
    data = {
        "on": chosen.on,
        "person": person,
        "household": chosen.household,
        "sex": chosen.sex,
        "mother": chosen.mother,
        "birth_order": chosen.order,
        "relation": "child",
        "personal": {"name": chosen.name} if chosen.name else None,
    }
    code = tell(session, PersonBorn, data, person)
    sys.stdout.write(f"{field_text(session.language, 'person')} {person}\n")
    return code
