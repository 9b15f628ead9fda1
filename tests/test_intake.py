"""Many sources are kept a batch at a time; what was made of a file before is not made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant import intake
from assistant.articles import save_articles
from assistant.errors import ArticleError
from assistant.intake import FILE, Intake, Taken
from assistant.ledger import Ledger
from assistant.sources import File
from assistant.types import Article
from tests.fakes import article


class Desk:
    """Makes an article of each source whose text it is, saves them, and notes what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.read, self.batches = folder, list[str](), list[int]()
        (folder / "corpus").mkdir(exist_ok=True)
        self.ledger = Ledger(folder / "corpus", folder)
        self.ledger.look()

    def draft(self, source: object, given: object) -> Article:
        data = source.data if isinstance(source, File) else Path(str(source)).read_bytes()
        self.read.append(data.decode())
        if data == b"bad":
            raise ArticleError("It is bad.", "이상해요.")
        return article("note", data.decode())

    def keep(self, articles: Sequence[Article]) -> list[Article | ArticleError]:
        self.batches.append(len(articles))
        return save_articles(articles, self.ledger)

    def take(self, *sources: object, **given: object) -> list[Taken]:
        return list(Intake(self.folder, self.ledger, self.draft, self.keep).take(sources, given))


def files(*texts: str) -> list[File]:
    return [File(f"{number}.txt", text.encode()) for number, text in enumerate(texts)]


def ids(taken: list[Taken]) -> list[str | None]:
    return [each.article.id if each.article else each.present for each in taken]


def test_sources_are_kept_a_batch_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "ARTICLES", 3)
    monkeypatch.setattr(intake, "CHARACTERS", 20)
    desk = Desk(tmp_path)
    taken = desk.take(*files("one", "bad", "two", "three", "a text of its own batch", "four", "one"))
    assert desk.batches == [3, 1, 1]
    assert [each.name for each in taken] == ["1.txt", "0.txt", "2.txt", "3.txt", "4.txt", "6.txt", "5.txt"]
    assert taken[0].error and taken[-2].present == "note" and len(desk.ledger.hashes) == 5


def test_what_was_added_before_is_not_read_again(tmp_path: Path) -> None:
    Desk(tmp_path).take(*files("one", "two"))
    again = Desk(tmp_path)
    assert ids(again.take(*files("two", "three", "one"))) == ["note-2", "note", "note-3"]
    assert again.read == ["three"]


def test_what_was_removed_or_is_said_to_be_another_is_read_again(tmp_path: Path) -> None:
    Desk(tmp_path).take(*files("one", "two"))
    (tmp_path / "corpus" / "added" / "note.md").unlink()
    again = Desk(tmp_path)
    assert [each.present for each in again.take(*files("one", "two"))] == ["note-2", None]
    assert ids(again.take(*files("two"), title="Other")) == ["note-2"]
    assert again.read == ["one", "two"]


def test_what_was_kept_before_an_interruption_is_there_and_found_without_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ARTICLES", 2)
    desk = Desk(tmp_path)
    sources = iter(files("one", "two", "three"))

    def stopped():
        yield from (next(sources), next(sources), next(sources))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(Intake(tmp_path, desk.ledger, desk.draft, desk.keep).take(stopped(), {}))
    (tmp_path / FILE).unlink()
    again = Desk(tmp_path)
    taken = again.take(*files("one", "two", "three"))
    assert [each.present for each in taken] == ["note", "note-2", None]
    assert taken[-1].article and taken[-1].article.text == "three"


def test_a_source_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    why = ArticleError("The zip is damaged.", "압축 파일이 손상됐어요.")
    assert [each.error for each in Desk(tmp_path).take(why)] == [why]
