"""What does a client read of how to ask for a token, and of what it gets? For the OpenAPI document."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from gateway.assertions import LONGEST, TYPE
from gateway.tokens import GRANT
from kit.auth.callers import PURPOSE_TYPE
from kit.http.openapi import content_of

FORM_TYPE: Final = "application/x-www-form-urlencoded"

_DESCRIPTION: Final = f"""`{GRANT}` with `private_key_jwt` and a DPoP proof (RFC 6749, 7523, 9449, 9396).

`client_assertion` is a JWT signed with ES256 by a registered key of the client: `iss` and `sub` are its client id,
`aud` is the issuer as a single string, `exp` lies at most {LONGEST} seconds ahead, `jti` is new each time.

The proof binds the token to its key; only scopes that show nobody do without. Every request then has the headers
`Authorization: DPoP <token>` and `DPoP` with a new proof, whose `htu` is the address without its query and whose `ath`
is the hash of the token.
"""


class Purpose(BaseModel):
    """What for, on which basis and where (RFC 9396), within an agreement."""

    type: Literal["registry_purpose"]
    purpose: str
    legal_basis: str = Field(description="That of the agreement.")
    areas: list[str] = Field(description="Ids of units or areas, with all that lies below them.")
    view: str = Field(description="What of a person may be seen; empty where no partner's view is agreed.")


class TokenAnswer(BaseModel):
    """`authorization_details` stands there where an agreement is in force."""

    access_token: str
    token_type: Literal["DPoP", "Bearer"]
    expires_in: int = Field(description="Seconds.")
    scope: str = Field(description="Separated by spaces.")
    authorization_details: list[Purpose] = Field(default=[])


class TokenError(BaseModel):
    """As RFC 6749 5.2 has it."""

    error: str
    error_description: str


MODELS: Final = (TokenAnswer, TokenError)


def _text(description: str) -> dict[str, str]:
    return {"type": "string", "description": description}


OPERATION: Final[dict[str, Any]] = {
    "summary": "Get an access token",
    "description": _DESCRIPTION,
    "tags": ["authority"],
    "parameters": [{"name": "DPoP", "in": "header", "schema": {"type": "string"}, "required": False}],
    "requestBody": {
        "required": True,
        "content": {
            FORM_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"const": GRANT},
                        "scope": _text("Separated by single spaces; without it, all that the client may have."),
                        "client_id": _text("May be left out: the assertion names it."),
                        "client_assertion_type": {"const": TYPE},
                        "client_assertion": {"type": "string"},
                        "authorization_details": _text(
                            f'JSON array of one object: `type` ("{PURPOSE_TYPE}"), `purpose`, and if wanted'
                            " `legal_basis` and some of the `areas` that are agreed. Needed where several purposes are."
                        ),
                    },
                }
            }
        },
    },
    "responses": {
        "200": {"description": "The token, bound to the key of the proof", "content": content_of(TokenAnswer)},
        "400": {"description": "What is asked for is malformed or not agreed", "content": content_of(TokenError)},
        "401": {"description": "`invalid_client`", "content": content_of(TokenError)},
    },
}
