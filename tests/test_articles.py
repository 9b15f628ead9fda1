"""The corpus folder: reading, adding, removing."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.articles import (
    read_corpus,
    remove_article,
    replace_article,
    restore_article,
    save_articles,
)
from assistant.drafts import draft_article
from assistant.errors import ArticleError
from assistant.ledger import Ledger
from assistant.types import Article, Language

TEXTS: dict[Language, str] = {
    "ko": "소형주는 금리에 민감해요.\n\nIWM과 VTWO는 모두 Russell 2000을 따라가요.",
    "en": "Small caps follow rates.\n\nIWM and VTWO both track the Russell 2000.",
}


def save_article(article: Article, ledger: Ledger) -> Article:
    [saved] = save_articles([article], ledger)
    if isinstance(saved, ArticleError):
        raise saved
    return saved


def write(folder: Path, name: str, id: str, body: str = "본문이에요.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f"id: {id}\ntitle: 제목\nlanguage: ko\npublisher: p\npublished: 2026-02-13"
    path.write_text(f"---\n{head}\n---\n\n{body}\n", encoding="utf-8")
    return path


def ledger(folder: Path) -> Ledger:
    """Return a ledger that keeps nothing, as if it were the first."""
    return Ledger(folder, folder / "nowhere")


def test_corpus_is_read_in_order_of_paths(tmp_path: Path) -> None:
    write(tmp_path, "b/two.md", "two")
    write(tmp_path, "a/one.md", "one")
    (tmp_path / "README.md").write_text("no article")
    (tmp_path / ".draft.md").write_text("no article")
    corpus = read_corpus(tmp_path)
    assert [article.id for article in corpus.articles] == ["one", "two"]
    assert corpus.files["two"] == tmp_path / "b/two.md"
    assert corpus.problems == ()


def test_bad_file_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "good.md", "good")
    (tmp_path / "bad.md").write_bytes(b"\0\1")
    (tmp_path / "bare.md").write_text("no front matter")
    corpus = read_corpus(tmp_path)
    assert [article.id for article in corpus.articles] == ["good"]
    assert ["bad.md" in str(problem) for problem in corpus.problems] == [True, False]
    assert "`id`" in str(corpus.problems[1])


def test_second_article_of_an_id_is_reported_with_both_paths(tmp_path: Path) -> None:
    first, second = write(tmp_path, "1.md", "same", "first"), write(tmp_path, "2.md", "same", "second")
    corpus = read_corpus(tmp_path)
    assert [article.text for article in corpus.articles] == ["first"]
    assert all(str(path) in corpus.problems[0].message("ko") for path in (first, second))


def test_missing_corpus_says_which_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="ASSISTANT_CORPUS"):
        read_corpus(tmp_path / "none")


def test_saved_article_is_read_back_and_nothing_else_is_left(tmp_path: Path) -> None:
    saved = save_article(draft_article(TEXTS["ko"], title='금리: "소형주"와 #1').article, ledger(tmp_path))
    assert read_corpus(tmp_path).articles == (saved,)
    assert os.listdir(tmp_path / "added") == [f"{saved.id}.md"]


def test_taken_id_gets_a_number_and_same_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "articles/note.md", "Note")
    ids = [save_article(draft_article(f"Text {n}", title="note").article, ledger(tmp_path)).id for n in range(3)]
    assert ids == ["note-2", "note-3", "note-4"]
    with pytest.raises(ArticleError, match="note-3"):
        save_article(draft_article("Text 1", title="other").article, ledger(tmp_path))


def test_unwritable_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "added").write_text("a file where the folder should be")
    with pytest.raises(ArticleError, match="cannot be changed"):
        save_article(draft_article(TEXTS["en"]).article, ledger(tmp_path))


def test_removed_article_is_returned_and_its_file_gone(tmp_path: Path) -> None:
    kept, gone = write(tmp_path, "kept.md", "kept"), write(tmp_path, "gone.md", "gone")
    removed = remove_article("gone", ledger(tmp_path))
    assert removed.id == "gone" and kept.exists() and not gone.exists()
    with pytest.raises(ArticleError, match="no article"):
        remove_article("gone", ledger(tmp_path))


def test_new_version_takes_the_place_of_the_old_one_in_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "folder/own name.md", "note", "first")
    new = draft_article("second\n", title="note", published=date(2026, 1, 1)).article
    former = replace_article(replace(new, id="note"), ledger(tmp_path))
    assert former.text == "first"
    assert read_corpus(tmp_path).files == {"note": path}
    assert read_corpus(tmp_path).articles == (replace(new, id="note"),)
    assert os.listdir(path.parent) == ["own name.md"]
    with pytest.raises(ArticleError, match="no article 'other'"):
        replace_article(replace(new, id="other"), ledger(tmp_path))


def test_what_else_the_front_matter_says_stays_in_a_new_version(tmp_path: Path) -> None:
    path = write(tmp_path, "note.md", "note", "first")
    said = "reviewed: 2026-01-02\ntags: [a, b]\n"
    path.write_text(path.read_text(encoding="utf-8").replace("title:", f"{said}title:"), encoding="utf-8")
    [first] = read_corpus(tmp_path).articles
    replace_article(replace(first, text="second", title="새 제목"), ledger(tmp_path))
    text = path.read_text(encoding="utf-8")
    assert "reviewed: 2026-01-02" in text and "- b" in text and "새 제목" in text and "second" in text
    assert read_corpus(tmp_path).articles == (replace(first, text="second", title="새 제목"),)


def test_article_outside_the_corpus_is_not_removed(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside.md", "outside")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    with pytest.raises(ArticleError):
        remove_article("../outside", ledger(corpus))
    assert outside.exists()


def test_what_is_replaced_or_removed_is_kept_out_of_sight_and_can_be_brought_back(tmp_path: Path) -> None:
    write(tmp_path, "sub/note.md", "note", "첫째예요.")
    [first] = read_corpus(tmp_path).articles
    second = replace(first, text="둘째예요.")
    assert replace_article(second, ledger(tmp_path)) == first
    assert read_corpus(tmp_path).articles == (second,)

    assert restore_article("note", ledger(tmp_path)) == first
    assert restore_article("note", ledger(tmp_path)) == second  # what was there is put aside in turn
    remove_article("note", ledger(tmp_path))
    assert read_corpus(tmp_path).articles == ()

    assert restore_article("note", ledger(tmp_path)) == second
    assert read_corpus(tmp_path).files == {"note": tmp_path / "sub/note.md"}


def test_nothing_is_brought_back_of_an_article_that_never_was(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="No former version of 'note' is kept"):
        restore_article("note", ledger(tmp_path))


@pytest.mark.parametrize("field", [{"title": " "}, {"source_url": "javascript:alert(1)"}, {"language": "fr"}])
def test_an_article_that_could_not_be_read_again_is_not_saved(tmp_path: Path, field: dict[str, str]) -> None:
    write(tmp_path, "note.md", "note", "본문이에요.")
    before = read_corpus(tmp_path)
    changed = replace(before.articles[0], **field)  # type: ignore[arg-type]
    with pytest.raises(ArticleError, match=next(iter(field))):
        replace_article(changed, ledger(tmp_path))
    with pytest.raises(ArticleError, match=next(iter(field))):
        save_article(replace(changed, text="다른 글이에요."), ledger(tmp_path))
    assert read_corpus(tmp_path) == before
