"""The words of the Articles view, in Korean (해요체) and English. Knows nothing of articles or of gradio."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.types import Language


@dataclass(frozen=True, slots=True)
class ArticleTexts:
    """One language's words; `{…}` are places to fill with `str.format`."""

    opening: str
    add: str
    add_note: str
    drop: str
    pasted: str
    pasted_hint: str
    look: str
    looking: str
    found: str
    candidate: str
    state: str
    ready: str
    added: str
    dropped: str
    refused: str
    passages: str
    figures: str
    same: str
    near: str
    only_new: str
    only_old: str
    check: str
    title: str
    publisher: str
    published: str
    language: str
    source_url: str
    languages: dict[Language, str]
    keep: str
    keep_all: str
    skip: str
    replace: str
    wrong_date: str
    articles: str
    count: str
    search: str
    all_languages: str
    none: str
    choose: str
    save: str
    saved: str
    remove: str
    removed: str
    undo: str
    restored: str
    read_only: str


ARTICLE_TEXTS: dict[Language, ArticleTexts] = {
    "ko": ArticleTexts(
        opening="자료를 여는 중이에요.",
        add="글 추가",
        add_note="파일을 놓거나 주소·글을 붙여 넣으면 먼저 살펴보고, 추가할지는 직접 정할 수 있어요.",
        drop="파일 놓기",
        pasted="주소나 글",
        pasted_hint="https:// 주소나 글을 붙여 넣으세요",
        look="살펴보기",
        looking="{total}개 가운데 {done}개를 살펴봤어요",
        found="살펴본 글",
        candidate="글",
        state="상태",
        ready="확인 기다림",
        added="추가했어요",
        dropped="버렸어요",
        refused="읽지 못했어요",
        passages="문단 {count}개",
        figures="수치 {count}개",
        same="같은 글이 이미 있어요: {title}",
        near="이미 있는 글과 {share}% 같아요: {title}",
        only_new="새 글에만 있는 문장 {count}개",
        only_old="있던 글에만 있는 문장 {count}개",
        check="추가하기 전에 확인해 주세요",
        title="제목",
        publisher="펴낸 곳",
        published="발행일 (YYYY-MM-DD)",
        language="언어",
        source_url="원문 주소",
        languages={"ko": "한국어", "en": "영어"},
        keep="추가하기",
        keep_all="모두 추가하기",
        skip="버리기",
        replace="있던 글을 바꾸기",
        wrong_date="발행일은 2026-02-13처럼 써 주세요.",
        articles="글 목록",
        count="글 {count}개",
        search="제목·본문에서 찾기",
        all_languages="모든 언어",
        none="찾는 글이 없어요.",
        choose="목록에서 글을 고르면 여기에 보여요.",
        save="저장하기",
        saved="저장했어요.",
        remove="지우기",
        removed="지웠어요: {title}",
        undo="되돌리기",
        restored="되돌렸어요: {title}",
        read_only="여기서는 글을 추가하거나 지울 수 없어요.",
    ),
    "en": ArticleTexts(
        opening="The articles are being opened.",
        add="Add articles",
        add_note="Drop files or paste a link or text: you see first what was read, then you decide what is added.",
        drop="Drop files",
        pasted="Link or text",
        pasted_hint="Paste an https:// link or a text",
        look="Look at it",
        looking="{done} of {total} looked at",
        found="What was read",
        candidate="Article",
        state="State",
        ready="to be checked",
        added="added",
        dropped="dropped",
        refused="not read",
        passages="Passages: {count}",
        figures="Figures: {count}",
        same="This article is there already: {title}",
        near="{share}% the same as an article that is there: {title}",
        only_new="Sentences only in the new one: {count}",
        only_old="Sentences only in the present one: {count}",
        check="Please check before it is added",
        title="Title",
        publisher="Publisher",
        published="Published (YYYY-MM-DD)",
        language="Language",
        source_url="Address of the original",
        languages={"ko": "Korean", "en": "English"},
        keep="Add",
        keep_all="Add all",
        skip="Drop",
        replace="Replace the present one",
        wrong_date="Please write the date like 2026-02-13.",
        articles="Articles",
        count="Articles: {count}",
        search="Search titles and texts",
        all_languages="All languages",
        none="No article fits.",
        choose="Choose an article of the list to read it here.",
        save="Save",
        saved="Saved.",
        remove="Remove",
        removed="Removed: {title}",
        undo="Undo",
        restored="Restored: {title}",
        read_only="Articles cannot be added or removed here.",
    ),
}

ARTICLES_PATHS: dict[Language, str] = {"ko": "/articles", "en": "/en/articles"}
