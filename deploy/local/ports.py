"""Is a port free, and if not, who holds it?"""

import errno
import fcntl
import os
import secrets
import socket
import tempfile
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"
LOWEST, CHOICE = 20_000, 10_000


class PortTaken(RuntimeError):
    """A configured port is in use by something that is not ours."""

    def __init__(self, port: int, setting: str) -> None:
        self.port = port
        self.setting = setting
        super().__init__(f"port {port} is taken{holder(port)}; free it or set {setting} to another port")


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection of a former run that is still in TIME_WAIT does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as problem:
            if problem.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def holder(port: int) -> str:
    """The name and number of the process, as the end of a sentence; nothing where the system does not tell."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.Error:
        return ""
    for connection in connections:
        if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
            continue
        if connection.laddr[1] == port:
            try:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.Error:
                return f" by process {connection.pid}"
    return ""


def require_free(ports: dict[str, int]) -> None:
    """`ports` is setting -> port."""
    for setting, port in ports.items():
        if not is_free(port):
            raise PortTaken(port, setting)


def free_ports(count: int) -> list[int]:
    """Ports that are free now and are given to nobody else for a while.

    Between asking and listening lies time, in which another process that asks must not get the same: so all that
    one account asks for are counted through in one file. They lie below the range of outgoing calls.
    """
    found: list[int] = []
    with (Path(tempfile.gettempdir()) / f"socai-ports-{os.geteuid()}").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        last = int(file.read().strip() or secrets.randbelow(CHOICE))
        while len(found) < count:
            last = (last + 1) % CHOICE
            if is_free(LOWEST + last):
                found.append(LOWEST + last)
        file.truncate(0)
        file.write(str(last))
    return found
