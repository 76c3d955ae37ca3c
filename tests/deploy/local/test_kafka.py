"""Does the log keep what it is given, for ever, in the order of each partition?"""

import uuid

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.topics import PARTITIONS
from deploy.local.kafka import cluster_id, has_brokers
from deploy.local.topics import WrongTopic, create_topics
from tests.support.topics import Topics


async def test_topics_never_expire_and_are_never_compacted(kafka: Topics) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await client.start()
    try:
        [answer] = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, kafka.facts)])
    finally:
        await client.close()
    [resource] = answer.resources
    configs = {entry[0]: entry[1] for entry in resource[4]}
    assert (configs["cleanup.policy"], configs["retention.ms"], configs["retention.bytes"]) == ("delete", "-1", "-1")


async def test_making_topics_again_changes_nothing(kafka: Topics) -> None:
    await create_topics(kafka.bootstrap, [kafka.facts, kafka.reports])
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await client.start()
    try:
        described = await client.describe_topics([kafka.facts, kafka.reports])
    finally:
        await client.close()
    assert [len(topic["partitions"]) for topic in described] == [PARTITIONS, PARTITIONS]


async def test_a_topic_with_another_layout_or_retention_is_refused(kafka: Topics) -> None:
    name = f"{kafka.prefix}odd"
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await client.start()
    try:
        await client.create_topics([NewTopic(name, 3, 1, topic_configs={"cleanup.policy": "compact"})])
    finally:
        await client.close()
    with pytest.raises(WrongTopic, match=r"3 partitions instead of 16.*cleanup.policy=compact instead of delete"):
        await create_topics(kafka.bootstrap, [name])


async def test_an_idempotent_producer_is_read_back_in_order(kafka: Topics) -> None:
    values = [b"%d" % number for number in range(100)]
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True, acks="all") as producer:
        for value in values:
            await producer.send(kafka.facts, value, partition=3)
    partition = TopicPartition(kafka.facts, 3)
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([partition])
        read = [(await consumer.getone(partition)).value for _ in values]
    assert read == values


async def test_nobody_is_there_where_nobody_listens() -> None:
    assert not await has_brokers("127.0.0.1:1")


def test_a_cluster_s_name_is_never_taken_for_an_option() -> None:
    drawn = iter([uuid.UUID(int=0xF8 << 120), uuid.UUID(int=1)])
    assert cluster_id(lambda: next(drawn)) == "AAAAAAAAAAAAAAAAAAAAAQ"
