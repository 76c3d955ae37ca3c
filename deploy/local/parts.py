"""How do PostgreSQL and Kafka come up, or where are those that the person runs already?"""

import asyncio
from functools import partial

from contracts.topics import TOPICS
from deploy.local import databases, jars, kafka, postgres
from deploy.local.accounts import service_account
from deploy.local.crew import Check, Crew, Stage
from deploy.local.folder import Folder, keep_version, kept_secrets, product_version
from deploy.local.ports import LOOPBACK
from deploy.local.processes import wait_until
from deploy.local.roster import OURS, Roster, Wiring
from deploy.local.settings import LocalSettings
from deploy.local.topics import create_topics
from kit.process.progress import Say

CURSOR_KEY, IMPORT_KEY = "cursor", "import"
POSTGRES_MAJOR = "18"


class WrongPart(RuntimeError):
    """A part, or what it has kept, is not what this version works with."""


def admin_dsn(settings: LocalSettings, folder: Folder) -> str:
    kept = postgres.dsn(postgres.ADMIN, kept_secrets(folder)["postgres"], settings.postgres_port, "postgres")
    return settings.postgres or kept


def wiring(settings: LocalSettings, folder: Folder, roster: Roster = OURS) -> Wiring:
    """Where everything is, whether it runs or not."""
    passwords = kept_secrets(folder, [CURSOR_KEY, IMPORT_KEY])
    admin = admin_dsn(settings, folder)
    found = {name: databases.describe(admin, name, passwords) for name in databases.DATABASES}
    bootstrap = settings.kafka or f"{LOOPBACK}:{settings.kafka_port}"
    return Wiring(settings, folder, roster, bootstrap, found, passwords[CURSOR_KEY], import_key=passwords[IMPORT_KEY])


def postgres_settings(settings: LocalSettings, folder: Folder) -> postgres.PostgresSettings:
    account = service_account(settings.account)
    return postgres.PostgresSettings(
        home=postgres.choose_home(folder.data, account),
        port=settings.postgres_port,
        password=kept_secrets(folder)["postgres"],
        account=account,
        shared_buffers_mib=settings.shared_buffers_mib or postgres.shared_buffers_for_machine(),
    )


def start_postgres(crew: Crew, settings: LocalSettings, folder: Folder, say: Say) -> dict[str, Check]:
    """How to know that it is ready; nothing to wait for where it is the person's own."""
    if settings.postgres:
        say("postgres: using yours")
        if not postgres.is_ready(settings.postgres):
            raise WrongPart("SOCAI_LOCAL_POSTGRES: no administrator can log in at that address")
        return {}
    chosen = postgres_settings(settings, folder)
    check_major(chosen)
    if chosen.account:
        say(f"postgres: runs as {chosen.account.name}, its data is in {chosen.home}")
    programs = postgres.binaries(chosen.home, chosen.account)
    postgres.create_cluster(chosen, programs)
    crew.start(postgres.command(chosen, programs, folder.log("postgres")), Stage.PARTS)
    return {"postgres": partial(postgres.is_ready, chosen.admin_dsn)}


def check_major(chosen: postgres.PostgresSettings) -> None:
    path = chosen.data / "PG_VERSION"
    found = path.read_text().strip() if path.exists() else POSTGRES_MAJOR
    if found != POSTGRES_MAJOR:
        raise WrongPart(f"{chosen.data} is of PostgreSQL {found}, this version runs {POSTGRES_MAJOR}")


def kafka_settings(settings: LocalSettings, folder: Folder, say: Say) -> kafka.KafkaSettings:
    return kafka.KafkaSettings(
        home=folder.kafka,
        port=settings.kafka_port,
        controller_port=settings.kafka_controller_port,
        class_path=jars.class_path(folder.parts / "kafka", say),
        heap_mib=settings.kafka_heap_mib,
    )


def start_kafka(crew: Crew, settings: LocalSettings, folder: Folder, say: Say) -> dict[str, Check]:
    """As for PostgreSQL."""
    if settings.kafka:
        say("kafka: using yours")
        if not wait_until(partial(kafka.is_ready, settings.kafka), 10):
            raise WrongPart("SOCAI_LOCAL_KAFKA: no broker answers at that address")
        return {}
    chosen = kafka_settings(settings, folder, say)
    kafka.format_storage(chosen)
    crew.start(kafka.command(chosen, folder.log("kafka")), Stage.PARTS)
    return {"kafka": partial(kafka.is_ready, chosen.bootstrap)}


def start_parts(crew: Crew, settings: LocalSettings, folder: Folder, say: Say, roster: Roster = OURS) -> Wiring:
    """Both parts ready; roles, databases, their tables and topics there."""
    tables = start_postgres(crew, settings, folder, say)
    log = start_kafka(crew, settings, folder, say)
    found = wiring(settings, folder, roster)
    crew.wait(tables, settings.start_seconds)
    databases.create_all(admin_dsn(settings, folder), kept_secrets(folder))
    say("databases: checking their shape")
    crew.wait(log, settings.start_seconds, once=[found.command(one) for one in roster.migrations])
    keep_version(folder, product_version())
    asyncio.run(create_topics(found.bootstrap, TOPICS))
    return found
