"""What can be set from outside: environment variables `ASSISTANT_…`, or the same names in a file `.env`.

Read by `app.py`, `cli.py` and `Assistant.open()` only; everything else takes plain arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError
from assistant.types import Language

PREFIX = "ASSISTANT_"

_ALLOWED: dict[str, dict[Language, str]] = {
    "corpus": {"en": "a folder", "ko": "폴더"},
    "indexes": {"en": "a folder", "ko": "폴더"},
    "embedding_model": {
        "en": "`bundled`, or the name or folder of a sentence-transformers model",
        "ko": "`bundled` 또는 sentence-transformers 모델의 이름이나 폴더",
    },
    "chroma": {
        "en": "the address of a Chroma server, such as `http://10.0.0.5:8000`",
        "ko": "`http://10.0.0.5:8000` 같은 Chroma 서버 주소",
    },
    "llm": {
        "en": "provider:model, such as `ollama:qwen3:8b`, by the names of LangChain's `init_chat_model`",
        "ko": "LangChain `init_chat_model`의 이름으로 `ollama:qwen3:8b` 같은 제공자:모델",
    },
    "live": {"en": "`on` or `off`", "ko": "`on` 또는 `off`"},
    "fred_key": {"en": "a text", "ko": "글자"},
    "sec_contact": {"en": "an e-mail address", "ko": "이메일 주소"},
    "host": {"en": "a host name or address", "ko": "호스트 이름이나 주소"},
    "port": {"en": "a whole number from 1 to 65535", "ko": "1부터 65535까지의 정수"},
    "password": {"en": "a text", "ko": "글자"},
    "read_only": {"en": "`on` or `off`", "ko": "`on` 또는 `off`"},
}


class Settings(BaseSettings):
    """All settings with their defaults; an empty value counts as none. Made by `Settings.load()`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    corpus: Path = Path("corpus")
    indexes: Path = Path("indexes")
    embedding_model: str = "bundled"
    chroma: AnyHttpUrl | None = None
    llm: str | None = Field(default=None, pattern=r"^[a-z0-9_]+:\S+$")
    live: Literal["on", "off"] = "on"
    fred_key: SecretStr | None = None
    sec_contact: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    password: SecretStr | None = None
    read_only: Literal["on", "off"] = "off"

    @classmethod
    def load(cls) -> Self:
        """Return the settings of this process; raises SettingsError naming each wrong variable and what it may be."""
        try:
            return cls()
        except ValidationError as error:
            problems = [(str(problem["loc"][0]), problem["input"]) for problem in error.errors()]
            raise SettingsError(
                " ".join(_wrong(name, value)["en"] for name, value in problems),
                " ".join(_wrong(name, value)["ko"] for name, value in problems),
            ) from error
        except UnicodeDecodeError as error:
            raise SettingsError("The file .env is not UTF-8.", ".env 파일이 UTF-8이 아니에요.") from error


def _wrong(name: str, value: object) -> dict[Language, str]:
    variable, allowed = PREFIX + name.upper(), _ALLOWED[name]
    return {
        "en": f"{variable} is {value!r}; allowed: {allowed['en']}.",
        "ko": f"{variable} 값이 {value!r}인데, {allowed['ko']}만 쓸 수 있어요.",
    }
