"""The keys of a lost device are sought by its name, whoever's it was."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEX = """
create index on device_key (device, sender);
drop index device_key_sender_device_idx;
"""


def upgrade() -> None:
    op.execute(INDEX)
