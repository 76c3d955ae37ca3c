"""Turns at the writer lock are counted, so that a group which was decided ahead knows that nobody came in between."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create sequence turn")
    op.execute("grant usage on sequence turn to socai_events_writer")
