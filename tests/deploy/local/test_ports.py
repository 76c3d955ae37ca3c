"""Is a taken port found, and is its holder named?"""

import os
import socket

import pytest

from deploy.local.ports import PortTaken, free_ports, is_free, require_free


def test_a_taken_port_is_named_with_its_holder_and_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as problem:
            require_free({"SOCAI_LOCAL_KAFKA_PORT": port})
    assert str(problem.value).startswith(f"port {port} is taken by ")
    assert f"(process {os.getpid()})" in str(problem.value)
    assert "SOCAI_LOCAL_KAFKA_PORT" in str(problem.value)


def test_a_port_that_was_let_go_is_free_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)


def test_free_ports_differ_and_are_free() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert all(is_free(port) for port in ports)
