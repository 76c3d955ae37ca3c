"""What the office must know: where a waiting report would touch, what was decided of it, sheets and months."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
alter table waiting add column places text[];
alter table waiting add column approved boolean;
alter table waiting add column decided bigint;
create index on waiting using gin (places) where places is not null;

create table month (
    place text collate "C" not null,
    month text collate "C" not null,
    drawn_up bigint,
    appraised bigint,
    closed bigint,
    primary key (place, month)
);
create index on month (month) where closed is not null;
"""

GRANTS = """
grant select, insert, update on month to socai_events_writer;
grant select on month to socai_events_reader;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
