"""The keys with which devices sign, and which device sent a report, so that its counters cost what it sent itself.

What was recorded before is read again from the ledger, as a restore would.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
create table device_key (
    key text collate "C" primary key,
    sender text not null,
    device text not null,
    place text not null,
    x text not null,
    y text not null,
    since text collate "C" not null,
    until text collate "C",
    enrolled bigint not null,
    revoked bigint,
    mistrusted text collate "C"
);
create index on device_key (sender, device);

alter table outcome add column device text collate "C", add column sequence integer;
update outcome o set device = l.cause ->> 'device', sequence = (l.cause ->> 'devicesequence')::integer
from (select report, convert_from(body, 'UTF8')::jsonb -> 'cause' as cause from ledger) l
where l.report = o.report and l.cause ? 'device';
create index on outcome (sender, device, sequence) where device is not null;
"""

GRANTS = """
grant select, insert, update on device_key to socai_events_writer;
grant select on device_key to socai_events_reader;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
