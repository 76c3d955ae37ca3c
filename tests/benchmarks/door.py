"""The door as the gateway starts it, with the routes of the bare service besides: python -m tests.benchmarks.door."""

import argparse
import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

from contracts.scopes import Scope
from gateway import __main__ as gateway
from gateway import envoy
from gateway.limits import RateClass
from gateway.policy import POLICY, Row, Upstream
from gateway.settings import GatewaySettings

COMMIT, READ = "/bench/commit", "/bench/read"
ROWS = (
    Row("POST", COMMIT, Upstream.EVENTS, Scope.EVENTS_REPORT_WRITE, RateClass.WRITE),
    Row("POST", READ, Upstream.EXCHANGE, Scope.EXCHANGE_VIEW_READ, RateClass.READ),
)
CLUSTER = "bare"


def configuration(settings: GatewaySettings, bare_port: int) -> dict[str, Any]:
    """Every check of the door stands before the bare routes as before all others; only whom they lead to differs."""
    made = envoy.configuration(settings, (*POLICY, *ROWS))
    resources = made["static_resources"]
    cluster = deepcopy(next(one for one in resources["clusters"] if one["name"] == Upstream.EVENTS))
    cluster["name"] = cluster["load_assignment"]["cluster_name"] = CLUSTER
    (endpoints,) = cluster["load_assignment"]["endpoints"]
    del endpoints["lb_endpoints"][1:]
    endpoints["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]["port_value"] = bare_port
    resources["clusters"].append(cluster)
    manager = resources["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    (host,) = manager["route_config"]["virtual_hosts"]
    for route in host["routes"]:
        if route["name"] in {row.name for row in ROWS}:
            route["route"]["cluster"] = CLUSTER
    return made


def write(settings: GatewaySettings) -> Path:
    path = settings.envoy_config
    path.touch(mode=0o600)
    path.write_text(json.dumps(configuration(settings, int(os.environ["SOCAI_BENCH_PORT"]))))
    return path


if __name__ == "__main__":
    # The gateway becomes Envoy with its own arguments; only the file that it writes for it is ours.
    envoy.write = write  # type: ignore[assignment]  # the table is ours as well
    gateway.door(argparse.Namespace())
