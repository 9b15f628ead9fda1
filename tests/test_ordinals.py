"""Places in the list of an earlier answer: which are meant, and where the text says so."""

from __future__ import annotations

import pytest

from assistant.ordinals import pointed_out


@pytest.mark.parametrize(
    ("text", "rest", "places"),
    [
        ("the last one", "the ○ one", (9,)),
        ("마지막 거", "○ 거", (9,)),
        ("맨 마지막 위험은?", "○ 위험은?", (9,)),
        ("tell me more about the first two", "tell me more about the ○", (1, 2)),
        ("the last three, please", "the ○, please", (7, 8, 9)),
        ("처음 두 개를 자세히", "○를 자세히", (1, 2)),
        ("마지막 2가지는?", "○는?", (8, 9)),
        ("첫 번째와 세 번째를 자세히", "○를 자세히", (1, 3)),
        ("the first, the third and the last", "the ○", (1, 3, 9)),
        ("2번부터 4번까지 설명해 줘", "○ 설명해 줘", (2, 3, 4)),
        ("the second to the fourth", "the ○", (2, 3, 4)),
        ("1번, 3번, 1번", "○", (1, 3)),
    ],
)
def test_places_are_pointed_out_together(text: str, rest: str, places: tuple[int, ...]) -> None:
    found = pointed_out(text, 9)
    assert found is not None
    (start, end), meant = found
    assert (text[:start] + "○" + text[end:], meant) == (rest, places)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "and VTWO?",
        "the tenth",
        "the first ten",
        "the first of all and then the second",
    ],
)
def test_places_apart_or_beyond_the_list_point_at_nothing(text: str) -> None:
    assert pointed_out(text, 9) is None


def test_an_empty_list_has_no_last_item() -> None:
    assert pointed_out("the last one", 0) is None
