"""The ledger of the corpus files: what each held when it was read last, so that no file is read twice in vain.

A file is read again when its stamp differs, or when it was read so soon after a change that a further one may have left
the stamp as it was. What was read is kept beside the index, and may be deleted there at any time. Knows nothing of
passages or of how files are changed.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.errors import ArticleError
from assistant.front_matter import split_front_matter, to_article
from assistant.journal import Journal, Row
from assistant.sources import read_source
from assistant.stamps import Stamp, Stamps, folder_stamp, in_order, is_article_name, stamp_of, stamps_within
from assistant.store.derived import content_hash
from assistant.types import Article, Head

FILE = "files.jsonl"
READING = 1  # raised when files are read in another way: every one is then read again
_BATCH = 200  # files between two times that what was read is kept
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file held: an article's head, content hash and the hash of its text, or in both languages why it is none.

    An entry that is not settled may be out of date although the stamp is the same.
    """

    stamp: Stamp
    settled: bool
    head: Head | None = None
    hash: str = ""
    text: str = ""
    problem: tuple[str, str] | None = None


class Ledger:
    """What is known of the files of one corpus folder; methods may be called from any thread.

    Where several files have one id, the first by path is the article.
    """

    def __init__(self, folder: Path, kept: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = {}
        self._paths: dict[str, list[str]] = {}  # of each id, as they sort
        self._texts: dict[str, list[str]] = {}  # the paths of each text
        self._names: dict[
            str, int
        ] = {}  # how many ids, and paths without their ending, are the same but for their case
        self._hashes: dict[str, str] = {}
        self._heads: dict[str, Head | None] = {}
        self._folders: dict[str, Stamp] = {}  # as of the last look
        self._taken: set[str] = set()  # what was changed here and has not been read again since
        self._doubtful = True  # whether a folder may have changed since, and look the same
        self._journal = Journal(kept / FILE, _edition(folder))
        for row in self._journal.rows():
            path, entry = _entry_of(row)
            self._put(path, entry)

    @property
    def hashes(self) -> Mapping[str, str]:
        """The content hash of each article by its id."""
        return self._hashes

    def heads(self, hashes: Mapping[str, str]) -> dict[str, Head | None]:
        """Return what is known of those of these articles that are here, in the order of their paths.

        None stands for one whose file holds other content than the hash is of.
        """
        with self._lock:
            ids = sorted((id for id in self._hashes if id in hashes), key=lambda id: self._paths[id][0])
            return {id: self._heads[id] if self._hashes[id] == hashes[id] else None for id in ids}

    def problems(self) -> list[ArticleError]:
        """Return why files are left out: they hold no article, or one whose id is taken."""
        with self._lock:
            found = [(in_order(path), ArticleError(*e.problem)) for path, e in self._entries.items() if e.problem]
            for id, paths in self._paths.items():
                found += [(other, same_id(id, self._full(paths[0]), self._full(other))) for other in paths[1:]]
        return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]

    def knows(self, stamps: Stamps) -> bool:
        """Return whether nothing has changed since the last look, as far as stamps tell."""
        with self._lock:
            return len(stamps) == len(self._entries) and not any(self._stale(stamps))

    def look(self) -> None:
        """Take in what has changed in the folder; only files that may have changed are read. Raises ArticleError."""
        with self._lock:
            began = time.time_ns()
            stamps, folders = stamps_within(self.folder)
            for path in self._entries.keys() - stamps.keys():
                self._drop(path)
            self._read_again(self._stale(stamps))
            self._journal.trim(len(self._entries), self._rows(self._entries))
            # One that was changed a moment ago could change again and look the same, unless it was we who did.
            own = self._folders.items()
            self._folders = {
                path: stamp for path, stamp in folders.items() if stamp.is_settled(began) or (path, stamp) in own
            }
            self._doubtful = len(self._folders) < len(folders)

    def glance(self) -> None:
        """Look, unless no file has come, gone or been replaced: one that was written in its place waits for a look.

        That costs the same however many files there are. Raises ArticleError.
        """
        with self._lock:
            known = self._folders.items()
            if self._doubtful or any(folder_stamp(self.folder / path) != stamp for path, stamp in known):
                self.look()
                return
            now = time.time_ns()
            self._read_again([path for path in self._taken if self._entries[path].stamp.is_settled(now)])

    def take(self, path: str) -> None:
        """Read one file again that was changed here after a glance; its folder is known as it is then."""
        with self._lock:
            if self._read(path):
                self._taken.add(path)
            inside = path[: path.rfind("/") + 1]
            if stamp := folder_stamp(self.folder / inside):
                self._folders[inside] = stamp

    def path(self, id: str) -> Path | None:
        """Return the file of an article, as of the last look."""
        with self._lock:
            return self._full(self._paths[id][0]) if id in self._paths else None

    def article(self, id: str) -> Article | None:
        """Read an article; None where its file does not hold it any more as it was looked at."""
        path, hash = self.path(id), self._hashes.get(id)
        try:
            article = read_article(path) if path else None
        except ArticleError:
            return None
        return article if article and content_hash(article) == hash else None

    def id_of(self, text: str) -> str | None:
        """Return the id of the article whose text has this hash, if there is one."""
        with self._lock:
            paths = self._texts.get(text, ())
            heads = [head for path in paths if (head := self._entries[path].head)]
            return heads[0].id if heads else None

    def is_taken(self, id: str, folder: str) -> bool:
        """Return whether an article has this id, or a file in the folder its name, in capitals or not."""
        names = id.casefold(), f"{folder}/{id}".casefold()
        return any(name in self._names for name in names) or not is_article_name(f"{id}.md")

    def _read_again(self, paths: Iterable[str]) -> None:
        """Read these files again, and keep what they hold, some at a time."""
        ordered = sorted(paths, key=in_order)
        for start in range(0, len(ordered), _BATCH):
            read = [path for path in ordered[start : start + _BATCH] if self._read(path)]
            self._journal.add(self._rows(read))

    def _read(self, path: str) -> bool:
        """Read one file again; return whether it is there."""
        self._drop(path)
        if entry := _read(self.folder / path):
            self._put(path, entry)
        return entry is not None

    def _rows(self, paths: Iterable[str]) -> Iterator[Row]:
        """What is worth keeping of these files: an entry that is not settled would be read again all the same."""
        return (_row_of(path, entry) for path in paths if (entry := self._entries[path]).settled)

    def _stale(self, stamps: Stamps) -> Iterator[str]:
        for path, stamp in stamps.items():
            entry = self._entries.get(path)
            if entry is None or entry.stamp != stamp or not entry.settled:
                yield path

    def _put(self, path: str, entry: Entry) -> None:
        self._drop(path)
        self._entries[path] = entry
        self._count(path.removesuffix(".md"), 1)
        if entry.head:
            id = entry.head.id
            insort(self._paths.setdefault(id, []), in_order(path))
            self._texts.setdefault(entry.text, []).append(path)
            self._count(id, 1)
            self._settle(id)

    def _drop(self, path: str) -> None:
        entry = self._entries.pop(path, None)
        self._taken.discard(path)
        if entry is None:
            return
        self._count(path.removesuffix(".md"), -1)
        if entry.head:
            id = entry.head.id
            _take_out(self._paths, id, in_order(path))
            _take_out(self._texts, entry.text, path)
            self._count(id, -1)
            self._settle(id)

    def _settle(self, id: str) -> None:
        """Let the id stand for the first of the files that have it."""
        if id in self._paths:
            first = self._entries[_path(self._paths[id][0])]
            self._hashes[id], self._heads[id] = first.hash, first.head
        else:
            del self._hashes[id], self._heads[id]

    def _count(self, name: str, one: int) -> None:
        name = name.casefold()
        self._names[name] = self._names.get(name, 0) + one
        if not self._names[name]:
            del self._names[name]

    def _full(self, sorted_path: str) -> Path:
        return self.folder / _path(sorted_path)


