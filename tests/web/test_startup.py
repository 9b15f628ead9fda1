"""The server as a process, from its start to its end, with the real model: whom it calls of its own accord."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.outgoing.sitecustomize import taken_notes

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "api.stlouisfed.org",
    "dng-api.invesco.com",
    "fred.stlouisfed.org",
    "investor.vanguard.com",
    "www.blackrock.com",
    "www.ishares.com",
    "www.sec.gov",
    "www.ssga.com",
}
"""Where live figures come from, but for Yahoo, which is asked without Python's sockets."""
NOTE = "---\nid: note\ntitle: Note\nlanguage: en\npublisher: Press\npublished: 2026-01-02\n---\n\nOil rose.\n"


@pytest.mark.parametrize("live", [pytest.param("off", marks=pytest.mark.slow), "on"])
def test_nobody_is_called_but_the_sources_of_live_figures(tmp_path: Path, live: str) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "note.md").write_text(NOTE, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"LIVE": live, "CORPUS": f"{tmp_path}/corpus", "INDEXES": f"{tmp_path}/indexes", "PORT": str(port)}
    variables = os.environ | {f"ASSISTANT_{name}": value for name, value in settings.items()}
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=variables, stderr=subprocess.PIPE) as server:
        _use(f"http://127.0.0.1:{port}", server)
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
    called = set(re.findall(r"^socket\.\w+: (\S+)$", taken_notes(), re.MULTILINE))
    assert called <= (SOURCES if live == "on" else set())
    assert bool(called) == (live == "on")


def _use(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the assistant is open, look at the pages and ask."""
    with httpx.Client(base_url=address, timeout=60) as client:
        while server.poll() is None:
            try:
                if client.get("/healthz").json() == {"status": "ready"}:
                    break
            except httpx.ConnectError:
                time.sleep(0.2)
        for path in ("/", "/en/figures", "/en/articles", "/api/docs"):
            assert client.get(path).status_code == 200
        assert client.post("/api/v1/ask", json={"question": "What did oil do?"}).json()["writer"] == "extractive"
