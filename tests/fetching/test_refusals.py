"""The words of refusals: complete in both languages, and safe to show."""

from __future__ import annotations

import re
from typing import get_args

from assistant.errors import ArticleError
from assistant.fetching.refusals import MEANINGS, TEXTS, Reason, Refused
from assistant.language import LANGUAGES


def test_every_reason_has_a_text_with_the_same_places_in_both_languages() -> None:
    assert set(TEXTS) == set(get_args(Reason))
    for texts in TEXTS.values():
        assert set(texts) == set(LANGUAGES)
        names = [set(re.findall(r"{(\w+)", text)) for text in texts.values()]
        assert names[0] == names[1]


def test_every_status_has_its_meaning_in_both_languages() -> None:
    assert all(set(meanings) == set(LANGUAGES) for meanings in MEANINGS.values())
    assert "403 (refused)" in Refused.of_status(403).message("en")
    assert "503(장애" in Refused.of_status(503, "robots_unread").message("ko").replace("사이트 ", "")


def test_refusal_is_an_article_error_with_the_address_before_it() -> None:
    refused = Refused.because("not_public").at("http://10.0.0.1/")
    assert isinstance(refused, ArticleError) and refused.reason == "not_public"
    assert str(refused).startswith("http://10.0.0.1/: This address is not public")


def test_what_comes_from_outside_is_shown_short_and_visible() -> None:
    refused = Refused.because("type", kind="a\u202eb\x1b[31m" + "c" * 900, known="text/html").at(
        "http://\u200b\n" + "d" * 900
    )
    for language in LANGUAGES:
        assert refused.message(language).isprintable() and len(refused.message(language)) < 600
