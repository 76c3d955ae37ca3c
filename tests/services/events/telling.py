"""Tell the ledger things, saying only what matters."""

import random
from typing import Any

import msgspec

from contracts.event import CATALOGUE, Report
from contracts.fact import Fact, decode_fact
from contracts.ids import uuid7
from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.http.problems import ContradictsRecord
from kit.process.database import Connections
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.report.parse import check
from services.events.settings import ApprovalRule

ANYBODY = Access("tester", "tester", frozenset(Scope), "jti", areas=("VN",))
PROVINCE, COMMUNE, OTHER = "30-20190101", "10525-20190101", "10507-20190101"
AREA, SECOND, FAR = f"{COMMUNE}-001", f"{COMMUNE}-002", f"{OTHER}-001"


class Ids:
    """Names for things: `ids.lan` is always the same UUIDv7."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __getattr__(self, name: str) -> str:
        return self._known.setdefault(name, uuid7(1_700_000_000_000, random.Random(name).randbytes(10)))


ids = Ids()


def report(kind: str, told: dict[str, Any], **attributes: Any) -> Report:
    known = {event.kind: name for name, event in CATALOGUE.items()}
    return Report(
        id=attributes.pop("id", None) or uuid7(),
        source="urn:test",
        type=known[kind],
        data=msgspec.Raw(msgspec.json.encode(told)),
        **attributes,
    )


def cloud_event(kind: str, told: dict[str, Any], **attributes: Any) -> bytes:
    """Make a report as it is sent."""
    return msgspec.json.encode(report(kind, told, **attributes))


def refused_for(answer: Answer) -> list[str]:
    """Say why a report contradicts the record."""
    assert isinstance(answer.problem, ContradictsRecord), answer
    return [reason.code for reason in answer.problem.reasons]


class Teller:
    """Submits reports to an intake, one by one or in groups, and looks at what came of it."""

    def __init__(self, intake: Intake, connections: Connections, database: Database) -> None:
        self.intake = intake
        self.connections = connections
        self.database = database

    def office_sees_first(self, *kinds: str) -> None:
        """Let what collaborators tell of these kinds wait for the office."""
        self.intake._approval = (ApprovalRule(source="urn:", kinds=frozenset(kinds)),)

    async def submit(self, *reports: Report, access: Access = ANYBODY) -> list[Answer]:
        return await self.intake.submit([(check(one, access), "") for one in reports])

    async def tell(self, kind: str, *, id: str | None = None, on: str | None = "2025-03-01", **told: Any) -> Answer:  # noqa: A002
        if on is not None:
            told["on"] = on
        (answer,) = await self.submit(report(kind, told, id=id))
        return answer

    async def places(self) -> None:
        """A province, two communes and three areas."""
        unit = {"level": "province", "names": {"vi": "Hải Dương"}, "unit": PROVINCE, "code": "30"}
        await self.tell("unit.established", on="2019-01-01", unit=unit)
        for commune in (COMMUNE, OTHER):
            unit = {
                "level": "commune",
                "names": {"vi": commune},
                "unit": commune,
                "code": commune[:5],
                "parent": PROVINCE,
            }
            await self.tell("unit.established", on="2019-01-01", unit=unit)
        for area in (AREA, SECOND, FAR):
            await self.tell("area.established", on="2019-01-01", area=area, commune=area[:14], names={"vi": area})

    async def family(self, household: str, area: str = AREA, on: str = "2025-01-01", **members: str) -> Answer:
        """A household whose first member is the head: `family(h, lan="female", an="male")`."""
        lines = [{"person": getattr(ids, name), "sex": sex, "birth": "1990-05-20"} for name, sex in members.items()]
        head = {"head": lines[0]["person"]} if lines else {}
        return await self.tell("household.registered", on=on, household=household, area=area, members=lines, **head)

    async def state(self, entity: str) -> Any:
        async with self.connections.acquire() as connection:
            row = await connection.fetchrow("select version, body from state where entity = $1", entity)
        return None if row is None or row["body"] is None else msgspec.json.decode(row["body"])

    async def facts(self) -> list[tuple[int, Fact]]:
        async with self.connections.acquire() as connection:
            rows = await connection.fetch("select position, body from ledger where stream = 'facts' order by position")
        return [(row["position"], decode_fact(row["body"])) for row in rows]
