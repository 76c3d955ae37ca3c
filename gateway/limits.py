"""How many requests may one client make, by its own class and by the class of the route?"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class RateClass(StrEnum):
    """What kind of load a route is."""

    PUBLIC = "public"
    TOKEN = "token"  # noqa: S105 - the name of a class of routes
    READ = "read"
    SEARCH = "search"
    WRITE = "write"
    FEED = "feed"


class ClientClass(StrEnum):
    """What kind of client asks; it stands in the register and, as `rate_class`, in the token."""

    FIELD = "field"
    PARTNER = "partner"
    BULK = "bulk"


class Bucket(msgspec.Struct, frozen=True):
    """A token bucket: `burst` requests at once, refilled by `per_second`."""

    per_second: int
    burst: int


BUCKETS: Final[Mapping[tuple[ClientClass, RateClass], Bucket]] = MappingProxyType(
    {
        (ClientClass.FIELD, RateClass.READ): Bucket(20, 100),
        (ClientClass.FIELD, RateClass.SEARCH): Bucket(5, 30),
        (ClientClass.FIELD, RateClass.WRITE): Bucket(20, 200),
        (ClientClass.FIELD, RateClass.FEED): Bucket(2, 10),
        (ClientClass.PARTNER, RateClass.READ): Bucket(200, 1_000),
        (ClientClass.PARTNER, RateClass.SEARCH): Bucket(50, 200),
        (ClientClass.PARTNER, RateClass.WRITE): Bucket(50, 200),
        (ClientClass.PARTNER, RateClass.FEED): Bucket(20, 100),
        # Offices that bring whole communes, and the benches: the services, not the door, set the pace.
        (ClientClass.BULK, RateClass.READ): Bucket(20_000, 40_000),
        (ClientClass.BULK, RateClass.SEARCH): Bucket(5_000, 10_000),
        (ClientClass.BULK, RateClass.WRITE): Bucket(20_000, 40_000),
        (ClientClass.BULK, RateClass.FEED): Bucket(1_000, 2_000),
    }
)

# Without a token there is no client: these count by address, and many phones share one (carrier NAT).
BY_ADDRESS: Final[Mapping[RateClass, Bucket]] = MappingProxyType(
    {
        RateClass.PUBLIC: Bucket(50, 500),
        RateClass.TOKEN: Bucket(50, 500),
    }
)
