"""Do the ledger's topics exist, and are they kept as the ledger needs them?"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from contracts.topics import PARTITIONS, RETENTION, TOPICS, topic
from kit.log import LogUnavailableError

_LED_WITHIN = 15.0


class WrongTopicError(Exception):
    """A topic that exists differs from the contract; says where, so that an operator can decide."""


async def ensure_topics(
    bootstrap: str, prefix: str = "", *, replication: int = 1, security: Mapping[str, Any] | None = None
) -> None:
    """Create what is missing, then check partitions and retention of all; never alters what exists."""
    names = [topic(prefix, name) for name in TOPICS]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **(security or {}))
    try:
        await admin.start()
        await _create(admin, names, replication)
        problems = _layout(await _described(admin, names)) + await _settings(admin, names)
    except (KafkaError, OSError) as error:
        raise LogUnavailableError("Kafka cannot be reached to look after its topics") from error
    finally:
        await admin.close()
    if problems:
        raise WrongTopicError("; ".join(problems))


async def _create(admin: AIOKafkaAdminClient, names: list[str], replication: int) -> None:
    configs = {**RETENTION, "min.insync.replicas": str(max(1, replication - 1))}
    wanted = [NewTopic(name, PARTITIONS, replication, topic_configs=configs) for name in names]
    response = await admin.create_topics(wanted)
    for name, code, *_ in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name} cannot be created")


async def _described(admin: AIOKafkaAdminClient, names: list[str]) -> list[Any]:
    """As the cluster describes them, once every partition has a leader."""
    until = time.monotonic() + _LED_WITHIN
    while True:
        described: list[Any] = await admin.describe_topics(names)
        if all(one["partitions"] and all(p["leader"] >= 0 for p in one["partitions"]) for one in described):
            return described
        if time.monotonic() > until:
            raise LogUnavailableError(f"no leader yet for all partitions of {', '.join(names)}")
        await asyncio.sleep(0.02)


def _layout(described: list[Any]) -> list[str]:
    return [
        f"{one['topic']} has {len(one['partitions'])} partitions instead of {PARTITIONS}"
        for one in described
        if len(one["partitions"]) != PARTITIONS
    ]


async def _settings(admin: AIOKafkaAdminClient, names: list[str]) -> list[str]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    return [
        f"{name} has {setting}={actual} instead of {wanted}"
        for response in await admin.describe_configs(resources)
        for _, _, _, name, entries in response.resources
        for setting, wanted in RETENTION.items()
        if (actual := {entry[0]: entry[1] for entry in entries}.get(setting)) != wanted
    ]
