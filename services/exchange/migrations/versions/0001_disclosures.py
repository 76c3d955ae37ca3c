"""Where do disclosures stand, so that whoever answers can add a line and nobody can change one?"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FIRST_YEAR = 2026
_LAST_YEAR = 2045

# `fields` are names by spaces: an array costs three times as much to write, and lines are written with every answer.
# Client and purpose are the key of the sharing agreement in the gateway's register.
_TABLE = """
create table disclosure (
    at timestamptz not null,
    client text not null,
    subject text not null,
    token text not null,
    purpose text not null,
    legal_basis text not null,
    view text not null,
    case_ref text,
    end_user text,
    trace text not null,
    kind text not null check (kind in ('feed', 'query', 'verification')),
    person uuid,
    fields text not null,
    position bigint not null
) partition by range (at)
"""
# A person may ask who saw her; the rest is read by time.
_INDEXES = (
    "create index disclosure_person on disclosure (person, at)",
    "create index disclosure_at on disclosure using brin (at)",
)
_UNCHANGEABLE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'disclosures are never changed';
end $$
"""
_TRIGGER = (
    "create trigger unchangeable before update or delete or truncate on {table}"
    " for each statement execute function refuse_change()"
)
# Default privileges give the writer, who projects, everything to change; it has no business here. Who answers is
# the reader: it may add and read, through the table only.
_REVOKE = "revoke all on {table} from public, socai_exchange_writer, socai_exchange_reader"
_GRANT = "grant select, insert on disclosure to socai_exchange_reader"


def upgrade() -> None:
    """Make the table with a partition for each year; a year beyond them falls into the last."""
    op.execute(_TABLE)
    partitions = [f"disclosure_{year}" for year in range(_FIRST_YEAR, _LAST_YEAR + 1)]
    for year, partition in enumerate(partitions, _FIRST_YEAR):
        op.execute(
            f"create table {partition} partition of disclosure"
            f" for values from ('{year}-01-01 00:00+00') to ('{year + 1}-01-01 00:00+00')"
        )
    op.execute("create table disclosure_rest partition of disclosure default")
    for index in _INDEXES:
        op.execute(index)
    op.execute(_UNCHANGEABLE)
    for table in ("disclosure", *partitions, "disclosure_rest"):
        op.execute(_TRIGGER.format(table=table))
        op.execute(_REVOKE.format(table=table))
    op.execute(_GRANT)
