"""One real PostgreSQL and one real Kafka for the whole test run: who starts them, and how do workers find them?

The process that was started by the person (the xdist controller, or pytest itself) keeps them. A part starts when
the first test asks for it and ends with the run, however that ends. Workers ask over a unix socket.
"""

import contextlib
import logging
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path

import psutil

from deploy.local import databases, jars, kafka, postgres
from deploy.local.accounts import service_account
from deploy.local.ports import free_ports
from deploy.local.processes import Child, Command, last_lines, wait_until

ROOT = Path(__file__).parents[2]
DATA = ROOT / ".socai"
# Tests own every role of the throw-away cluster, so one word does.
PASSWORDS = dict.fromkeys(databases.role_names(), "test")

_log = logging.getLogger(__name__)


class Keeper:
    """Starts each part once, on the first request for it, and stops all of them."""

    def __init__(self) -> None:
        self.folder = DATA / "test" / str(os.getpid())
        self._started: dict[str, str] = {}
        self._children: list[Child] = []
        self._listening = Path(tempfile.mkdtemp(prefix="socai-"))
        self.address = str(self._listening / "parts")
        self._closing = False
        remove_left_behind(DATA / "test")
        self._listener = Listener(self.address, family="AF_UNIX", backlog=16, authkey=self.address.encode())
        # This thread starts the parts, which end with the thread that started them: it lives as long as we do.
        self._thread = threading.Thread(target=self._serve, name="parts", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._closing:
            try:
                with self._listener.accept() as connection:
                    connection.send(self._answer(connection.recv()))
            except (OSError, EOFError, AuthenticationError):
                continue

    def _answer(self, part: str) -> tuple[str, str]:
        """("address", it) or ("problem", what went wrong)."""
        if part not in self._started and not self._closing:
            try:
                self._started[part] = self._start_postgres() if part == "postgres" else self._start_kafka()
            except (RuntimeError, OSError, TimeoutError) as problem:
                return ("problem", f"{part}: {problem}")
        return ("address", self._started[part])

    def _run(self, child: Child, ready: Callable[[], bool], seconds: float) -> None:
        self._children.append(child)
        if not wait_until(lambda: not child.running() or ready(), seconds) or not child.running():
            raise RuntimeError(f"did not start:\n{last_lines(child.command.log)}")

    def _start_postgres(self) -> str:
        settings, command = prepare_postgres(DATA, str(os.getpid()))
        child = Child(command, self.folder)
        self._run(child, lambda: postgres.is_ready(settings.admin_dsn), 30)
        databases.create_roles(settings.admin_dsn, PASSWORDS)
        return settings.admin_dsn

    def _start_kafka(self) -> str:
        settings, command = prepare_kafka(DATA, str(os.getpid()))
        self._run(Child(command, self.folder), lambda: kafka.is_ready(settings.bootstrap), 60)
        return settings.bootstrap

    def close(self) -> None:
        self._closing = True
        for child in self._children:
            child.ask_to_stop()
        for child in reversed(self._children):
            child.stop()
        with contextlib.suppress(OSError, EOFError, AuthenticationError):
            # Wakes the thread up, which then sees that it shall end.
            Client(self.address, family="AF_UNIX", authkey=self.address.encode()).close()
        self._thread.join(5)
        self._listener.close()
        shutil.rmtree(self._listening, ignore_errors=True)
        remove_left_behind(DATA / "test", ours=True)


def prepare_postgres(root: Path, name: str, *, durable: bool = False) -> tuple[postgres.PostgresSettings, Command]:
    """A cluster of that name, made and not yet started; `durable`: it loses nothing when it is killed."""
    account = service_account("socai")
    home = postgres.choose_home(root / "test", account) / name
    home.mkdir(mode=0o700)
    if account is not None:
        os.chown(home, account.uid, account.gid)
    settings = postgres.PostgresSettings(
        home=home,
        port=free_ports(1)[0],
        password=secrets.token_hex(16),
        account=account,
        shared_buffers_mib=256,
        max_wal_size_mib=2048,
        durable=durable,
    )
    programs = postgres.binaries(home.parent, account)
    postgres.create_cluster(settings, programs)
    return settings, postgres.command(settings, programs, root / "test" / name / "postgres.log")


def prepare_kafka(root: Path, name: str) -> tuple[kafka.KafkaSettings, Command]:
    """The same for one node of Kafka."""
    folder = root / "test" / name
    port, controller_port = free_ports(2)
    class_path = jars.class_path(root / "parts" / "kafka", _log.info)
    settings = kafka.KafkaSettings(folder / "kafka", port, controller_port, class_path)
    kafka.format_storage(settings)
    return settings, kafka.command(settings, folder / "kafka.log")


def remove_left_behind(folder: Path, *, ours: bool = False) -> None:
    """Folders bear the number of the process that keeps them; those of processes that ended are nobody's."""
    account = service_account("socai")
    homes = [folder] if not folder.exists() else [folder, postgres.choose_home(folder, account)]
    for home in homes:
        for left in home.glob("[0-9]*"):
            pid = int(left.name.partition("-")[0])
            if (ours and pid == os.getpid()) or not psutil.pid_exists(pid):
                shutil.rmtree(left, ignore_errors=True)


def ask(address: str, part: str) -> str:
    """The address of a part (an administrator's DSN, a bootstrap server), started if it was not yet."""
    with Client(address, family="AF_UNIX", authkey=address.encode()) as connection:
        connection.send(part)
        kind, answer = connection.recv()
    if kind == "problem":
        raise RuntimeError(answer)
    return str(answer)
