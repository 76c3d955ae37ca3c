"""Which questions are asked of the write side in a body, because they are long or name somebody?"""

from typing import Annotated, Final

from pydantic import Field

from contracts.event import Part
from contracts.ids import AreaId
from contracts.scopes import Scope
from kit.http.paging import CursorText

WHO_LIVES_WHERE: Final = (Scope.EVENTS_REPORT_READ, Scope.REGISTRY_HOUSEHOLD_READ, Scope.REGISTRY_PERSON_READ)
"""What a question needs whose answer shows people and their homes beside reports."""


class SyncQuestion(Part):
    """An area (địa bàn), and where the last answer ended; without a cursor everything is given."""

    area: AreaId
    cursor: CursorText | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 1_000
