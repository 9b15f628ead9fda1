"""The player, with the environment that leads clients to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.player import Player

OTHERS = ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_DIR")


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """A running player that every client of this process is led to."""
    for name in (*OTHERS, *map(str.lower, OTHERS), "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Player() as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running
