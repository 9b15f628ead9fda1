"""What a file says of itself is taken only where it is plausible."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.formats.about import plausible_day, plausible_publisher, plausible_title


@pytest.mark.parametrize("title", ["Fund report", "2026년 소형주 전망", "Word of mouth", "The document", "A-1"])
def test_title_of_an_author_is_kept(title: str) -> None:
    assert plausible_title(f"  {title}\n") == title


@pytest.mark.parametrize(
    "title",
    [None, "", "Microsoft Word - report.docx", "report.hwp", "PowerPoint Presentation", "Untitled 1", "제목 없음",
     "문서1", "Document1", "2026", "---", "x" * 201],
)  # fmt: skip
def test_title_of_a_program_is_not(title: str | None) -> None:
    assert plausible_title(title) is None


def test_first_plausible_name_is_the_publisher() -> None:
    assert plausible_publisher(None, "user", "Microsoft Office User", "관리자", "한국은행", "Later") == "한국은행"
    assert plausible_publisher("python-docx", "A", "") is None


def test_day_of_a_stamp_is_read_as_it_is_written() -> None:
    assert plausible_day("D:20260213235900-08'00'") == date(2026, 2, 13)
    assert plausible_day("nonsense", "2026-03-04T01:02:03Z") == date(2026, 3, 4)
    assert plausible_day("2026-13-40", "D:1", None) is None


def test_day_in_the_future_or_before_such_files_existed_is_none() -> None:
    assert plausible_day((date.today() + timedelta(days=3)).isoformat()) is None
    assert plausible_day("1601-01-01T00:00:00") is None
