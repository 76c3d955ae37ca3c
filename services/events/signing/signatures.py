"""Did the device that a report names sign it? Asked at the door, and again by whoever walks the ledger years later.

At the door only what a key can prove is judged: whether it still counts is known under the writer lock alone. A
signature of its own beside that of its batch is the one that is kept.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec

from contracts.fact import Cause, Signature
from contracts.kinds.device import BYTES32
from contracts.signing import BATCH_TYP, REPORT_TYP, batch_content, climb, leaf, path, report_content, tree
from kit.auth import jose
from kit.http.faults import worded
from kit.http.problems import DeviceUnknown, InvalidJson, Problem, SignatureInvalid, SignatureMissing
from kit.http.strict_json import parse_json
from kit.process.database import Connections
from services.events.report.line import Line, cause_of
from services.events.signing.key_rows import find_keys
from services.events.state.keys import KEY_KINDS, Key

Demand = Literal["none", "accepted", "required"]
HEADER: Final = "socai-signature"
EVERYBODY: Final = "*"
# Somebody else is served after so many signatures, or so many bytes of a batch made canonical.
SIGNATURES_AT_ONCE, BYTES_AT_ONCE = 20, 128 * 1024
MOST_KEYS = 20_000
_THUMBPRINT = re.compile(BYTES32)
_data = msgspec.json.decode


def content_of(cause: Cause) -> bytes:
    """Give what the signature of a report covers that the ledger keeps as a cause."""
    return report_content(
        {
            "id": cause.report,
            "source": cause.source,
            "type": cause.type,
            "data": _data(cause.data),
            "time": cause.time,
            "device": cause.device,
            "devicesequence": cause.devicesequence,
            "correlationid": cause.correlationid,
            "causationid": cause.causationid,
        }
    )


def key_of(jws: str, typ: str) -> str:
    """Give the thumbprint of the key that a signature names; raises `MalformedError`."""
    return _key_of(jws.partition(".")[0], typ)


def key_in(signature: Signature) -> str:
    """Give the thumbprint of the key that a kept signature names; raises `MalformedError`."""
    return key_of(signature.jws, REPORT_TYP if signature.reports is None else BATCH_TYP)


@lru_cache(maxsize=4096)
def _key_of(header: str, typ: str) -> str:
    kid = jose.read_header(header, typ).kid
    if not _THUMBPRINT.fullmatch(kid):
        raise jose.MalformedError("no thumbprint")
    return kid


def check(signature: Signature, content: bytes, key: Key) -> None:
    """Check that a key signed a report's content, alone or within its batch; raises `MalformedError`."""
    if signature.reports is None:
        _verify(signature.jws, REPORT_TYP, content, key)
        return
    try:
        root = climb(leaf(content), signature.index, signature.reports, signature.path)
    except ValueError as error:
        raise jose.MalformedError("not a place of the batch") from error
    _verify_batch(signature.jws, BATCH_TYP, batch_content(root, signature.reports), key)


def _verify(jws: str, typ: str, content: bytes, key: Key) -> None:
    if key_of(jws, typ) != key.key:
        raise jose.MalformedError("another key")
    jose.verify(jose.detached(jws, content), key.public())


# The reports of a batch share one signature.
_verify_batch = lru_cache(maxsize=256)(_verify)


def of_device(key: Key, sender: str, device: str | None) -> bool:
    """Say whether a key is one of this sender's, and of the device if the report names one."""
    return key.sender == sender and device in {None, key.device}


class Batch(msgspec.Struct, frozen=True):
    """One signature over all lines of a request, checked: its key, and the way to each line."""

    key: Key
    jws: str
    levels: list[Sequence[bytes]]

    def of_line(self, index: int) -> Signature:
        """Give what the line at an index (from 0) keeps of the signature."""
        return Signature(self.jws, index, len(self.levels[0]), path(self.levels, index))


