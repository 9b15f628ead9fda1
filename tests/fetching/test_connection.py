"""Connections on the network of this machine: how names and addresses are told apart, and how time runs out."""

from __future__ import annotations

import socket
import time

import pytest

from assistant.fetching.connection import Deadline, connect, resolve
from assistant.fetching.refusals import Refused


@pytest.mark.parametrize("address", ["127.0.0.1", "93.184.216.34", "::1", "2606:2800:220:1::34"])
def test_address_stands_for_itself(address: str) -> None:
    assert resolve(address, 80) == [address]


def test_name_of_this_machine_is_looked_up_once_for_each_address() -> None:
    found = resolve("localhost", 443)
    assert set(found) <= {"127.0.0.1", "::1"} and len(set(found)) == len(found) > 0


def test_connection_goes_to_the_address_and_port_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = server.getsockname()
        with connect(*place, 5.0) as client:
            assert client.getpeername() == place


def test_time_runs_out_once_and_for_all() -> None:
    deadline = Deadline(0.05)
    assert 0 < deadline.left() <= 0.05
    time.sleep(0.06)
    with pytest.raises(Refused, match="within 0.05 seconds"):
        deadline.left()
