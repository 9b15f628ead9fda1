"""Every word of the page that is our own, in Korean (해요체) and English. Knows nothing of answers or of gradio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.types import Language, Verdict

SITE_TITLE = "미국 소형주 ETF 도우미 · US small-cap ETF assistant"


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's words; `{…}` are places to fill with `str.format`."""

    title: str
    subtitle: str
    language_switch: str
    views: str
    chat: str
    figures: str
    articles: str
    new_conversation: str
    conversation: str
    question: str
    question_hint: str
    send: str
    stop: str
    greeting: str
    greeting_more: str
    fine_print: str
    opening: str
    searching: str
    failed: str
    sources: str
    sources_empty: str
    sources_none: str
    sources_count: str
    source: str
    close: str
    back: str
    open_original: str
    as_of: str
    as_of_range: str
    fetched: str
    written_in: dict[Language, str]
    verdict: dict[Verdict, str]
    asked_as: str
    answered_in: dict[Language, str]
    edit: str
    copy: str
    copied: str
    receipt: str
    helpful: str
    unhelpful: str
    noted: str
    not_done: str
    examples: tuple[str, ...]


TEXTS: dict[Language, Texts] = {
    "ko": Texts(
        title="미국 소형주 ETF 도우미",
        subtitle="IWM·VTWO 자료에서 근거를 찾아 답해요",
        language_switch="언어",
        views="보기",
        chat="대화",
        figures="수치",
        articles="글",
        new_conversation="새 대화",
        conversation="대화",
        question="질문",
        question_hint="궁금한 점을 물어보세요",
        send="질문하기",
        stop="그만 쓰기",
        greeting="무엇이 궁금하세요?",
        greeting_more="답마다 근거 문장을 붙여요. 번호를 누르면 원문의 그 자리를 바로 볼 수 있어요.",
        fine_print="모아 둔 자료 안에서만 답하며, 투자 권유가 아니에요.",
        opening="처음이라 자료를 여는 중이에요. 준비되는 대로 답할게요.",
        searching="자료에서 근거를 찾고 있어요",
        failed="답을 준비하다가 문제가 생겼어요. 잠시 뒤에 다시 물어봐 주세요.",
        sources="출처",
        sources_empty="답의 번호를 누르면 근거 문장이 여기에 보여요.",
        sources_none="이 답에는 인용한 자료가 없어요.",
        sources_count="출처 {count}개",
        source="출처",
        close="출처 닫기",
        back="답으로 돌아가기",
        open_original="원문 열기",
        as_of="{date} 기준",
        as_of_range="{first} ~ {last} 기준",
        fetched="{date} 조회",
        written_in={"ko": "한국어 원문", "en": "영어 원문"},
        verdict={
            "quoted": "원문 그대로",
            "figure": "수치표와 일치",
            "computed": "계산한 값",
            "unsupported": "근거 없음",
        },
        asked_as="이렇게 이해했어요:",
        answered_in={"ko": "한국어로 답해요", "en": "영어로 답해요"},
        edit="고쳐서 묻기",
        copy="복사",
        copied="복사했어요",
        receipt="영수증",
        helpful="도움이 됐어요",
        unhelpful="아쉬워요",
        noted="의견을 적어 두었어요",
        not_done="하지 못했어요",
        examples=(
            "미국 소형주의 위험요인을 모두 알려 주세요",
            "VTWO의 헬스케어 비중은 얼마인가요?",
            "IWM과 VTWO의 총보수를 비교해 주세요",
            "러셀 2000과 S&P 500의 PER을 비교해 주세요",
            "금리가 오르면 왜 소형주가 더 힘든가요?",
            "VTWO 상위 10개 보유 종목을 알려 주세요",
        ),
    ),
    "en": Texts(
        title="US small-cap ETF assistant",
        subtitle="Answers about IWM and VTWO, each traced to its source",
        language_switch="Language",
        views="Views",
        chat="Chat",
        figures="Figures",
        articles="Articles",
        new_conversation="New chat",
        conversation="Conversation",
        question="Question",
        question_hint="Ask a question",
        send="Ask",
        stop="Stop",
        greeting="What would you like to know?",
        greeting_more="Every answer carries its evidence: press a number to see that very place in the source.",
        fine_print="Answers come only from the collected articles and are not investment advice.",
        opening="Opening the articles for the first time; the answer follows as soon as they are ready.",
        searching="Looking for evidence in the articles",
        failed="Something went wrong while preparing the answer. Please ask again in a moment.",
        sources="Sources",
        sources_empty="Press a number in an answer to see the sentence it rests on.",
        sources_none="This answer quotes no source.",
        sources_count="Sources: {count}",
        source="source",
        close="Close sources",
        back="Back to the answer",
        open_original="Open the original",
        as_of="as of {date}",
        as_of_range="as of {first} to {last}",
        fetched="fetched {date}",
        written_in={"ko": "Original in Korean", "en": "Original in English"},
        verdict={
            "quoted": "verbatim",
            "figure": "matches the figures",
            "computed": "computed",
            "unsupported": "no support",
        },
        asked_as="Understood as:",
        answered_in={"ko": "answered in Korean", "en": "answered in English"},
        edit="Edit and ask",
        copy="Copy",
        copied="Copied",
        receipt="Receipt",
        helpful="Helpful",
        unhelpful="Not helpful",
        noted="Noted",
        not_done="That did not work",
        examples=(
            "What are the risk factors of US small caps?",
            "What is VTWO's health care weight?",
            "Compare the expense ratios of IWM and VTWO",
            "Compare the P/E of the Russell 2000 and S&P 500",
            "Why do rising rates hurt small caps more?",
            "What are VTWO's top ten holdings?",
        ),
    ),
}

LANGUAGE_NAMES: dict[Language, str] = {"ko": "한국어", "en": "English"}
PATHS: dict[Language, str] = {"ko": "/", "en": "/en"}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATES: dict[Language, str] = {"ko": "{year}. {month}. {day}.", "en": "{name} {day}, {year}"}


def show_date(day: date, language: Language) -> str:
    """A date as running text: `2026. 2. 13.` or `Feb 13, 2026`."""
    return _DATES[language].format(year=day.year, month=day.month, day=day.day, name=_MONTHS[day.month - 1])


def show_dates(days: set[date], language: Language) -> str:
    """`as of` one date, or of the first to the last; empty without a date."""
    if not days:
        return ""
    first, last = show_date(min(days), language), show_date(max(days), language)
    if first == last:
        return TEXTS[language].as_of.format(date=first)
    return TEXTS[language].as_of_range.format(first=first, last=last)