class Signatures:
    """The signatures of one process's requests. Keys never change, so they are read once."""

    def __init__(self, readers: Connections, demands: Mapping[str, Demand]) -> None:
        self._readers = readers
        self._demands = demands
        self._keys: dict[str, Key] = {}

    def demand(self, sender: str) -> Demand:
        """Say whether a sender's signatures are not looked at, looked at, or required."""
        return self._demands.get(sender, self._demands.get(EVERYBODY, "accepted"))

    async def batch(self, raws: Sequence[bytes], jws: str | None, sender: str) -> Batch | None:
        """Check one signature over all lines of a request; raises SignatureInvalid, DeviceUnknown."""
        if jws is None or not raws or self.demand(sender) == "none":
            return None
        try:
            (key,) = await self._find([key_of(jws, BATCH_TYP)])
            if key is None or key.sender != sender:
                raise DeviceUnknown
            levels = tree(await _leaves(raws))
            _verify(jws, BATCH_TYP, batch_content(levels[-1][0], len(raws)), key)
        except jose.MalformedError:
            raise SignatureInvalid(errors=[worded(f"header/{HEADER}", "invalid")]) from None
        return Batch(key, jws, levels)

    async def admit(
        self, lines: Sequence[Line | Problem], sender: str, batch: Batch | None, start: int = 0
    ) -> list[Line | Problem]:
        """Check the signatures of a sender's lines, the first at `start` of its request; gives each, or its problem."""
        told: list[Line | Problem] = list(lines)
        demand = self.demand(sender)
        if demand == "none":
            return told
        unsigned = batch is None and demand == "accepted"
        concerned = [
            (index, line)
            for index, line in enumerate(lines)
            if isinstance(line, Line) and not (unsigned and line.report.signature is None)
        ]
        named = [key for _, line in concerned if (key := _named(line)) is not None]
        # By themselves: what this process keeps of keys may be let go meanwhile.
        keys = dict(zip(named, await self._find(named), strict=True))
        for count, (index, line) in enumerate(concerned, 1):
            if line.report.signature is not None:
                told[index] = _alone(line, line.report.signature, keys)
                if count % SIGNATURES_AT_ONCE == 0:
                    await asyncio.sleep(0)
            elif batch is not None:
                told[index] = _together(line, batch, start + index)
            # Somebody must be able to enrol the first device.
            elif type(line.event).kind not in KEY_KINDS:
                told[index] = SignatureMissing()
        return told

    async def _find(self, thumbprints: Sequence[str]) -> list[Key | None]:
        wanted = {one for one in thumbprints if one not in self._keys}
        if wanted:
            if len(self._keys) + len(wanted) > MOST_KEYS:
                self._keys.clear()
            async with self._readers.acquire() as connection:
                self._keys |= await find_keys(connection, list(set(thumbprints)))
        return [self._keys.get(one) for one in thumbprints]


def _alone(line: Line, jws: str, keys: Mapping[str, Key | None]) -> Line | Problem:
    signature = Signature(jws)
    try:
        key = keys.get(key_of(jws, REPORT_TYP))
        if key is None or not of_device(key, line.sender, line.report.device):
            return DeviceUnknown()
        check(signature, content_of(cause_of(line)), key)
    except ValueError:
        return SignatureInvalid(errors=[worded("#/signature", "invalid")])
    return msgspec.structs.replace(line, signature=signature, key=key.key)


def _named(line: Line) -> str | None:
    """Give the key that a line's own signature names, None where it names none that we could read."""
    if line.report.signature is None:
        return None
    try:
        return key_of(line.report.signature, REPORT_TYP)
    except jose.MalformedError:
        return None


def _together(line: Line, batch: Batch, index: int) -> Line | Problem:
    if not of_device(batch.key, line.sender, line.report.device):
        return DeviceUnknown()
    return msgspec.structs.replace(line, signature=batch.of_line(index), key=batch.key.key)


async def _leaves(raws: Sequence[bytes]) -> list[bytes]:
    """Hash every line; one that is no JSON object, or holds a number without a canonical form, spoils the batch."""
    leaves, done = [], 0
    for number, raw in enumerate(raws, 1):
        try:
            leaves.append(leaf(report_content(parse_json(raw))))
        except (InvalidJson, ValueError, AttributeError):
            raise SignatureInvalid(errors=[worded(f"line/{number}", "not-signable")]) from None
        done += len(raw)
        if done > BYTES_AT_ONCE:
            done = 0
            await asyncio.sleep(0)
    return leaves
