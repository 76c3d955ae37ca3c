"""Moves that lack their other half, so that a work list need not look through all people.

Both sides follow from the ledger: who is in transit by now, and which arrivals wait.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
create table half (
    key text collate "C" primary key,
    side text not null,
    person text collate "C" not null,
    area text collate "C" not null,
    other text collate "C",
    since text collate "C" not null
);
create index on half (since, key);
create index on half (area, since);
create index on half (other, since) where other is not null;
"""

GRANTS = """
grant select, insert, delete on half to socai_events_writer;
grant select on half to socai_events_reader;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
