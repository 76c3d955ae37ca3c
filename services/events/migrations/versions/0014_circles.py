"""Reports that wait for each other since before that was refused are decided again: nothing else would ever do it."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CIRCLES = """
with recursive awaited (report, other) as (
    select report, substr(need, 8) from waiting where need like 'report:%'
    union
    select a.report, substr(w.need, 8) from awaited a join waiting w on w.report = a.other
    where w.need like 'report:%'
)
update waiting set need = 'ready' where report in (select report from awaited where report = other)
"""


def upgrade() -> None:
    op.execute(CIRCLES)
