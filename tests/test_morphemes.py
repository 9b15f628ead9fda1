"""Sentence borders in both languages, and the words that retrieval sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.morphemes import index_terms, join_broken, proper_nouns, split_sentences, terms
from assistant.types import Language

WILD_CHARACTERS = st.sampled_from("가나다는 있다. 이다요ABab.!?…\"”(）)\n\t 0129%[]😀é\u200b\x00—'-") | st.characters()
WILD_TEXT = st.text(WILD_CHARACTERS, max_size=80)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("ko", ["총보수는 연 0.19%이다.", "순자산은 724억 달러(2026.06.30. 기준)이며 계속 는다.", "끝."]),
        ("ko", ["2026. 2. 13. 기준으로 VTWO의 비중은 18.8%다.", "주가는 이익의 18.3배입니다"]),
        ("ko", ["왜 소형주인가?", "싸기 때문이다!", "그렇습니다…"]),
        ("ko", ["그러나 (손실 가능성이 있다. 주의하라.)", "조심해야 한다."]),
        ("ko", ["운용사는 BlackRock, Inc. 이다.", "U.S. 시장에서 거래된다."]),
        ("ko", ["The fund rose.", "U.S. stocks fell.", "이 펀드는 좋다.", "It was Mr. Kim's idea.", "그렇다고 한다."]),
        ("ko", ["The whole paragraph is English.", "It stands in a Korean article."]),
        ("en", ["소형주는 싸다.", "그래서 오를 수 있다."]),
        ("en", ["The Hana Bank (하나은행) rose.", "It fell again."]),
        ("en", ["It is listed (see above. Or below.) on NYSE.", "Fine."]),
        ("en", ["A line\nthat is wrapped.", "Another\none."]),
    ],
)
def test_joined_sentences_are_split_again(language: Language, sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in split_sentences(text, language)] == sentences


def test_korean_without_stops_is_split() -> None:
    text = "안녕하세요 저는 학생입니다 오늘은 날씨가 좋네요"
    assert [text[start:end] for start, end in split_sentences(text, "ko")] == [
        "안녕하세요",
        "저는 학생입니다",
        "오늘은 날씨가 좋네요",
    ]


def test_blank_line_ends_a_sentence() -> None:
    assert split_sentences("no stop here\n\nand none there", "en") == [(0, 12), (14, 28)]


@pytest.mark.parametrize("language", ["ko", "en"])
@given(text=WILD_TEXT)
@settings(max_examples=60, deadline=None)
def test_sentences_cover_all_but_spaces_in_order(language: Language, text: str) -> None:
    spans = split_sentences(text, language)
    rest, place = [], 0
    for start, end in spans:
        assert place <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        rest.append(text[place:start])
        place = end
    assert "".join([*rest, text[place:]]).strip() == ""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("IWM은", ["iwm"]),
        ("VTWO의 헬스케어 비중은?", ["vtwo", "헬스케어", "비중"]),
        ("IWM과VTWO차이", ["iwm", "vtwo", "차이"]),
        ("ＩＷＭ은 １８％", ["iwm", "18"]),
        ("러셀2000 per", ["러셀", "2000", "per"]),
        ("S&P500 대비", ["s&p", "500", "대비"]),
        ("편입 종목은 2,000여 개", ["편입", "종목", "2000", "개"]),
        ("금리가 오르면 어떻게 되나요", ["금리", "오르"]),
        ("크레도는 아이온큐보다", ["크레도", "아이온큐"]),
        ("미국(美) U.S. 시장", ["미국", "美", "us", "시장"]),
        ("#소형주", ["소형주"]),
    ],
)
def test_korean_terms_have_no_particles(question: str, expected: list[str]) -> None:
    assert set(expected) <= set(terms(question, "ko"))
    assert not {"은", "는", "의", "과", "보다", "되"} & set(terms(question, "ko"))


@pytest.mark.parametrize(
    ("noun", "sentence"),
    [
        ("변동성", "변동성이 커졌다."),
        ("유동성", "소형주는 유동성에서 불리하다."),
        ("금리", "변동금리로 빌린 기업이 많았다."),
        ("헬스케어", "헬스케어였던 업종이 바뀌었다."),
        ("부채", "부채만으로는 알 수 없다."),
        ("할인", "할인된 가격에 거래된다."),
        ("러셀", "러셀지수를 따라간다."),
        ("보수", "총보수까지 비교했다."),
        ("비중", "상위 종목비중의 합이다."),
        ("뱅가드", "뱅가드에서는 낮췄다."),
    ],
)
def test_bare_noun_is_found_in_inflected_sentence(noun: str, sentence: str) -> None:
    assert set(terms(noun, "ko")) & set(terms(sentence, "ko"))


def test_english_terms_are_stemmed_without_stop_words() -> None:
    assert terms("What are the risks of U.S. small-caps at 18.8%?", "en") == ["risk", "us", "small", "cap", "18.8"]


def test_latin_word_of_korean_text_is_no_stop_word() -> None:
    assert "it" in terms("IT 비중은?", "ko")
    assert "it" not in terms("Is it up?", "en")


@pytest.mark.parametrize(("language", "text"), [("ko", "IWM의 총보수"), ("en", "IWM expense ratio")])
def test_index_terms_name_concepts_alike_in_both_languages(language: Language, text: str) -> None:
    assert {"#iwm", "#expense_ratio"} <= set(index_terms(text, language))


@pytest.mark.parametrize("language", ["ko", "en"])
@given(text=WILD_TEXT)
@settings(max_examples=60, deadline=None)
def test_any_text_has_clean_terms(language: Language, text: str) -> None:
    for term in terms(text, language):
        assert term and term == term.lower() and not any(map(str.isspace, term))


def test_threads_get_the_same_terms() -> None:
    questions = ["VTWO의 헬스케어 비중은?", "금리가 오르면 소형주는?", "What is IWM?"] * 20
    alone = [terms(question, "ko") for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda question: terms(question, "ko"), questions)) == alone


def test_broken_line_is_joined_as_the_words_ask() -> None:
    broken = "소형주는 금리에 민|감해요. 그래서 금리가 내리면|부담이 줄어요. 반대도 마찬가지입니|다."
    joined = "소형주는 금리에 민감해요. 그래서 금리가 내리면 부담이 줄어요. 반대도 마찬가지입니다."
    assert join_broken(broken, "|") == joined
    assert join_broken("Nothing to join.", "|") == "Nothing to join."


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("리비안 주가가 왜 올랐어?", ["리비안"]),  # no dictionary has it
        ("팔란티어 때문에 주가가 왜 빠져?", ["팔란티어"]),  # the analyser takes it for a common noun
        ("추천하는 종목에 엔비디아도 들어 있어?", ["엔비디아"]),  # with its particle no dictionary has it
        ("금리가 오르면 어떻게 되나요?", []),
        ("Why did Rivian fall?", []),
    ],
)
def test_a_noun_that_no_dictionary_has_is_a_proper_noun_without_its_particle(text: str, nouns: list[str]) -> None:
    assert proper_nouns(text) == nouns
