"""What may be reported, under which name and version, and what stands around it on the wire?

A report is a CloudEvent 1.0.2 whose type is `vn.socai.<kind>.v<version>` and whose data is the payload of one kind.
Writing a class below `Event` puts the kind into the catalogue.
"""

from typing import Annotated, Any, ClassVar, Self, cast

import msgspec
from pydantic import BaseModel, ConfigDict, TypeAdapter

from contracts.fact import rank_of
from contracts.ids import UUID7, IsoDate

TYPE_PREFIX = "vn.socai."


class Part(BaseModel):
    """A piece of a payload: frozen, no unknown fields. Numbers and truth values are `strict` field by field: a part
    that is strict as a whole takes JSON, but not the objects that were read from it.
    """

    # Most strings are ids, each told once: looking for them among those seen before costs a seventh of all checking.
    model_config = ConfigDict(frozen=True, extra="forbid", cache_strings="none")

    def find(self, name: str) -> Any:
        """Give a field that only some kinds have, None for the others; without the price of a failed look-up."""
        return self.__dict__.get(name)


class Event(Part):
    """The payload of one kind of report.

    `kind` is subject and past participle; `day_class` orders kinds within a day: 0 units and areas, 1 registrations,
    2 births and arrivals, 3 changes, 4 deaths and departures. `fixed` names the fields that say who the report is
    about, which no correction may change. `moves` says that it may bring somebody to a place or take her from it.
    `once` says that it happens to a person but once a day: whoever tells it with other details tells the same event.
    `other` names the field of the other of a couple, who tells the same event the other way round.
    `scope` is what a sender must hold. That a `sensitive` one happened is told only to readers with a scope of their
    own. A `decision` is the office's, about reports and months: it changes nobody. `p0_list` is the number of its list
    on the P0 form (Thông tư 01/2022/TT-BYT), None where that has none for it.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    title: ClassVar[tuple[str, str]]
    day_class: ClassVar[int] = 3
    after_moves: ClassVar[bool] = False
    fixed: ClassVar[frozenset[str]] = frozenset()
    moves: ClassVar[bool] = False
    sensitive: ClassVar[bool] = False
    once: ClassVar[bool] = True
    other: ClassVar[str | None] = None
    scope: ClassVar[str] = "events.report.write"
    decision: ClassVar[bool] = False
    p0_list: ClassVar[int | None] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        """Put a kind into the catalogue; a class without a kind of its own is a shared shape."""
        if "kind" in cls.__dict__:
            CATALOGUE[cls.type_name()] = cls

    @classmethod
    def type_name(cls) -> str:
        """Give the CloudEvents type: `vn.socai.person.born.v1`."""
        return f"{TYPE_PREFIX}{cls.kind}.v{cls.version}"

    @classmethod
    def rank(cls, position: int) -> int:
        """Give the place within a day of a cause of this kind first recorded at `position`."""
        return rank_of(cls.day_class, position, after_moves=cls.after_moves)

    @classmethod
    def parse(cls, data: bytes | msgspec.Raw) -> Self:
        """Check a payload's JSON; raises pydantic's ValidationError."""
        return cast("Self", _adapter(cls).validate_json(bytes(data)))

    @classmethod
    def check(cls, value: Any) -> Self:
        """Check a payload whose JSON is read already, which costs a third less; raises pydantic's ValidationError."""
        return cast("Self", _adapter(cls).validate_python(value))


class Dated(Event):
    """An event with a date in the world: the day on which it took effect."""

    on: IsoDate


CATALOGUE: dict[str, type[Event]] = {}
_ADAPTERS: dict[type[Event], TypeAdapter[Event]] = {}


def _adapter(kind: type[Event]) -> TypeAdapter[Event]:
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = TypeAdapter(kind)
    return adapter


# A pattern's $ also lets a line feed at the end pass, which a length, or a look behind the end, does not.
_Uuid = Annotated[str, msgspec.Meta(pattern=UUID7, max_length=36)]
_Jws = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{86}$(?!\n)", max_length=1000)]
_Traceparent = Annotated[str, msgspec.Meta(pattern=r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", max_length=55)]


class Report(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A CloudEvent as a sender submits it; `data` stays the very bytes that were sent.

    `time` is the sender's claim and decides nothing. `devicesequence` counts a device's reports from 1: a report
    waits for the earlier ones of its device. `signature` is a detached JWS of the device over what
    `contracts.signing` says. Unknown extension attributes are accepted and not kept.
    """

    id: _Uuid
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    data: msgspec.Raw
    specversion: Annotated[str, msgspec.Meta(pattern=r"^1\.0$", max_length=3)] = "1.0"
    subject: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    time: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    datacontenttype: Annotated[str, msgspec.Meta(pattern=r"^application/json")] = "application/json"
    device: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}$(?!\n)")] | None = None
    devicesequence: Annotated[int, msgspec.Meta(ge=1, lt=2**31)] | None = None
    correlationid: _Uuid | None = None
    causationid: _Uuid | None = None
    traceparent: _Traceparent | None = None
    signature: _Jws | None = None


decode_report = msgspec.json.Decoder(Report).decode
