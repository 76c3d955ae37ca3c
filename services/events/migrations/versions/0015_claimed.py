"""Who is recorded as the spouse of somebody who is not so of her is found where that one marries."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CLAIMED = """
with claim as (
    select entity, convert_from(body, 'UTF8')::jsonb ->> 'spouse' as spouse from state
    where kind = 1 and body is not null
)
insert into tie (entity, dependant)
select 'spouse:' || one.spouse, one.entity from claim one left join claim other on other.entity = one.spouse
where one.spouse is not null and other.spouse is distinct from one.entity
"""


def upgrade() -> None:
    op.execute(CLAIMED)
