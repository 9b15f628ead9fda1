"""Which files count, and when a stamp can be trusted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from assistant.errors import ArticleError
from assistant.stamps import Stamp, in_order, stamp_of, stamps_of

SECOND = 1_000_000_000


def test_only_what_should_be_an_article_has_a_stamp(tmp_path: Path) -> None:
    for name in ("a.md", "sub/b.md", "README.md", "sub/readme.md", ".c.md", ".past/d.md", "e.txt", "f.md/g.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "link.md").symlink_to(tmp_path / "e.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert set(stamps_of(tmp_path)) == {"a.md", "sub/b.md", "f.md/g.md", "link.md"}
    assert stamp_of(tmp_path / "gone.md") is stamp_of(tmp_path / "sub") is None


def test_a_stamp_tells_of_another_content_name_or_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    stamps = [stamp_of(path)]
    for change in (
        lambda: path.write_text("two"),
        lambda: (tmp_path / "b").write_text("six") and os.replace(tmp_path / "b", path),
        lambda: os.utime(path, (1, 1)),
    ):
        time.sleep(0.02)  # more than a tick of the clock
        change()
        stamps.append(stamp_of(path))
    assert len(set(stamps)) == 4


@pytest.mark.parametrize(
    ("changed", "looked", "settled"),
    [
        (10 * SECOND + 1, 10 * SECOND + 2, False),
        (10 * SECOND + 1, 11 * SECOND, True),
        (10 * SECOND, 11 * SECOND, False),  # whole seconds: the clock of the files may be coarse
        (10 * SECOND, 13 * SECOND, True),
        (99 * SECOND + 1, 10 * SECOND, False),  # the clock of the files is ahead
    ],
)
def test_a_stamp_is_settled_once_the_clock_has_gone_on(changed: int, looked: int, settled: bool) -> None:
    assert Stamp(1, changed, changed, 1).is_settled(looked) is settled


def test_paths_are_in_the_order_of_their_parts() -> None:
    paths = ["b.md", "a-b/x.md", "a/z.md", "a/b/c.md"]
    assert sorted(paths, key=in_order) == sorted(paths, key=lambda path: path.split("/"))


def test_missing_folder_says_which_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="ASSISTANT_CORPUS"):
        stamps_of(tmp_path / "none")
