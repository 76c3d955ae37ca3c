"""One row a device also says how often it told again what was there: a report may be told by two devices."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REPEATED = """
alter table device add column repeated integer not null default 0;
insert into device as d (device, passed, repeated)
select sender || '/' || device, 0, sum(duplicates) from outcome
where device is not null and duplicates > 0 group by sender, device
on conflict (device) do update set repeated = excluded.repeated;
"""


def upgrade() -> None:
    op.execute(REPEATED)
