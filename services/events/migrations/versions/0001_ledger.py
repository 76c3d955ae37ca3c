"""The ledger and the rows that decisions read.

Nothing but SELECT and INSERT is granted on the ledger, to nobody who runs.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table ledger (
    position bigint primary key,
    stream text not null,
    report text not null,
    recorded_at timestamptz not null,
    kind text not null,
    partition_key text not null,
    traceparent text not null,
    hash bytea not null,
    body bytea not null
) with (toast_tuple_target = 8160);
-- The default compresses every fact over 2 KB inside the server, at twice the cost of the rest of the row.
alter table ledger alter column body set storage external;

create table state (
    entity text collate "C" primary key,
    kind smallint not null,
    version integer not null,
    last_on text collate "C" not null,
    last_rank bigint not null,
    facts bytea not null,
    body bytea
) with (fillfactor = 85);
alter table state alter column body set storage external;
alter table state alter column facts set storage external;

create table tie (entity text collate "C" not null, dependant text collate "C" not null);
create index on tie (entity);

create table amendment (original bigint not null, position bigint not null);
create index on amendment (original);

create table outcome (
    report text collate "C" primary key,
    sender text not null,
    digest bytea not null,
    fate text not null,
    position bigint,
    duplicates integer not null default 0,
    detail bytea
) with (fillfactor = 90);
create index on outcome (sender, report);

create table waiting (
    report text collate "C" primary key,
    need text collate "C" not null,
    position bigint not null
);
create index on waiting (need);

create table identifier (value text collate "C" not null, holder text collate "C" not null);
create index on identifier (value);

create table device (device text collate "C" not null, sequence integer not null, primary key (device, sequence));
"""

GRANTS = """
grant select, insert on ledger, tie, amendment, identifier, device to socai_events_writer;
grant select, insert, update on state, outcome to socai_events_writer;
grant select, insert, update, delete on waiting to socai_events_writer;
grant select on ledger, state, tie, amendment, outcome, waiting, identifier, device to socai_events_reader;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
