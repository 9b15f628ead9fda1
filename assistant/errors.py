"""The exceptions that callers may catch; abstaining is not one of them.

AssistantError        anything this package refuses or cannot do; `str(error)` says what happened and what to do
├── SettingsError     a setting from the environment has a value that is not allowed
├── ArticleError      an article cannot be read, added, found or removed
│   ├── FileError     a file holds nothing that can be read as an article
│   ├── PresentError  the text is an article already
│   └── UnknownArticleError   there is no article of that id
├── QuestionError     the question is empty or too long
├── IndexingError     the index folder cannot be written, or was built for another model
├── BusyError         somebody else is changing the articles or the index; worth another try
└── ModelError        an embedding model cannot be loaded
"""

from __future__ import annotations

from assistant.types import Language


class AssistantError(Exception):
    """Carries its message in both languages; `str()` is English."""

    def __init__(self, en: str, ko: str) -> None:
        super().__init__(en)
        self.messages: dict[Language, str] = {"en": en, "ko": ko}

    def message(self, language: Language) -> str:
        return self.messages[language]


class SettingsError(AssistantError):
    """A setting has a value that is not allowed."""


class ArticleError(AssistantError):
    """An article cannot be read, added, found or removed."""


class FileError(ArticleError):
    """A file holds nothing that can be read as an article; `reason` is a word for programs, such as "password"."""

    def __init__(self, en: str, ko: str, reason: str) -> None:
        super().__init__(en, ko)
        self.reason = reason


class PresentError(ArticleError):
    """The text is an article already; `id` is that article's."""

    def __init__(self, id: str) -> None:
        super().__init__(f"This text is already there: {id}.", f"같은 글이 이미 있어요: {id}.")
        self.id = id


class UnknownArticleError(ArticleError):
    """There is no article of that id."""


class QuestionError(AssistantError):
    """The question cannot be asked as it stands."""


class IndexingError(AssistantError):
    """The index cannot be opened, written or trusted."""


class BusyError(AssistantError):
    """Somebody else is changing the articles or the index; `process` is the id of that process, where it is known."""

    def __init__(self, process: int | None) -> None:
        en = f"Process {process}" if process else "Another process"
        ko = f"프로세스 {process}에서" if process else "다른 프로세스에서"
        super().__init__(
            f"{en} is changing the articles or their index. Nothing was done here; try again in a moment.",
            f"{ko} 글이나 색인을 바꾸고 있어요. 여기서는 아무것도 하지 않았으니 잠시 뒤 다시 시도해 주세요.",
        )
        self.process = process


class ModelError(AssistantError):
    """An embedding model cannot be loaded."""
