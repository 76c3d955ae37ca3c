"""What a report said while it waited is found by its id: its office reads afterwards why it was refused."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create index on ledger (report) where stream = 'reports'")
