"""What stands in a service where tokens are checked, which has tests of its own?"""

import msgspec
from starlette.requests import Request

from contracts.scopes import Scope
from kit.auth.access import Access


class Granting:
    """Refuses nobody: grants what the test says, and the scope that is asked for."""

    def __init__(self, access: Access) -> None:
        self.granted = access

    async def access(self, request: Request, scope: Scope) -> Access:
        return msgspec.structs.replace(self.granted, scopes=self.granted.scopes | {scope})
