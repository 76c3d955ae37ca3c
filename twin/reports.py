"""How does a report of the twin look on the wire?"""

from datetime import UTC, date, datetime, time

import msgspec

from contracts.calendar import VIET_NAM

_ENVELOPE = (
    b'{"specversion":"1.0","id":"%b","source":"%b","type":"vn.socai.%b.v1","subject":"%b","time":"%b"%b,"data":%b}\n'
)
OFFICE = "/offices/hai-phong"
encode = msgspec.json.Encoder().encode


def line(
    report: bytes, moment: bytes, source: bytes, kind: bytes, subject: bytes, data: bytes, together: bytes = b""
) -> bytes:
    """Write one report as a line of NDJSON; `together` is the id that reports of one evening share."""
    shared = b',"correlationid":"%b"' % together if together else b""
    return _ENVELOPE % (report, source, kind, subject, moment, shared, data)


def milliseconds(day: date, hour: int) -> int:
    """Give an hour of a day in Viet Nam in milliseconds since 1970."""
    return int(datetime.combine(day, time(hour), VIET_NAM).timestamp()) * 1000


def clock(milliseconds: int) -> bytes:
    """Write an instant as a sender's clock shows it."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).astimezone(VIET_NAM).isoformat().encode()
