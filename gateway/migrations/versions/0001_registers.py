"""Which tables hold clients, agreements, keys, what was used once, and the audit?"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """
    create table client (
        client_id text primary key,
        name text not null,
        jwks text not null,
        scopes text[] not null,
        rate_class text not null,
        status text not null check (status in ('active', 'revoked')),
        registered_at timestamptz not null default now(),
        revoked_at timestamptz
    )
    """,
    """
    create table agreement (
        client_id text not null references client,
        purpose text not null,
        legal_basis text not null,
        view text not null,
        areas text[] not null,
        valid_from date not null,
        valid_to date,
        primary key (client_id, purpose)
    )
    """,
    """
    create table signing_key (
        kid text primary key,
        private_jwk text not null,
        signs_from timestamptz not null,
        signs_until timestamptz not null
    )
    """,
    """
    create table used_once (
        mark bytea primary key,
        expires_at timestamptz not null
    )
    """,
    """
    create table sandbox_key (
        client_id text primary key,
        private_jwk text not null
    )
    """,
    "create index used_once_expires_at on used_once (expires_at)",
    """
    create table audit (
        line bigint generated always as identity primary key,
        at timestamptz not null,
        action text not null,
        client_id text not null,
        jti text not null,
        scope text not null,
        purpose text not null,
        reason text not null
    )
    """,
)

# Default privileges give a reader everything to read and a writer everything to change. Private keys are for the
# authority alone, and nobody who runs may rewrite the audit.
_GRANTS = (
    "revoke all on signing_key, sandbox_key from socai_gateway_reader",
    "revoke update, delete, truncate on audit from socai_gateway_writer",
)


def upgrade() -> None:
    for statement in (*_TABLES, *_GRANTS):
        op.execute(statement)
