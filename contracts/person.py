"""What is known of a person at one moment: the `before` and `after` of a person's transition."""

import msgspec

from contracts.care import Care

NOTHING = msgspec.Raw(b"null")
# A health card of 15 characters ends in the 10 digits that new cards print alone.
_CARD_DIGITS = 10


def plain_number(type_: str, value: str) -> str:
    """Give a number as all of its prints have it: both of a health card are one card."""
    return value[-_CARD_DIGITS:] if type_ == "bhyt" else value


def identifier_key(type_: str, value: str) -> str:
    """Give the key under which a number is looked for: `type:value`, one for all of its prints."""
    return f"{type_}:{plain_number(type_, value)}"


class Transit(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Whence and on which day somebody left who has not arrived yet, and for which place, where that was told."""

    area: str
    on: str
    place: str | None = None


class PersonState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The whole state of a person.

    `status` is resident, in_transit, outside, dead or merged. Only a resident stands in a household, on one of its
    sheets, and in an area; the dead and the departed keep everything else. `sheet` is empty where a household has but
    one, else the couple's sheet on which she stands (XXX.1, XXX.2). `birth` is a date known to the year, the month or
    the day. `personal` holds names, identifiers and contacts as one opaque value which is copied byte by byte. `care`
    is given to readers with a scope of its own only. `transit` is there for who is in transit only. Whoever is merged
    was struck off as a double of `merged_into`.
    """

    id: str
    status: str
    sex: str
    birth: str | None = None
    household: str | None = None
    area: str | None = None
    marital: str = "unknown"
    spouse: str | None = None
    mother: str | None = None
    birth_order: int | None = None
    relation: str = "unknown"
    ethnicity: str = "unknown"
    education: str = "unknown"
    residence: str = "unknown"
    occupation: str | None = None
    personal: msgspec.Raw = NOTHING
    care: Care | None = None
    disability: str = "unknown"
    disability_degree: str = "unknown"
    sheet: str | None = None
    transit: Transit | None = None
    merged_into: str | None = None

    @property
    def belongs(self) -> str | None:
        """The area where she stands, or which she left who is in transit."""
        return self.area if self.transit is None else self.transit.area
