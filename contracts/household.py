"""What is known of a household at one moment; its members are stated once, in the persons."""

import msgspec

from contracts.person import NOTHING


class HouseholdState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The whole state of a household.

    `number` is the household's number in the A0 book of its area and `sheet` the second couple's sheet. `head` is
    empty when the head died or left and nobody has been named since. `personal` holds the address line.
    """

    id: str
    area: str
    status: str = "active"
    number: str | None = None
    sheet: str | None = None
    type: str = "family"
    head: str | None = None
    personal: msgspec.Raw = NOTHING
