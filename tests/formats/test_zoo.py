"""Each bad file ends in exactly one clear outcome, within the limits of time and memory, and the next file is read."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.drafts import draft_article
from assistant.errors import ArticleError, FileError
from assistant.formats.limits import AT_ONCE, MEMORY_BYTES, SECONDS
from assistant.formats.messages import REASONS
from assistant.passages import passages_of, sentences_of
from assistant.sources import File, files_of
from tests.formats import zoo
from tests.formats.documents import ENGLISH, word_file, zipped
from tests.formats.zoo import Animal

OUTCOMES = {
    "no_text": zoo.EMPTY, "only_images": zoo.EMPTY, "password": zoo.PASSWORD, "protected": zoo.PASSWORD,
    "damaged": zoo.DAMAGED, "died": zoo.DAMAGED, "other_content": zoo.DAMAGED, "encoding": zoo.DAMAGED,
    "file_too_large": zoo.BIG, "text_too_large": zoo.BIG, "unpacks_too_large": zoo.BIG, "too_many_members": zoo.BIG,
    "too_many_pages": zoo.BIG, "too_deep": zoo.BIG, "too_slow": zoo.BIG, "too_much_memory": zoo.BIG,
    "spreadsheet": zoo.UNREAD, "old_office": zoo.UNREAD, "old_hwp": zoo.UNREAD, "zip": zoo.UNREAD,
    "nothing_inside": zoo.UNREAD, "unknown_kind": zoo.UNREAD, "binary": zoo.UNREAD,
}  # fmt: skip
QUICK = {animal.name: animal for animal in zoo.animals()}
DATE = "publication date"  # of the note that a file has none


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a file, what was said of it, and how long it took."""

    outcome: str
    messages: Mapping[str, str]
    seconds: float


def look_at(animal: Animal) -> Seen:
    start = time.monotonic()
    outcome, messages = _outcome(animal)
    return Seen(outcome, messages, time.monotonic() - start)


def _outcome(animal: Animal) -> tuple[str, Mapping[str, str]]:
    try:
        draft = draft_article(File(animal.name, animal.data))
    except FileError as error:
        return OUTCOMES[error.reason], error.messages
    except ArticleError as error:  # its front matter
        return zoo.DAMAGED, error.messages
    assert passages_of(draft.article, sentences_of(draft.article)), "an article that cannot be found"
    draft.article.text.encode()
    assert "\0" not in draft.article.text
    return zoo.WARNED if any(DATE not in note["en"] for note in draft.notes) else zoo.ADDED, {}


def look_at_all(animals: Iterable[Animal]) -> dict[str, Seen]:
    chosen = list(animals)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip((animal.name for animal in chosen), pool.map(look_at, chosen), strict=True))


@pytest.fixture(scope="module")
def seen() -> dict[str, Seen]:
    """What became of each file, several at a time, as a server would read them."""
    return look_at_all(QUICK.values())


def test_the_zoo_is_large() -> None:
    assert len(QUICK) >= 200 and {outcome for animal in QUICK.values() for outcome in animal.outcomes} == set(zoo.ANY)


def test_every_reason_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(REASONS)


@pytest.mark.parametrize("name", QUICK)
def test_bad_file_ends_in_one_clear_outcome(seen: dict[str, Seen], name: str) -> None:
    assert_clear(QUICK[name], seen[name])


def test_a_good_file_is_read_after_all_of_them(seen: dict[str, Seen]) -> None:
    assert ENGLISH in draft_article(File("report.docx", word_file())).article.text


def test_bad_zip_is_reported_and_never_unpacked_to_disk(tmp_path: Path) -> None:
    names = {f"../../{number}.txt": ENGLISH for number in range(3)} | {"/etc/a.md": "x", "C:\\b.md": "y"}
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(names))
    assert [each.name for each in files_of(path) if isinstance(each, File)] == [
        f"{path}/{name}" for name in ("0.txt", "1.txt", "2.txt", "etc/a.md", "b.md")
    ]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_heavy_file_ends_within_the_limits() -> None:
    for animal in zoo.heavy_animals():
        assert_clear(animal, look_at(animal))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MEMORY_BYTES


def assert_clear(animal: Animal, seen: Seen) -> None:
    assert seen.outcome in animal.outcomes, (animal.name, seen)
    assert seen.seconds < SECONDS * AT_ONCE, seen  # the turn of another may come first
    for message in seen.messages.values():
        assert message.isprintable() and len(message) < 500 and "{" not in message.replace("{name}.txt", "")
