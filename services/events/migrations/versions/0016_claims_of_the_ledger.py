"""Who was told as the spouse of somebody who was not told so of her follows from the ledger, as the intake finds it.

The present states do not say it: whoever died still has her spouse, and who is so of each other by now need not have
been told so at once.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CLAIMED = """
delete from tie where entity like 'spouse:%';
with step as (
    select position, step ->> 'entity' as person, step #>> '{before,spouse}' as was, step #>> '{after,spouse}' as spouse
    from ledger cross join jsonb_array_elements(convert_from(body, 'UTF8')::jsonb #> '{asserts,persons}') as step
    where stream = 'facts' and position('"spouse"'::bytea in body) > 0
), claim as (select position, person, spouse from step where spouse is distinct from was and spouse is not null)
insert into tie (entity, dependant)
select distinct 'spouse:' || spouse, person from claim
where (position, spouse, person) not in (select position, person, spouse from claim)
"""


def upgrade() -> None:
    op.execute(CLAIMED)