def read_article(path: Path) -> Article:
    """Return the article of a file; raises ArticleError."""
    source = read_source(path)
    for note in source.notes:
        _log.info("%s", note["en"], extra={"messages": note})
    return parse_article(source.text, source.name)


def parse_article(text: str, name: str) -> Article:
    """Return the article that the text of a file holds; `name` is how errors call the file."""
    fields, body = split_front_matter(text, name)
    return to_article(fields, body, name)


def _read(path: Path) -> Entry | None:
    """Return what the file holds now; None where there is none."""
    began, before = time.time_ns(), stamp_of(path)
    if before is None:
        return None
    try:
        article, problem = read_article(path), None
    except ArticleError as error:
        article, problem = None, (error.message("en"), error.message("ko"))
    after = stamp_of(path)
    if after is None:
        return None
    settled = before == after and after.is_settled(began)
    if article is None:
        return Entry(after, settled, problem=problem)
    return Entry(after, settled, article.head, content_hash(article), text_hash(article.text))


def _edition(folder: Path) -> str:
    """Return what another way of reading or deriving, or another folder, changes."""
    nothing = Article("", "", "en", "", date.min, "")
    return f"{READING}\n{content_hash(nothing)}\n{folder.resolve()}"


def _row_of(path: str, entry: Entry) -> Row:
    head: Row | None = None
    if of := entry.head:
        about = of.source_url, of.tickers, of.translation_of
        head = [of.id, of.title, of.language, of.publisher, of.published.isoformat(), *about]
    return [path, *entry.stamp, entry.hash, entry.text, head, entry.problem]


def _entry_of(row: Row) -> tuple[str, Entry]:
    path, *stamp, hash, text, head, problem = row
    if head:
        id, title, language, publisher, published, url, tickers, original = head
        head = Head(id, title, language, publisher, date.fromisoformat(published), url, tuple(tickers), original)
    return path, Entry(Stamp(*stamp), True, head, hash, text, tuple(problem) if problem else None)


def text_hash(text: str) -> str:
    """Return what texts are compared by."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _take_out(lists: dict[str, list[str]], name: str, value: str) -> None:
    lists[name].remove(value)
    if not lists[name]:
        del lists[name]


def _path(sorted_path: str) -> str:
    return sorted_path.replace("\0", "/")


def same_id(id: str, kept: Path, left_out: Path) -> ArticleError:
    return ArticleError(
        f"Two articles have the id {id!r}: {kept} is used, {left_out} is left out.",
        f"{id!r} id를 쓰는 글이 둘이에요. {kept} 파일을 쓰고 {left_out} 파일은 뺐어요.",
    )
