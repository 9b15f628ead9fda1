"""Rows are kept as they were, and what is damaged is not there."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from assistant import journal
from assistant.journal import Journal

ROWS = [["a", 1, None], ["소형주", "\udcff", ["x"]], ["c", 2.5, True]]


def rows(path: Path, edition: str = "1") -> list[list[object]]:
    return list(Journal(path, edition).rows())


def test_rows_come_back_in_their_order(tmp_path: Path) -> None:
    first, second = Journal(tmp_path / "rows", "1"), Journal(tmp_path / "rows", "1")
    first.add(ROWS[:1])
    second.add(ROWS[1:])
    assert rows(tmp_path / "rows") == ROWS


def test_no_file_and_another_edition_are_no_rows(tmp_path: Path) -> None:
    assert rows(tmp_path / "rows") == []
    Journal(tmp_path / "rows", "1").add(ROWS)
    assert rows(tmp_path / "rows", "2") == []


def test_every_changed_byte_costs_one_row_at_most(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    Journal(path, "1").add(ROWS)
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        found = rows(path)
        assert all(row in ROWS for row in found) and len(found) >= len(ROWS) - 2  # a line break joins two


@pytest.mark.parametrize("length", range(0, 40, 3))
def test_what_is_added_behind_a_torn_row_is_found(tmp_path: Path, length: int) -> None:
    path = tmp_path / "rows"
    Journal(path, "1").add(ROWS[:1])
    path.write_bytes(path.read_bytes()[:length])
    Journal(path, "1").add(ROWS[1:])
    assert rows(path)[-2:] == ROWS[1:]


def test_a_file_of_gigabytes_of_nothing_is_not_read_whole_but_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    Journal(path, "1").add(ROWS)
    with path.open("r+b") as file:
        file.truncate(10_000_000_000)
    kept = Journal(path, "1")
    assert list(kept.rows()) == ROWS[:2]
    assert kept.trim(3, ROWS)
    assert path.stat().st_size < 1000 and rows(path) == ROWS


def test_file_forgets_rows_that_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SPARE", 3)
    kept = Journal(tmp_path / "rows", "1")
    for number in range(5):
        kept.add([[number]])
        assert not kept.trim(1, [[number]])
    kept.add([[5]])
    assert kept.trim(1, [[5]]) and rows(tmp_path / "rows") == [[5]]


def test_folder_that_cannot_be_written_is_said_once_a_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Journal(tmp_path / "none" / "rows", "1").add(ROWS)
    assert "cannot be written" in caplog.text


def test_garbage_is_looked_for_again_afterwards_where_it_was_before() -> None:
    for was_enabled in (False, True):
        (gc.enable if was_enabled else gc.disable)()
        with pytest.raises(ValueError), journal.uncollected():
            assert not gc.isenabled()
            raise ValueError
        assert gc.isenabled() is was_enabled
