"""The areas of whoever told what waits stand beside it, so that her office finds it among all that waits for another
report.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

AREAS = """
update waiting w set areas = array(
  select jsonb_array_elements_text(convert_from(l.body, 'UTF8')::jsonb -> 'areas')
) from ledger l where l.position = w.position
"""


def upgrade() -> None:
    op.execute("alter table waiting add column areas text[]")
    op.execute(AREAS)
    op.execute("create index on waiting using gin (areas) where places is null")
