"""What do the authority and the protected services say of themselves to a machine (RFC 8414, RFC 9728)?"""

from typing import Any

from pydantic import BaseModel

from contracts.scopes import Scope
from gateway.settings import GatewaySettings
from gateway.tokens import AUTH_METHOD, GRANT
from kit.auth.callers import PURPOSE_TYPE


class AuthorizationServer(BaseModel):
    """The metadata of RFC 8414."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    authorization_details_types_supported: list[str]
    service_documentation: str
    ui_locales_supported: list[str]


class ProtectedResource(BaseModel):
    """The metadata of RFC 9728."""

    resource: str
    authorization_servers: list[str]
    scopes_supported: list[str]
    bearer_methods_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    authorization_details_types_supported: list[str]
    resource_name: str
    resource_documentation: str


class KeySet(BaseModel):
    """Public keys (RFC 7517) by which tokens are checked."""

    keys: list[dict[str, str]]


def authorization_server(settings: GatewaySettings) -> dict[str, Any]:
    """The metadata of RFC 8414."""
    base = settings.public_base.rstrip("/")
    return {
        "issuer": settings.issuer,
        "token_endpoint": f"{base}/oauth/token",
        "jwks_uri": f"{base}/oauth/jwks",
        "scopes_supported": [str(scope) for scope in Scope],
        # There is no authorization endpoint; RFC 8414 wants the list all the same, and not empty.
        "response_types_supported": ["none"],
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": [AUTH_METHOD],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_details_types_supported": [PURPOSE_TYPE],
        "service_documentation": f"{base}/",
        "ui_locales_supported": ["vi", "en"],
    }


def protected_resource(settings: GatewaySettings) -> dict[str, Any]:
    """The metadata of RFC 9728, the same for all services."""
    base = settings.public_base.rstrip("/")
    return {
        "resource": settings.audience,
        "authorization_servers": [settings.issuer],
        "scopes_supported": [str(scope) for scope in Scope],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_details_types_supported": [PURPOSE_TYPE],
        "resource_name": "Socai",
        "resource_documentation": f"{base}/",
    }
