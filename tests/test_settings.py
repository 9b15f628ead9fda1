"""Settings from the environment and from .env."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import _ALLOWED, Settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ASSISTANT_{name.upper()}", raising=False)
    return tmp_path


def test_defaults_need_no_environment() -> None:
    settings = Settings.load()
    assert (settings.corpus, settings.indexes) == (Path("corpus"), Path("indexes"))
    assert (settings.embedding_model, settings.host, settings.port) == ("bundled", "127.0.0.1", 7860)
    assert settings.password is None


def test_environment_wins_over_the_file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / ".env").write_text(
        "ASSISTANT_PORT=8000\nASSISTANT_CORPUS=글\nASSISTANT_LATER=1\nOTHER=2\n", "utf-8"
    )
    monkeypatch.setenv("ASSISTANT_PORT", "9000")
    settings = Settings.load()
    assert (settings.port, settings.corpus) == (9000, Path("글"))


def test_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PORT", "")
    assert Settings.load().port == 7860


@pytest.mark.parametrize("value", ["many", "0", "70000", "7860.5"])
def test_wrong_value_names_variable_value_and_what_is_allowed(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PORT", value)
    with pytest.raises(SettingsError) as raised:
        Settings.load()
    for message in raised.value.messages.values():
        assert "ASSISTANT_PORT" in message and repr(value) in message and "65535" in message


@pytest.mark.parametrize("value", ["localhost", "10.0.0.5:8000", "ftp://10.0.0.5", "http://", "http://host:99999"])
def test_chroma_server_is_an_address(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CHROMA", value)
    with pytest.raises(SettingsError) as raised:
        Settings.load()
    for message in raised.value.messages.values():
        assert "ASSISTANT_CHROMA" in message and repr(value) in message and "http://10.0.0.5:8000" in message
    monkeypatch.setenv("ASSISTANT_CHROMA", "https://chroma.internal")
    assert str(Settings.load().chroma) == "https://chroma.internal/"


@pytest.mark.parametrize("value", ["qwen3", "ollama:", ":qwen3", "ollama qwen3", "ollama: qwen3"])
def test_language_model_is_a_provider_and_a_model(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LLM", value)
    with pytest.raises(SettingsError) as raised:
        Settings.load()
    for message in raised.value.messages.values():
        assert "ASSISTANT_LLM" in message and repr(value) in message and "ollama:qwen3:8b" in message
    monkeypatch.setenv("ASSISTANT_LLM", "ollama:qwen3:8b")
    assert Settings.load().llm == "ollama:qwen3:8b"


def test_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PASSWORD", "secret-word")
    settings = Settings.load()
    assert "secret-word" not in repr(settings)
    assert settings.password is not None and settings.password.get_secret_value() == "secret-word"


def test_file_in_another_encoding_is_refused(empty_folder: Path) -> None:
    (empty_folder / ".env").write_bytes("ASSISTANT_CORPUS=글".encode("cp949"))
    with pytest.raises(SettingsError, match="UTF-8"):
        Settings.load()


def test_every_setting_says_what_is_allowed() -> None:
    assert set(_ALLOWED) == set(Settings.model_fields)
