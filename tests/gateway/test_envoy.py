"""Is the generated configuration one that Envoy takes, and does it deny by default?"""

import ssl
import subprocess
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts.scopes import Scope
from deploy.local.ports import free_ports
from deploy.local.processes import wait_until
from gateway.__main__ import _binary_of_wheel
from gateway.envoy import configuration, write
from gateway.envoy_filters import http_filters
from gateway.envoy_routes import JWT_FILTER, LIMIT_FILTER, RBAC_FILTER, routes
from gateway.limits import BUCKETS, BY_ADDRESS, ClientClass, RateClass
from gateway.policy import POLICY, PUBLIC, Row, Upstream
from gateway.refusals import refusals
from gateway.settings import GatewaySettings
from kit.auth.callers import SKEW
from kit.http.problems import Problem


def certificate(folder: Path, serial: int = 7) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "door.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {"tls_certificate": folder / "cert.pem", "tls_key": folder / "key.pem"}


@pytest.mark.parametrize("variant", ["plain", "traced", "tls", "names", "replicas", "ipv6"])
def test_envoy_takes_the_configuration(tmp_path: Path, variant: str) -> None:
    changed: dict[str, dict[str, Any]] = {
        "plain": {},
        "traced": {"otlp_endpoint": "http://collector:4318/", "trace_ratio": 0.01},
        "tls": {"public_base": "https://socai.example", **certificate(tmp_path)},
        "names": {"events_address": "http://events.socai.svc:80", "authority_address": "http://authority"},
        "replicas": {"events_address": "http://10.0.0.1:8000 http://10.0.0.2:8000"},
        "ipv6": {"door_host": "::1"},
    }
    settings = GatewaySettings(envoy_config=tmp_path / "deep" / "door.json", **changed[variant])
    checked = subprocess.run(
        [str(_binary_of_wheel()), "--mode", "validate", "--config-path", str(write(settings))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "[warning]" not in checked.stderr


def test_a_renewed_certificate_is_shown_without_a_restart(tmp_path: Path) -> None:
    """Renewed as a cluster does it: the files are links by way of one to a folder, which is turned to another."""
    mounted, port, admin = tmp_path / "tls", *free_ports(2)
    mounted.mkdir()

    def mount(serial: int) -> None:
        folder = mounted / f"..{serial}"
        folder.mkdir()
        certificate(folder, serial)
        (mounted / "..data_tmp").symlink_to(folder.name)
        (mounted / "..data_tmp").rename(mounted / "..data")

    def shown() -> int | None:
        try:
            pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=5)
        except OSError:
            return None
        return x509.load_pem_x509_certificate(pem.encode()).serial_number

    mount(7)
    for name in ("cert.pem", "key.pem"):
        (mounted / name).symlink_to(Path("..data") / name)
    settings = GatewaySettings(
        public_base="https://socai.example",
        envoy_config=tmp_path / "door.json",
        tls_certificate=mounted / "cert.pem",
        tls_key=mounted / "key.pem",
        door_port=port,
        admin_port=admin,
    )
    options = ("--config-path", str(write(settings)), "--concurrency", "1", "--use-dynamic-base-id")
    with subprocess.Popen([str(_binary_of_wheel()), *options], stderr=subprocess.DEVNULL) as envoy:
        try:
            assert wait_until(lambda: shown() == 7, 20)
            mount(8)
            assert wait_until(lambda: shown() == 8, 20)
        finally:
            envoy.terminate()


def test_of_several_replicas_the_proof_chooses_one() -> None:
    made = configuration(GatewaySettings(events_address="http://10.0.0.1:8000 http://10.0.0.2:8000"))
    (cluster,) = [one for one in made["static_resources"]["clusters"] if one["name"] == Upstream.EVENTS]
    (endpoints,) = cluster["load_assignment"]["endpoints"]
    addresses = [one["endpoint"]["address"]["socket_address"]["address"] for one in endpoints["lb_endpoints"]]
    assert (cluster["lb_policy"], addresses) == ("RING_HASH", ["10.0.0.1", "10.0.0.2"])
    leading = [route["route"] for route in routes(POLICY) if "route" in route]
    assert all([one["header"]["header_name"] for one in route["hash_policy"]] == ["dpop"] for route in leading)


def test_however_the_signature_of_a_proof_is_written_it_comes_to_the_same_replica(tmp_path: Path) -> None:
    """Header and payload are signed, but a signature has several spellings that all hold (ECDSA's s and -s)."""

    class Replica(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.send_header("X-Replica", str(self.connection.getsockname()[1]))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ExitStack() as stack:
        replicas = [stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Replica)) for _ in range(2)]
        for one in replicas:
            threading.Thread(target=one.serve_forever, daemon=True).start()
            stack.callback(one.shutdown)
        port, admin = free_ports(2)
        addresses = " ".join(f"http://127.0.0.1:{one.server_port}" for one in replicas)
        settings = GatewaySettings(
            reporting_address=addresses, envoy_config=tmp_path / "door.json", door_port=port, admin_port=admin
        )
        options = ("--config-path", str(write(settings)), "--concurrency", "1", "--use-dynamic-base-id")
        envoy = stack.enter_context(
            subprocess.Popen([str(_binary_of_wheel()), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        stack.callback(envoy.terminate)

        def chosen(proof: str) -> str | None:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/reporting/docs", headers={"DPoP": proof}, trust_env=False)
            except httpx.TransportError:
                return None
            replica: str | None = answer.headers.get("x-replica")
            return replica

        assert wait_until(lambda: chosen("a.b.c") is not None, 20)
        found = [{chosen(f"head.claims{number}.signature{spelt}") for spelt in range(12)} for number in range(12)]
    assert [len(replicas_of_one) for replicas_of_one in found] == [1] * 12
    assert len(set.union(*found)) == 2


def filter_of(settings: GatewaySettings, name: str) -> dict[str, Any]:
    (found,) = [one["typed_config"] for one in http_filters(settings) if one["name"] == name]
    return dict(found)


def test_every_row_that_is_not_public_asks_for_a_token_and_its_scope_and_the_rest_is_denied() -> None:
    made = {route["name"]: route for route in routes(POLICY)}
    for row in POLICY:
        filters = made[row.name]["typed_per_filter_config"]
        assert (JWT_FILTER in filters) is (row.scope != PUBLIC)
        policies = filters[RBAC_FILTER].get("rbac", {}).get("rules", {}).get("policies", {})
        assert list(policies) == ([] if row.scope == PUBLIC else [row.scope])
    forwarding = [route for route in made.values() if "route" in route]
    assert len(forwarding) == len(POLICY)
    assert routes(POLICY)[-1]["direct_response"] == {"status": 404}
    manager = configuration(GatewaySettings())["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]
    rbac = [one for one in manager["typed_config"]["http_filters"] if one["name"] == RBAC_FILTER]
    assert rbac[0]["typed_config"]["rules"] == {"action": "ALLOW"}


def test_the_door_itself_asks_who_issued_a_token_for_whom_and_until_when() -> None:
    """The services would refuse a wrong one too: nobody would see that the door does not."""
    settings = GatewaySettings(issuer="https://issuer.example", audience="https://services.example")
    (judged,) = filter_of(settings, JWT_FILTER)["providers"].values()
    assert (judged["issuer"], judged["audiences"]) == ("https://issuer.example", ["https://services.example"])
    assert judged["require_expiration"] is True
    assert judged["clock_skew_seconds"] == SKEW
    # A compromised key is published no more: its tokens end within these minutes.
    assert judged["remote_jwks"]["cache_duration"] == "300s"


def test_each_client_and_each_address_has_a_bucket_of_its_own() -> None:
    limits = filter_of(GatewaySettings(), LIMIT_FILTER)
    found = {
        tuple((entry["key"], entry.get("value", "each")) for entry in one["entries"]): (
            one["token_bucket"]["tokens_per_fill"],
            one["token_bucket"]["max_tokens"],
        )
        for one in limits["descriptors"]
    }
    assert found == {
        (("client_id", "each"), ("rate_class", client), ("route_class", rate)): (bucket.per_second, bucket.burst)
        for (client, rate), bucket in BUCKETS.items()
    } | {
        (("remote_address", "each"), ("route_class", rate)): (bucket.per_second, bucket.burst)
        for rate, bucket in BY_ADDRESS.items()
    }
    assert limits["max_dynamic_descriptors"] >= 10_000
    classes = [action["metadata"] for action in limits["rate_limits"][0]["actions"]]
    assert [one.get("default_value") for one in classes] == [None, ClientClass.FIELD, None]


def test_rows_of_one_path_may_stand_apart() -> None:
    def row(method: Any, path: str) -> Row:
        return Row(method, path, Upstream.EVENTS, Scope.EVENTS_REPORT_READ, RateClass.READ)

    table = (row("GET", "/events/v1/a"), row("GET", "/events/v1/b"), row("POST", "/events/v1/a"))
    names = [route["name"] for route in routes(table)]
    assert names == [
        "several hosts",
        "GET /events/v1/a",
        "POST /events/v1/a",
        "unlisted /events/v1/a",
        "GET /events/v1/b",
        "unlisted /events/v1/b",
        "unlisted",
    ]


def test_a_fixed_path_wins_over_a_template_however_they_are_listed() -> None:
    def row(path: str) -> Row:
        return Row("GET", path, Upstream.EVENTS, Scope.EVENTS_REPORT_READ, RateClass.READ)

    names = [route["name"] for route in routes((row("/events/v1/{id}"), row("/events/v1/status")))]
    assert names.index("GET /events/v1/status") < names.index("GET /events/v1/{id}")


def test_the_doors_problems_are_problems_like_all_others() -> None:
    for refusal in refusals("http://127.0.0.1:8080"):
        assert issubclass(refusal.problem, Problem)
        assert refusal.problem.title.vi


def test_tokens_never_cross_plain_http_beyond_loopback() -> None:
    for base in ("http://socai.example", "http://10.0.0.1:8080", "ftp://127.0.0.1", "socai"):
        with pytest.raises(ValueError, match="public_base"):
            GatewaySettings(public_base=base)
    with pytest.raises(ValueError, match="belong together"):
        GatewaySettings(tls_key=Path("key.pem"))
