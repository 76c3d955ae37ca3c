"""Whomever an amendment changes it may bring a cause of a later day that changes nothing on it: nothing lies behind
the last slot.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The last rank of a day.
LAST = """
update state s set last_on = a.last_on, last_rank = 1::bigint << 62
from (
    select step ->> 'entity' as entity, max((body ->> 'on') collate "C") as last_on
    from (
        select convert_from(body, 'UTF8')::jsonb as body from ledger
        where stream = 'facts' and kind in ('fact.corrected', 'fact.voided')
    ) as fact, unnest(array['asserts', 'retracts']) as side, jsonb_path_query(body -> side, '$.*[*]') as step
    group by entity
) as a
where s.entity = a.entity and (s.last_on, s.last_rank) < (a.last_on, 1::bigint << 62)
"""


def upgrade() -> None:
    op.execute(LAST)
