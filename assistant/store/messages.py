"""What an index tells its user: what state it is in, and why it cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import IndexingError
from assistant.store.connection import Damaged
from assistant.types import Language

NOTICES: dict[str, dict[Language, str]] = {
    "building": {
        "en": "The search graph is being built; exact search answers meanwhile.",
        "ko": "검색 그래프를 만들고 있어요. 그동안은 정확 검색으로 답해요.",
    },
    "owned": {
        "en": "Another program (process {process}) has the search graph open; exact search answers here.",
        "ko": "다른 프로그램(프로세스 {process})이 검색 그래프를 쓰고 있어요. 여기서는 정확 검색으로 답해요.",
    },
    "failed": {
        "en": "The search graph cannot be used; exact search answers.",
        "ko": "검색 그래프를 쓸 수 없어요. 정확 검색으로 답해요.",
    },
    "catching_up": {
        "en": "The Chroma server is being brought in step; local search answers meanwhile.",
        "ko": "Chroma 서버를 글과 맞추고 있어요. 그동안은 이 컴퓨터에서 찾아 답해요.",
    },
    "away": {
        "en": "The Chroma server cannot be used now; local search answers, and it is tried again every few seconds.",
        "ko": "지금은 Chroma 서버를 쓸 수 없어요. 이 컴퓨터에서 찾아 답하면서 몇 초마다 다시 시도해요.",
    },
    "read_only": {
        "en": "The index folder cannot be written: searching works, adding and removing do not.",
        "ko": "색인 폴더에 쓸 수 없어요. 검색은 되지만 추가와 삭제는 안 돼요.",
    },
}


def notice(state: str, process: int | None = None) -> dict[Language, str]:
    """Return what is to be said of a state; `process` is the one that it is owed to."""
    return {language: text.format(process=process or "?") for language, text in NOTICES[state].items()}


def not_writable() -> IndexingError:
    return IndexingError(
        "The index is not in step with the articles and its folder cannot be written. Make it writable and try again.",
        "색인이 글과 맞지 않는데 색인 폴더에 쓸 수 없어요. 쓸 수 있게 바꾼 뒤 다시 시도해 주세요.",
    )


def other_model(built: str, wanted: str) -> IndexingError:
    return IndexingError(
        f"The index was built with the embedding model {built}, and {wanted} is set now. "
        "Run `assistant rebuild` to build it with that, or set the former model.",
        f"색인은 임베딩 모델 {built}(으)로 만들었는데 지금 설정은 {wanted}이에요. "
        "`assistant rebuild`로 다시 만들거나 설정을 되돌려 주세요.",
    )


@contextmanager
def named_errors(folder: Path, *others: type[Exception]) -> Iterator[None]:
    """Say what is wrong with the folder instead of letting the operating system or SQLite say it."""
    unusable: tuple[type[Exception], ...] = (sqlite3.OperationalError, *others)
    try:
        yield
    except unusable as error:
        raise IndexingError(
            f"The index folder {folder} cannot be used: {error}. Check its permissions and the free space.",
            f"색인 폴더 {folder}을(를) 쓸 수 없어요: {error}. 권한과 남은 공간을 확인해 주세요.",
        ) from error
    except Damaged as damage:
        raise IndexingError(
            f"The index in {folder} is damaged: {damage}. Start again and it is built anew from the articles.",
            f"색인 폴더 {folder}의 파일이 손상됐어요: {damage}. 다시 시작하면 글에서 새로 만들어요.",
        ) from damage
