"""What is known of a household at one moment; its members are stated once, in the persons."""

import msgspec

from contracts.person import NOTHING


class HouseholdState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The whole state of a household.

    `status` is active, merged or dissolved; one that ended receives nobody, and `successor` is whom a merged one went
    into. `number` is the household's number in the A0 book of its area and `sheet` the second couple's sheet. `head` is
    empty when the head died or left and nobody has been named since. `personal` holds the address line. `reviewed` is
    the day on which somebody last looked through the sheet and found it right (đã rà soát).
    """

    id: str
    area: str
    status: str = "active"
    number: str | None = None
    sheet: str | None = None
    type: str = "family"
    head: str | None = None
    personal: msgspec.Raw = NOTHING
    reviewed: str | None = None
    successor: str | None = None
