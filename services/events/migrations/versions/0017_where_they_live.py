"""Where somebody lives by now whose arrival waits stands beside it, so that her office finds it by that place among all
moves that lack their other half.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LIVES = """
update half h set lives = convert_from(s.body, 'UTF8')::jsonb ->> 'area' from state s
where h.side = 'arrival' and s.entity = h.person
"""
INDEXES = """
create index on half (coalesce(lives, other), since);
create index on half (person) where side = 'arrival';
drop index half_other_since_idx;
grant update (lives) on half to socai_events_writer;
"""


def upgrade() -> None:
    op.execute('alter table half add column lives text collate "C"')
    op.execute(LIVES)
    op.execute(INDEXES)
