"""Files are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.durable import clear_leftovers, copy_file, make_folder, move_file, require_space, write_file
from assistant.errors import ArticleError


def test_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    write_file(path, "first")
    before = path.stat().st_ino
    write_file(path, "둘째")
    assert path.read_text(encoding="utf-8") == "둘째" and path.stat().st_ino != before
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_copy_stays_as_it_is_when_another_version_takes_the_place(tmp_path: Path) -> None:
    path, copy = tmp_path / "note.md", tmp_path / "copy.md"
    write_file(path, "first")
    copy_file(path, copy)
    write_file(path, "second")
    assert (copy.read_text(), path.read_text()) == ("first", "second")
    move_file(copy, path)
    assert path.read_text() == "first" and os.listdir(tmp_path) == ["note.md"]


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    write_file(path, "first")
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "\ud800")
    assert path.read_text() == "first" and os.listdir(tmp_path) == ["note.md"]


def test_what_a_killed_process_left_is_swept_up(tmp_path: Path) -> None:
    (tmp_path / ".saving-abc.tmp").write_text("half")
    (tmp_path / ".mine.tmp").write_text("somebody else's")
    write_file(tmp_path / "note.md", "text")
    clear_leftovers(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".mine.tmp", "note.md"]


def test_folder_is_made_once(tmp_path: Path) -> None:
    make_folder(tmp_path / "added" / "here")
    make_folder(tmp_path / "added" / "here")
    assert (tmp_path / "added" / "here").is_dir()


def test_too_little_space_is_said_with_both_amounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_space(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(40_000_000))
    with pytest.raises(ArticleError) as refused:
        require_space(tmp_path)
    for language in ("ko", "en"):
        assert "40" in refused.value.message(language) and "200" in refused.value.message(language)


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free
