"""One row a device says up to which number its reports have had their turn: they have it one by one."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
create table passed (device text collate "C" primary key, passed integer not null) with (fillfactor = 85);
insert into passed select device, max(sequence) from device group by device;
drop table device;
alter table passed rename to device;
alter index passed_pkey rename to device_pkey;
"""
GRANTS = """
grant select, insert, update on device to socai_events_writer;
grant select on device to socai_events_reader;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
