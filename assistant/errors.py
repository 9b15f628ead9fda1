"""The exceptions that callers may catch; abstaining is not one of them.

AssistantError        anything this package refuses or cannot do; `str(error)` says what happened and what to do
├── SettingsError     a setting from the environment has a value that is not allowed
├── ArticleError      an article cannot be read, added, found or removed
│   └── UnknownArticleError   there is no article of that id
├── QuestionError     the question is empty or too long
├── IndexingError     the index folder cannot be written, or was built for another model
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


class UnknownArticleError(ArticleError):
    """There is no article of that id."""


class QuestionError(AssistantError):
    """The question cannot be asked as it stands."""


class IndexingError(AssistantError):
    """The index cannot be opened, written or trusted."""


class ModelError(AssistantError):
    """An embedding model cannot be loaded."""
