"""Ask about US small-cap ETFs in Korean or English and get exact, cited answers."""

from assistant.errors import (
    ArticleError,
    AssistantError,
    BusyError,
    IndexingError,
    ModelError,
    QuestionError,
    SettingsError,
    UnknownArticleError,
)
from assistant.service import Assistant
from assistant.types import Answer, Article, Citation, Figure, Hit, Passage

__all__ = [
    "Answer",
    "Article",
    "ArticleError",
    "Assistant",
    "AssistantError",
    "BusyError",
    "Citation",
    "Figure",
    "Hit",
    "IndexingError",
    "ModelError",
    "Passage",
    "QuestionError",
    "SettingsError",
    "UnknownArticleError",
]
