"""Do desks, sheets and months stand as offices decided, and does each fact say who told and who approved it?"""

from typing import Any

from contracts.fact import STREAM_FACTS, decode_fact
from tests.laws.senders import sender_of
from tests.laws.telling import Broken, Teller


async def check_desks(connection: Any, teller: Teller) -> None:
    """On desks lies what waits for an office, by its places; what was approved and still waits lies there no more."""
    rows = await connection.fetch("select report, need, places, approved, decided from waiting")
    found = {row["report"]: row["need"] for row in rows}
    if found != teller.waiting:
        raise Broken("what waits is what was told that it does", found=found, wanted=teller.waiting)
    desk = teller.oracle.desk
    queue = {row["report"]: frozenset(row["places"]) for row in rows if row["places"] and row["decided"] is None}
    if queue != {one: places for one, places in desk.queue.items() if places}:
        raise Broken("on desks lies what waits for an office", found=queue, wanted=desk.queue)
    decided = {row["report"]: row["decided"] for row in rows if row["decided"] is not None}
    wanted = {one: at for one, at in desk.approved.items() if one in teller.waiting}
    if decided != wanted or not all(row["approved"] for row in rows if row["decided"] is not None):
        raise Broken("what was approved and waits for something else stays approved", found=decided, wanted=wanted)


async def check_months(connection: Any, teller: Teller) -> None:
    """Of sheets and months stands what was decided last."""
    rows = await connection.fetch("select place, month, drawn_up, appraised, closed from month")
    found = {(row["place"], row["month"]): {name: at for name, at in list(row.items())[2:] if at} for row in rows}
    wanted = teller.oracle.desk.months
    if {key: at for key, at in found.items() if at} != {key: at for key, at in wanted.items() if at}:
        raise Broken("sheets and months are as decided last", found=found, wanted=wanted)


def check_causes(teller: Teller) -> None:
    """Every fact says who told it, with what, and under which position it was approved if it was."""
    approved = teller.oracle.desk.approved
    for row in teller.rows:
        if row.stream != STREAM_FACTS:
            continue
        cause, told = decode_fact(row.body).cause, teller.told[row.report]
        found = cause.authid, cause.device, cause.devicesequence, cause.time, cause.approved, bytes(cause.data)
        wanted = sender_of(told).client_id, told.device, told.devicesequence, told.time, approved.get(row.report)
        if found != (*wanted, bytes(told.data)):
            raise Broken("a fact says who told it and who approved it", position=row.position, found=found)


async def check_office(teller: Teller) -> None:
    async with teller.connections.acquire() as connection:
        await check_desks(connection, teller)
        await check_months(connection, teller)
    check_causes(teller)
