"""How does a process prove to the log who it is?"""

from collections.abc import Mapping
from typing import Any

from aiokafka.helpers import create_ssl_context

from kit.process.settings import ProcessSettings


def kafka_security(settings: ProcessSettings) -> Mapping[str, Any]:
    """What `kit.log.kafka` takes as `security`: mutual TLS where certificates are set, else nothing.

    On one machine the log listens on loopback without it; in a cluster the certificate decides who may write.
    """
    if settings.kafka_ca is None:
        return {}
    context = create_ssl_context(
        cafile=str(settings.kafka_ca),
        certfile=str(settings.kafka_certificate) if settings.kafka_certificate else None,
        keyfile=str(settings.kafka_key) if settings.kafka_key else None,
    )
    return {"security_protocol": "SSL", "ssl_context": context}
