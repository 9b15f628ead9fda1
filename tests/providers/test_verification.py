"""Verification of the real sites, played: a table, a record that holds no value, and the day of the last success."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.providers.blackrock import BlackRock
from assistant.providers.provider import Fetched, FetchError, Refused
from assistant.providers.verification import HEAD, main, run, shape_hash, verify
from tests.providers.player import Player, Reply
from tests.providers.world import QUOTED, World, providers, this_day

PAGE = Reply(200, b"<!DOCTYPE html><html><body>Please accept cookies</body></html>", "text/html")


@pytest.fixture(scope="module")
def world() -> World:
    return World(this_day())


def _run(folder: Path) -> tuple[bool, list[str], dict[str, Any]]:
    lines: list[str] = []
    good = run(providers(folder / "yahoo"), folder / "record.json", lines.append)
    return good, "".join(lines).splitlines(), json.loads((folder / "record.json").read_text())


def test_every_provider_and_subject_is_asked_once_and_recorded(player: Player, world: World, tmp_path: Path) -> None:
    world.play(player)
    good, lines, record = _run(tmp_path)
    assert good and lines[0] == HEAD and lines[-1].startswith("20 of 20 worked")
    assert record["last_success"].startswith(this_day().isoformat())
    fetches = record["fetches"]
    assert {entry["provider"] for entry in fetches} == {provider.name for provider in providers(tmp_path)}
    assert {entry["subject"] for entry in fetches if entry["provider"] == "yahoo"} == QUOTED.keys()
    assert all(entry.keys() == {"provider", "subject", "date", "ok", "figures", "shape_hash"} for entry in fetches)
    assert all(entry["ok"] and entry["figures"] and len(entry["shape_hash"]) == 16 for entry in fetches)
    assert not any(str(quoted.price) in json.dumps(record) for quoted in QUOTED.values())
    refused = lines[lines.index(next(line for line in lines if line.startswith("ssga"))) + 1]
    assert refused.strip().startswith("sector_weight: changed")  # SPY's file leaves its sectors empty
    fred = next(line.split() for line in lines if line.startswith("fred"))
    assert fred[:5] == ["fred", "US", "ok", "21", "21"]


def test_site_that_sends_a_page_is_named_and_the_last_success_stays(
    player: Player, world: World, tmp_path: Path
) -> None:
    world.play(player)
    player.play("www.blackrock.com", "/varnish-api/", PAGE)
    (tmp_path / "record.json").write_text('{"last_success": "2001-02-28T09:30:00+00:00"}')
    good, lines, record = _run(tmp_path)
    assert not good and record["last_success"] == "2001-02-28T09:30:00+00:00"
    assert [entry["provider"] for entry in record["fetches"] if not entry["ok"]] == ["blackrock"]
    failed = record["fetches"][0]
    assert (failed["ok"], failed["figures"], failed["shape_hash"]) == (False, 0, None)
    assert lines[1].split()[:3] == ["blackrock", "IWM", "not_data"] and "web page" in lines[2]


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json"])
def test_without_an_earlier_record_there_was_no_success(player: Player, tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    assert not run([BlackRock()], path, lambda line: None)
    assert json.loads(path.read_text())["last_success"] is None


def test_shape_stays_with_other_values_and_changes_with_other_units(
    player: Player, world: World, tmp_path: Path
) -> None:
    world.play(player)
    got = providers(tmp_path)[0].fetch("IWM")
    other = [replace(figure, value=1.0) for figure in got.figures]
    renamed = [
        replace(figure, metric="holding_weight.NEW") if "weight.CRDO" in figure.metric else figure for figure in other
    ]
    assert shape_hash(Fetched(tuple(renamed))) == shape_hash(got)
    changed = (replace(got.figures[0], unit="ratio"), *got.figures[1:])
    for fetched in (
        Fetched(changed),
        replace(got, refused=(Refused("IWM", "nav", "changed", ""),)),
        Fetched(got.figures[:-1]),
    ):
        assert shape_hash(fetched) != shape_hash(got)


def test_nothing_is_asked_where_live_is_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_LIVE", "off")
    assert main() == 2
    assert "ASSISTANT_LIVE" in capsys.readouterr().err


class Broken:
    """A provider whose parser meets what it does not know, and then an error of its own."""

    name = "broken"
    spacing = 1.5

    def subjects(self) -> tuple[str, ...]:
        return ("IWM", "VTWO")

    def fetch(self, subject: str) -> Fetched:
        if subject == "IWM":
            raise KeyError("price")
        raise FetchError("timeout", "nothing")


def test_what_a_parser_cannot_read_is_a_result_and_distance_is_kept() -> None:
    pauses: list[float] = []
    checks = list(verify([Broken()], pause=pauses.append))
    assert [(check.subject, check.error.reason) for check in checks if check.error] == [
        ("IWM", "changed"), ("VTWO", "timeout"),
    ]  # fmt: skip
    assert pauses == [1.5]
