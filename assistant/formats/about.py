"""What a file says of itself, as far as it is plausible: its title, its publisher and its day.

Programs fill these fields by themselves, often with their own name or that of the file.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from assistant.language import normalize

_EARLIEST = date(1980, 1, 1)
_LONGEST = 200
_DAY = re.compile(r"(?:D:)?(\d{4})-?(\d{2})-?(\d{2})")  # ISO 8601, or PDF's D:20260213103000+09'00'
_NO_TITLE = re.compile(
    r"""untitled.*|no\ title|(?:microsoft\ )?(?:word|powerpoint|excel)(?:\ presentation)?(?:\ -.*)?
    |powerpoint\ 프레젠테이션|document\d*|presentation\d*|slide\ ?\d+|문서\ ?\d*|프레젠테이션\ ?\d*
    |제목(?:\ ?없음|을?\ 입력.*)?|빈\ 문서\ ?\d*|.*\.(?:docx?|pptx?|xlsx?|hwpx?|pdf|indd|qxd|tmp|html?)|[\W\d_]*""",
    re.IGNORECASE | re.VERBOSE,
)
_NOBODY = re.compile(
    r"""user\d*|owner|admin(?:istrator)?|unknown|anonymous|author|guest|root|default|pc\d*|home|hp|dell|lenovo|samsung
    |microsoft.*|windows.*|office.*|python-docx|steve\ canny|apache\ poi|사용자|관리자|작성자|[\W\d_]*|.""",
    re.IGNORECASE | re.VERBOSE,
)


def plausible_title(text: str | None) -> str | None:
    """Return the title on one line, unless it is empty, a file's name or what a program puts there."""
    return _unless(_NO_TITLE, text)


def plausible_publisher(*names: str | None) -> str | None:
    """Return the first of the names that may be somebody's."""
    return next((name for name in map(_somebody, names) if name), None)


def plausible_day(*stamps: str | None) -> date | None:
    """Return the first day that a stamp begins with and that is neither in the future nor before 1980."""
    return next((day for day in map(_day, stamps) if day), None)


def _somebody(name: str | None) -> str | None:
    return _unless(_NOBODY, name)


def _unless(pattern: re.Pattern[str], text: str | None) -> str | None:
    line = normalize(text or "")
    return line if line and len(line) <= _LONGEST and not pattern.fullmatch(line) else None


def _day(stamp: str | None) -> date | None:
    found = _DAY.match((stamp or "").strip())
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if _EARLIEST <= day <= date.today() + timedelta(days=1) else None
