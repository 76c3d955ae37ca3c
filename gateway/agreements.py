"""For which purpose, on which legal basis and for which places may a client have data?"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from contracts.calendar import VIET_NAM
from kit.auth.callers import PURPOSE_TYPE
from kit.process.database import Connection

_MOST_DETAILS: Final = 1


class Agreement(msgspec.Struct, frozen=True):
    """One purpose that was agreed with one client; `view` names what of a person it may see, `areas` are ids of
    units or areas with all that lies below them, `valid_to` is the last day (none: until further notice).
    """

    client_id: str
    purpose: str
    legal_basis: str
    view: str
    areas: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None


class Refused(Exception):
    """The details asked for are malformed or go beyond what was agreed; the words are ours."""


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    purpose: str
    legal_basis: str | None = None
    areas: tuple[str, ...] | None = None


def in_force(agreements: Iterable[Agreement], now: datetime) -> tuple[Agreement, ...]:
    """Those of today, by the calendar of Viet Nam."""
    today = now.astimezone(VIET_NAM).date()
    return tuple(
        agreement
        for agreement in agreements
        if agreement.valid_from <= today and (agreement.valid_to is None or today <= agreement.valid_to)
    )


def granted(agreements: Sequence[Agreement], asked: str | None) -> tuple[dict[str, Any], ...]:
    """The authorization details of the token: what was asked for, or the only purpose there is. Raises `Refused`.

    The hierarchy of places is not known here: areas are granted as they stand in the agreement, and the services
    judge what lies below them.
    """
    if asked is None:
        if len(agreements) > 1:
            raise Refused("several purposes are agreed: name one in authorization_details")
        return tuple(_detail(agreement, agreement.areas) for agreement in agreements)
    wanted = _read(asked)
    if wanted.type != PURPOSE_TYPE:
        raise Refused("the only type known is registry_purpose")
    found = [agreement for agreement in agreements if agreement.purpose == wanted.purpose]
    if not found:
        raise Refused("the purpose is not agreed, or not at present")
    agreement = found[0]
    if wanted.legal_basis not in {None, agreement.legal_basis}:
        raise Refused("the legal basis is not that of the agreement")
    areas = agreement.areas if wanted.areas is None else wanted.areas
    if not areas or not set(areas) <= set(agreement.areas):
        raise Refused("the areas are not those of the agreement")
    return (_detail(agreement, areas),)


def _read(asked: str) -> _Asked:
    try:
        details = msgspec.json.decode(asked, type=list[_Asked])
    except (ValueError, RecursionError):
        raise Refused("authorization_details is no array of objects of a known form") from None
    if len(details) != _MOST_DETAILS:
        raise Refused("one token serves one purpose")
    return details[0]


def _detail(agreement: Agreement, areas: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": PURPOSE_TYPE,
        "purpose": agreement.purpose,
        "legal_basis": agreement.legal_basis,
        "areas": list(areas),
        "view": agreement.view,
    }


async def put_agreement(connection: Connection, agreement: Agreement) -> None:
    """Record what was agreed, in place of an earlier agreement with the client for the same purpose."""
    await connection.execute(
        "insert into agreement (client_id, purpose, legal_basis, view, areas, valid_from, valid_to)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (client_id, purpose) do update set"
        " legal_basis = excluded.legal_basis, view = excluded.view, areas = excluded.areas,"
        " valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        agreement.client_id,
        agreement.purpose,
        agreement.legal_basis,
        agreement.view,
        list(agreement.areas),
        agreement.valid_from,
        agreement.valid_to,
    )


async def read_agreements(connection: Connection, client_id: str) -> tuple[Agreement, ...]:
    """All agreements of a client, also those not in force, by purpose."""
    rows = await connection.fetch(
        "select purpose, legal_basis, view, areas, valid_from, valid_to from agreement"
        " where client_id = $1 order by purpose",
        client_id,
    )
    return tuple(
        Agreement(
            client_id,
            row["purpose"],
            row["legal_basis"],
            row["view"],
            tuple(row["areas"]),
            row["valid_from"],
            row["valid_to"],
        )
        for row in rows
    )
