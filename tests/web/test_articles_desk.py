"""What happens on the Articles view, step by step, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from assistant.types import Language
from assistant.web.articles_desk import NO_FIELDS, ArticlesDesk, Fields, change, decide, keep_all, listed, look, opened
from assistant.web.articles_texts import ARTICLE_TEXTS
from tests.web.fake_assistant import ENGLISH, KOREAN, FakeAssistant
from tests.web.markup import Markup

TABLE, DETAILS, FORM = 0, 1, slice(2, 7)
LANGUAGES: tuple[Language, ...] = ("ko", "en")


def _ready(assistant: FakeAssistant) -> Future[FakeAssistant]:
    future: Future[FakeAssistant] = Future()
    future.set_result(assistant)
    return future


def _all(steps: AsyncIterator[Any]) -> list[Any]:
    async def collect() -> list[Any]:
        return [step async for step in steps]

    return asyncio.run(collect())


def _looked_at(
    given: Sequence[str | Path], language: Language = "en", fake: FakeAssistant | None = None
) -> ArticlesDesk:
    desk = ArticlesDesk()
    _all(look(given, desk, language, _ready(fake or FakeAssistant())))
    return desk


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_given_is_counted_and_shown_before_anything_is_kept(language: Language, tmp_path: Path) -> None:
    file, fake = tmp_path / "note.md", FakeAssistant()
    file.write_text("# 메모\n\n본문이에요.\n", encoding="utf-8")
    steps = _all(look([file, "# 둘째\n\n글이에요.\n"], ArticlesDesk(), language, _ready(fake)))
    counts = [ARTICLE_TEXTS[language].looking.format(done=done, total=2) for done in (0, 1)]
    assert [count in Markup(step[TABLE]).text for count, step in zip(counts, steps, strict=False)] == [True, True]
    assert "note.md" in steps[-1][TABLE] and str(tmp_path) not in steps[-1][TABLE]
    assert steps[-1][FORM] == ("메모", "user", "2026-03-02", "ko", "")
    assert len(fake.articles()) == 2


@pytest.mark.parametrize(("language", "reason"), [("ko", "손상됐어요."), ("en", "It is damaged.")])
def test_what_cannot_be_read_says_why_and_the_others_go_on(language: Language, reason: str) -> None:
    desk = _looked_at(["broken", "# Good\n\nText."], language)
    assert [candidate.state for candidate in desk.candidates] == ["refused", "ready"]
    assert desk.candidates[0].message == reason


def test_a_kept_article_has_what_the_form_says_and_the_next_one_waits() -> None:
    fake = FakeAssistant()
    desk = _looked_at(["# One\n\nText.", "# Two\n\nText."], "en", fake)
    form: Fields = ("Mine", "My notes", "2026-01-31", "en", "https://example.com/one")
    view = decide(desk, form, "en", fake, "keep")
    kept = fake.articles()[-1]
    assert (kept.title, kept.publisher, kept.published.isoformat(), kept.language) == form[:4]
    assert kept.source_url == "https://example.com/one"
    assert view[FORM][0] == "Two" and "Mine" in view[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_date_is_told_and_what_was_typed_stays(language: Language) -> None:
    fake = FakeAssistant()
    desk = _looked_at(["# One\n\nText."], language, fake)
    form: Fields = ("Mine", "My notes", "yesterday", "en", "")
    view = decide(desk, form, language, fake, "keep")
    assert ARTICLE_TEXTS[language].wrong_date in view[-1]
    assert view[FORM] == form and desk.candidates[0].state == "ready" and len(fake.articles()) == 2


def test_a_near_copy_can_take_the_place_of_the_article_it_is_like() -> None:
    fake = FakeAssistant()
    desk = _looked_at(["# near\n\nText."], "en", fake)
    view = _all(look([], desk, "en", _ready(fake)))[-1]
    assert KOREAN.title in Markup(view[DETAILS]).text and "80%" in view[DETAILS]
    decide(desk, view[FORM], "en", fake, "replace")
    assert [article.id for article in fake.articles()] == [KOREAN.id, ENGLISH.id]
    assert fake.shelf[KOREAN.id].title == "near"


def test_a_dropped_candidate_is_not_kept() -> None:
    fake = FakeAssistant()
    desk = _looked_at(["# One\n\nText."], "en", fake)
    view = decide(desk, NO_FIELDS, "en", fake, "skip")
    assert desk.candidates[0].state == "dropped" and view[FORM] == NO_FIELDS and len(fake.articles()) == 2


def test_all_are_kept_as_they_were_read() -> None:
    fake = FakeAssistant()
    desk = _looked_at(["# One\n\nText.", "broken", "# Two\n\nText."], "en", fake)
    assert len(_all(keep_all(desk, "en", _ready(fake)))) == 2
    assert [candidate.state for candidate in desk.candidates] == ["added", "refused", "added"]
    assert len(fake.articles()) == 4


def test_the_list_is_searched_by_words_and_by_language() -> None:
    fake, desk = FakeAssistant(), ArticlesDesk()
    assert [KOREAN.id in shown for shown in (listed("", "", desk, "en", fake), listed("", "en", desk, "en", fake))] == [
        True,
        False,
    ]
    assert ENGLISH.id not in listed("금리 보수", "", desk, "en", fake)
    assert ARTICLE_TEXTS["ko"].none in listed("no such words", "", desk, "ko", fake)


def test_an_article_is_shown_whole_with_its_passages_marked_and_its_text_inert() -> None:
    fake, desk = FakeAssistant(), ArticlesDesk()
    shown, *fields = opened(ENGLISH.id, desk, "en", fake)
    assert "<script" not in shown and "<img" not in shown and "javascript:" not in shown
    assert Markup(shown).text.count("Before") == 1 and 'class="passage"' in shown
    assert fields[0] == ENGLISH.title and desk.chosen == ENGLISH.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_removed_article_can_be_brought_back(language: Language) -> None:
    fake, desk, texts = FakeAssistant(), ArticlesDesk(), ARTICLE_TEXTS[language]
    opened(KOREAN.id, desk, language, fake)
    view = change(desk, NO_FIELDS, language, fake, "remove")
    assert KOREAN.id not in fake.shelf and f'data-id="{KOREAN.id}"' in view[-1] and texts.undo in view[-1]
    view = change(desk, NO_FIELDS, language, fake, "restore", KOREAN.id)
    assert KOREAN.id in fake.shelf and KOREAN.title in view[0] and texts.undo not in view[-1]


def test_front_matter_is_saved_and_a_refusal_changes_nothing() -> None:
    fake, desk = FakeAssistant(), ArticlesDesk()
    _, *fields = opened(KOREAN.id, desk, "en", fake)
    change(desk, ("New title", *fields[1:]), "en", fake, "save")
    assert fake.shelf[KOREAN.id].title == "New title"
    view = change(desk, ("", *fields[1:]), "en", fake, "save")
    assert "A title is needed." in view[-1] and fake.shelf[KOREAN.id].title == "New title"
