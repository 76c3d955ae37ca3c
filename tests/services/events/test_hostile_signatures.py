"""Is whatever stands where a signature should be answered precisely, and never a failure of ours?"""

import msgspec
import pytest

from kit.auth.jose import b64url
from socai.signing import HEADER, sign_batch
from tests.services.events.signing import BATCH, NDJSON, ONE, altered, door, signed
from tests.services.events.telling import Teller, cloud_event, ids
from tests.support.devices import device_key

TAIL = "A" * 86
HEADERS = {
    "no JSON": b"alg",
    "no object": b"[]",
    "deep": b"[" * 400,
    "none": b'{"alg":"none"}',
    "symmetric": b'{"alg":"HS256","typ":"socai-report+jws","kid":"k"}',
    "no kid": b'{"alg":"ES256","typ":"socai-report+jws"}',
    "a kid that is a number": b'{"alg":"ES256","typ":"socai-report+jws","kid":1}',
    "a kid with a null character": b'{"alg":"ES256","typ":"socai-report+jws","kid":"\\u0000"}',
    "a kid that is half a character": b'{"alg":"ES256","typ":"socai-report+jws","kid":"\\ud800"}',
    "a key of its own": b'{"alg":"ES256","typ":"socai-report+jws","jwk":{"kty":"EC","crv":"P-256","x":"","y":""}}',
    "an extension": b'{"alg":"ES256","typ":"socai-report+jws","kid":"k","crit":["b64"],"b64":false}',
    "another type": b'{"alg":"ES256","typ":"dpop+jwt","kid":"k"}',
    "not UTF-8": b'{"alg":"ES256","typ":"socai-report+jws","kid":"\xff"}',
}


@pytest.mark.parametrize("name", HEADERS)
async def test_a_header_that_is_none_is_refused(enrolled: Teller, name: str) -> None:
    alone = f"{b64url(HEADERS[name])}..{TAIL}"
    together = f"{b64url(HEADERS[name].replace(b'socai-report', b'socai-batch'))}..{TAIL}"
    async with door(enrolled.database) as at:
        status, code = await at.code(altered(signed(device="d1"), signature=alone))
        assert (status, code) in {(422, "signature-invalid"), (403, "device-unknown")}
        status, code = await at.code(cloud_event("person.born", {}), NDJSON | {HEADER: together})
        assert (status, code) in {(422, "signature-invalid"), (403, "device-unknown")}


@pytest.mark.parametrize("value", ["", ".", "..", "...", "x" * 9000, f"{TAIL}..{TAIL}", f"e30.e30.{TAIL}"])
async def test_a_value_that_is_no_signature_is_refused(enrolled: Teller, value: str) -> None:
    async with door(enrolled.database) as at:
        for media, body in ((ONE, signed(device="d1")), (NDJSON, b"{}"), (BATCH, b"[{}]")):
            assert await at.code(body, media | {HEADER: value}) == (422, "signature-invalid")
        status, code = await at.code(altered(signed(), signature=value))
        assert (status, code) in {(422, "invalid-request"), (422, "signature-invalid")}


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"1", b"{", b'"x"', b"\xff", b'{"id":NaN}', b'{"id":1e999}', b'{"data":{"n":%d}}' % 2**60, b"[" * 900],
)
async def test_a_line_that_cannot_be_signed_is_named(enrolled: Teller, line: bytes) -> None:
    good = cloud_event("person.died", {"on": "2025-04-01", "person": ids.lan})
    async with door(enrolled.database) as at:
        headers = NDJSON | {HEADER: sign_batch([good, good], device_key("d1"))}
        answer = await at.send(b"\n".join([good, line, good]), headers)
        assert answer.status_code == 422
        text = "This line is no JSON object that can be signed."
        assert answer.json()["errors"] == [{"pointer": "line/2", "code": "not-signable", "text": text}]


async def test_a_number_that_has_no_canonical_form_is_not_signed_alone_either(enrolled: Teller) -> None:
    body = msgspec.json.decode(signed(device="d1"))
    for number in (2**60, 10**400):
        raw = msgspec.json.encode(body | {"data": msgspec.Raw(b'{"on":"2025-01-01","weight_grams":%d}' % number)})
        async with door(enrolled.database) as at:
            assert (await at.send(raw)).status_code in {400, 422}
