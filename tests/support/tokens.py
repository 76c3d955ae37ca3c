"""How does a test make tokens and proofs, right ones and wrong ones?"""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jws
from joserfc.jwk import ECKey

from kit.auth import jose
from kit.auth.key_sets import KeySets

NOW = 1_800_000_000.0
BASE = "http://127.0.0.1:8080"
ISSUER_KEY = ECKey.generate_key("P-256", {"kid": "issuer-1"}, private=True)
CLIENT_KEY = ECKey.generate_key("P-256", private=True)
OTHER_KEY = ECKey.generate_key("P-256", private=True)


def clock() -> float:
    return NOW


def sign(header: Mapping[str, Any], payload: Any, key: Any) -> str:
    """A compact JWS; a payload of bytes is taken as it is."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jws.serialize_compact({"alg": "ES256", **header}, body, key, algorithms=["ES256", "RS256", "HS256"])


def unsigned(header: Any, payload: Any, signature: bytes = b"") -> str:
    """Any header and payload with any signature."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(jose.b64url(part) for part in (*parts, signature))


def signed_anyhow(header: Any, payload: Any, key: ECKey) -> str:
    """The same with the signature that the key makes over it (ES256), whatever the header says."""
    signed = unsigned(header, payload).removesuffix(".")
    private = key.private_key
    assert private is not None
    der = private.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    raw = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    return f"{signed}.{jose.b64url(raw)}"


def access_claims(**changed: Any) -> dict[str, Any]:
    claims = {
        "iss": BASE,
        "aud": BASE,
        "sub": "clinic",
        "client_id": "clinic",
        "iat": int(NOW),
        "exp": int(NOW) + 300,
        "jti": "token-1",
        "scope": "registry.person.read reporting.figures.read",
        "cnf": {"jkt": CLIENT_KEY.thumbprint()},
        "authorization_details": [
            {
                "type": "registry_purpose",
                "purpose": "health.care",
                "legal_basis": "act",
                "areas": ["31-20250701"],
                "view": "health",
            }
        ],
    } | changed
    return {name: value for name, value in claims.items() if value is not None}


def access_token(header: Mapping[str, Any] | None = None, key: ECKey = ISSUER_KEY, **changed: Any) -> str:
    return sign({"typ": "at+jwt", "kid": "issuer-1", **(header or {})}, access_claims(**changed), key)


def issuer_keys(body: bytes | None = None) -> KeySets:
    async def fetch() -> bytes:
        return key_set() if body is None else body

    return KeySets(fetch, clock)


def key_set(*keys: ECKey) -> bytes:
    return json.dumps({"keys": [dict(key.as_dict(private=False)) for key in keys or (ISSUER_KEY,)]}).encode()
