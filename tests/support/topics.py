"""Which topics are a test's own on the Kafka of the run?"""

from dataclasses import dataclass

from contracts.topics import FACTS, REPORTS, topic


@dataclass(frozen=True)
class Topics:
    """`prefix` is what services take as their setting `topic_prefix`."""

    bootstrap: str
    prefix: str

    @property
    def facts(self) -> str:
        return topic(self.prefix, FACTS)

    @property
    def reports(self) -> str:
        return topic(self.prefix, REPORTS)
