"""A number under which a device told again what was known already is in use, though no report has it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = """
create table told_again (
    sender text collate "C" not null,
    device text collate "C" not null,
    sequence integer not null,
    report text collate "C" not null,
    primary key (sender, device, sequence)
);
"""
GRANTS = """
grant select, insert on told_again to socai_events_writer;
grant select on told_again to socai_events_reader;
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(GRANTS)
