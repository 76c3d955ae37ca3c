"""What may the sender of a request do?"""

import msgspec


class Access(msgspec.Struct, frozen=True):
    """What a checked token allows. `jkt` is empty for a token that is bound to no key; `view` names the
    declared view of the sharing agreement; `purpose` and all after it are empty without an agreement.
    """

    client_id: str
    subject: str
    scopes: frozenset[str]
    jti: str
    jkt: str = ""
    purpose: str = ""
    legal_basis: str = ""
    areas: tuple[str, ...] = ()
    view: str = ""
