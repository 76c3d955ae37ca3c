"""How are the log's topics made on a broker, and how are those checked that were there before?"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from contracts.topics import PARTITIONS, RETENTION

_LED_SECONDS = 15


class WrongTopic(RuntimeError):
    """A topic that was there already is not kept as the ledger needs it; says where."""


async def create_topics(bootstrap: str, names: Iterable[str]) -> None:
    """Make the topics that are missing, kept for ever, each partition with a leader; never alters what exists.

    Raises WrongTopic where one that exists has other partitions or retention than the contract.
    """
    wanted = list(names)
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        topics = [NewTopic(name, PARTITIONS, 1, topic_configs=dict(RETENTION)) for name in wanted]
        answer = await client.create_topics(topics)
        for name, code, *_ in answer.topic_errors:
            problem = for_code(code)
            if code and problem is not TopicAlreadyExistsError:
                raise problem(f"topic {name}")
        wrong = [*_layout(await led(client, wanted)), *await _retention(client, wanted)]
    finally:
        await client.close()
    if wrong:
        raise WrongTopic("; ".join(wrong))


async def led(client: AIOKafkaAdminClient, names: list[str]) -> list[Any]:
    """Describe topics once every partition has a leader."""
    deadline = time.monotonic() + _LED_SECONDS
    while True:
        described: list[Any] = await client.describe_topics(names)
        if all(one["partitions"] and all(p["leader"] >= 0 for p in one["partitions"]) for one in described):
            return described
        if time.monotonic() > deadline:
            raise TimeoutError(f"topics {', '.join(names)} have no leader yet")
        await asyncio.sleep(0.02)


def _layout(described: list[Any]) -> Iterator[str]:
    for topic in described:
        found = len(topic["partitions"])
        if found != PARTITIONS:
            yield f"{topic['topic']} has {found} partitions instead of {PARTITIONS}"


async def _retention(client: AIOKafkaAdminClient, names: list[str]) -> list[str]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    return [
        f"{name} has {setting}={actual} instead of {wanted}"
        for answer in await client.describe_configs(resources)
        for _, _, _, name, entries in answer.resources
        for setting, wanted in RETENTION.items()
        if (actual := {entry[0]: entry[1] for entry in entries}.get(setting)) != wanted
    ]


async def delete_topics(bootstrap: str, names: Iterable[str]) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        with contextlib.suppress(KafkaError):
            await client.delete_topics(list(names))
    finally:
        await client.close()
