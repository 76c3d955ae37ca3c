"""Who was given which token, who was refused, and who changed the registers?

Written in the same statement as what it tells of. No personal value: clients are systems.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from kit.process.database import Connection


class Action(StrEnum):
    """What the audit tells of."""

    TOKEN_ISSUED = "token.issued"  # noqa: S105 - the name of an action
    TOKEN_REFUSED = "token.refused"  # noqa: S105 - see above
    CLIENT_PUT = "client.put"
    CLIENT_REVOKED = "client.revoked"
    AGREEMENT_PUT = "agreement.put"
    KEY_ROTATED = "key.rotated"


class Line(msgspec.Struct, frozen=True):
    """`jti`: the token's id; `reason`: the OAuth error of a refusal."""

    action: Action
    client_id: str
    jti: str = ""
    scope: str = ""
    purpose: str = ""
    reason: str = ""


_LINE: Final = (
    "insert into audit (at, action, client_id, jti, scope, purpose, reason) values ($1, $2, $3, $4, $5, $6, $7)"
)
# Marks that are used the first time count; only if all are new does the line come to be.
_ONCE: Final = (
    "with fresh as (insert into used_once (mark, expires_at) select mark, $2 from unnest($1::bytea[]) as mark"
    " on conflict do nothing returning 1)"
    " insert into audit (at, action, client_id, jti, scope, purpose, reason)"
    " select $3, $4, $5, $6, $7, $8, $9 where (select count(*) from fresh) = cardinality($1::bytea[]) returning 1"
)


async def write(connection: Connection, line: Line, now: datetime) -> None:
    await connection.execute(_LINE, now, *_values(line))


async def write_once(
    connection: Connection, line: Line, now: datetime, once: Sequence[tuple[str, ...]], until: datetime
) -> bool:
    """Write the line if nothing of `once` was used before; `False` for a replay."""
    marks = [hashlib.sha256("\0".join(what).encode()).digest() for what in once]
    return await connection.fetchval(_ONCE, marks, until, now, *_values(line)) is not None


async def forget_used(connection: Connection, now: datetime) -> None:
    """What has expired would be refused for its own time: nothing needs to be remembered."""
    await connection.execute("delete from used_once where expires_at < $1", now)


def _values(line: Line) -> tuple[str, ...]:
    return (line.action, line.client_id, line.jti, line.scope, line.purpose, line.reason)
