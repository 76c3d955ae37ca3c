"""Do the ledger's topics exist, and are they kept as the ledger needs them?"""

from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from contracts.topics import PARTITIONS, RETENTION, TOPICS, topic
from kit.log import LogUnavailableError


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
        problems = await _differences(admin, names)
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


async def _differences(admin: AIOKafkaAdminClient, names: list[str]) -> list[str]:
    problems = []
    for found in await admin.describe_topics(names):
        number = len(found["partitions"])
        if number != PARTITIONS:
            problems.append(f"{found['topic']} has {number} partitions instead of {PARTITIONS}")
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    for response in await admin.describe_configs(resources):
        for _, _, _, name, entries in response.resources:
            actual = {entry[0]: entry[1] for entry in entries}
            problems += [
                f"{name} has {setting}={actual.get(setting)} instead of {value}"
                for setting, value in RETENTION.items()
                if actual.get(setting) != value
            ]
    return problems
