"""What is known of a person's contraception, pregnancy, screenings and health checks?

These attributes are sensitive: they stand in one member of the person's state, which readers without the scope
`registry.care.read` are not given and which no partner's view shows. Nothing here can hold the sex of an unborn child.
"""

import msgspec


class Contraception(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The method in use, or the last one: `until` is the day on which it was stopped.

    `since` is a day; where she used it before she came on the books also a month or a year before that.
    """

    method: str
    since: str | None = None
    until: str | None = None
    place: str = "unknown"
    living_children: int | None = None


class Pregnancy(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The open pregnancy, or the last one: `ended` and `outcome` (birth, miscarriage, abortion) say how it closed."""

    since: str | None = None
    number: int | None = None
    ended: str | None = None
    outcome: str | None = None


class PrenatalScreening(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the screenings of one pregnancy found so far, put away when it closes; `on` is the latest."""

    on: str
    visits: tuple[str, ...] = ()
    last_period: str | None = None
    place: str = "unknown"
    down: str = "unknown"
    edwards: str = "unknown"
    patau: str = "unknown"
    thalassemia: str = "unknown"


class NewbornScreening(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the screenings of a newborn found so far; `on` is the latest of them."""

    on: str
    place: str = "unknown"
    hypothyroidism: str = "unknown"
    g6pd: str = "unknown"
    adrenal_hyperplasia: str = "unknown"
    hearing: str = "unknown"
    heart: str = "unknown"


class HealthCheck(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last health check of an older person."""

    on: str
    place: str = "unknown"


class PremaritalCheck(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last check before a marriage; a couple of whom both are known counts at the one with the lower id."""

    on: str
    partner: str | None = None
    place: str = "unknown"


class Care(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """All of it; what was never told is not there."""

    contraception: Contraception | None = None
    pregnancy: Pregnancy | None = None
    prenatal: PrenatalScreening | None = None
    newborn: NewbornScreening | None = None
    health_check: HealthCheck | None = None
    premarital: PremaritalCheck | None = None
