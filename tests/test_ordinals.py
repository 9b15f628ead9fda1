"""Places in the list of an earlier answer: which are meant, and where the text says so."""

from __future__ import annotations

import pytest

from assistant.ordinals import pointed_out, read_brevity, read_limit


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


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("VTWO 상위 3개 종목", 3),
        ("VTWO 상위 종목 세 개", 3),
        ("VTWO에서 가장 큰 종목 다섯 개는?", 5),
        ("상위 보유 종목 10개의 비중", 10),
        ("VTWO's top three holdings", 3),
        ("the six largest holdings", 6),
        ("상위 종목은 몇 개야?", None),
        ("IWM은 종목이 두 개 이상이야?", None),
        ("the largest holdings", None),
    ],
)
def test_so_many_of_the_first_items_are_asked_for(text: str, limit: int | None) -> None:
    assert read_limit(text) == limit


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("IWM이 뭔지 한 문장으로 말해줘", 1),
        ("유동성 위험을 한 줄로", 1),
        ("긍정 시나리오를 세 줄 이내로 요약해 줘", 3),
        ("in one sentence", 1),
        ("in a single line, please", 1),
        ("two sentences max", 2),
        ("bear case in one or two lines", 2),
        ("IWM의 위험을 알려줘", None),
        ("on the bottom line of the article", None),
        ("세 번째 문장", None),
    ],
)
def test_answer_may_be_wanted_in_so_many_sentences(text: str, count: int | None) -> None:
    assert read_brevity(text) == count
