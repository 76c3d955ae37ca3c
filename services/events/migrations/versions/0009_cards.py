"""A health card is held under the 10 digits that both of its prints have."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CARDS = """
update identifier set value = 'bhyt:' || right(value, 10) where value like 'bhyt:%' and length(value) > 15;
"""


def upgrade() -> None:
    op.execute(CARDS)
