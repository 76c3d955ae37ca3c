"""The name of a device whose enrolment waits stands beside it, so that whoever looks after devices finds it among all
that waits.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DEVICES = """
update waiting w set device = convert_from(l.body, 'UTF8')::jsonb #>> '{cause,data,device}' from ledger l
where l.position = w.position
  and convert_from(l.body, 'UTF8')::jsonb #>> '{cause,type}' = 'vn.socai.device.enrolled.v1'
"""


def upgrade() -> None:
    op.execute("alter table waiting add column device text")
    op.execute(DEVICES)
    op.execute("create index on waiting (device) where device is not null")
