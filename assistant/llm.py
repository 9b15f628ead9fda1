"""A provider's chat model: messages in, pieces of text out, or a reason why there are none.

LangChain's chat models live here. Knows nothing of prompts, of what the text means, or of what may be shown. What a
provider says in an error is neither logged nor passed on, because it may quote the key.

Structured output is not asked for. Tried with LangChain's `with_structured_output`: a JSON schema does stream, as dicts
that grow, but a server that ignores the option and writes plain text then gives nothing at all, and one that does not
know it refuses the call, so that a second one delays the first sentence; calls of functions give nothing either where
text comes. Plain sentences with markers come through everywhere, as they are written, and are checked all the same.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from functools import cache, partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, cast

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

GAP_SECONDS = 60.0
"""How long to wait for a connection, and between two signs of life: a model on a small machine reads slowly."""
WHOLE_SECONDS = 180.0
MOST_CHARACTERS = 12_000
MOST_TOKENS = 4_000

Message = tuple[Literal["system", "human", "ai"], str]
Reason = Literal[
    "timeout", "rate_limit", "key", "network", "unknown_model", "refused", "endless", "empty", "package", "stopped",
    "failed",
]  # fmt: skip

_STATUS: dict[int, Reason] = {
    401: "key", 403: "key", 404: "unknown_model", 408: "timeout", 429: "rate_limit", 504: "timeout",
}  # fmt: skip
_HTTP_CLIENTS = ("aiohttp", "httpcore", "httpx", "httpx2")
_log = logging.getLogger(__name__)


class ChatFailure(Exception):
    """The model gave no reply, or no end of it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


_Pieces = SimpleQueue[str | None]


class ChatModel:
    """One model by its name, `provider:model`; made by `load_chat`, safe to use from several threads.

    Without `chat`, every call fails for the reason given.
    """

    def __init__(
        self, name: str, chat: BaseChatModel | None, whole: float = WHOLE_SECONDS, reason: Reason = "failed"
    ) -> None:
        self.name = name
        self._chat = chat
        self._whole = whole
        self._reason: Reason = reason
        self._calls: set[Future[ChatFailure | None]] = set()

    def close(self) -> None:
        """End the calls that run."""
        for call in self._calls.copy():
            call.cancel()

    def stream(self, messages: Sequence[Message], stop: Future[None] | None = None) -> Iterator[str]:
        """Yield the reply piece by piece, as it comes; raises ChatFailure.

        Closing the iterator ends the call and its connection, and so does `stop`, from any thread, once it is done.
        """
        if self._chat is None:
            raise ChatFailure(self._reason)
        pieces: _Pieces = SimpleQueue()
        call = asyncio.run_coroutine_threadsafe(self._read(self._chat, messages, pieces), _loop())
        self._calls.add(call)
        call.add_done_callback(lambda _: pieces.put(None))
        call.add_done_callback(self._calls.discard)
        if stop is not None:
            stop.add_done_callback(lambda _: call.cancel())
        try:
            while (piece := pieces.get()) is not None:
                yield piece
        finally:
            call.cancel()
        if failure := ChatFailure("stopped") if call.cancelled() else call.result():
            raise failure

    async def _read(self, chat: BaseChatModel, messages: Sequence[Message], pieces: _Pieces) -> ChatFailure | None:
        """Put the reply's pieces where they are waited for, within the limits of time and length; return a failure."""
        size = 0
        try:
            async with _all_closing(), asyncio.timeout(self._whole), aclosing(_chunks(chat, messages)) as chunks:
                async for chunk in chunks:
                    _mind_cancelling()
                    size += len(chunk.text)
                    if size > MOST_CHARACTERS:
                        raise ChatFailure("endless")
                    if _is_refusal(chunk):
                        raise ChatFailure("refused")
                    pieces.put(chunk.text)
            if not size:
                raise ChatFailure("empty")
        except ChatFailure as failure:
            _log.warning("the language model %s failed: %s", self.name, failure.reason)
            return failure
        except Exception as error:  # each provider has errors of its own
            return _failure(self.name, error)
        return None


def load_chat(name: str, gap: float = GAP_SECONDS, whole: float = WHOLE_SECONDS) -> ChatModel:
    """Return the model of a name such as "ollama:qwen3:8b", with keys and addresses from the provider's own variables.

    Raises SettingsError for a name that LangChain cannot have. A package or key that is missing is a reason why calls
    fail: the assistant can do without.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    limits: dict[str, Any] = {"timeout": gap, "max_retries": 0, "max_tokens": MOST_TOKENS}
    try:
        return ChatModel(name, init_chat_model(model, model_provider=provider, **limits), whole)
    except ImportError:
        _log.warning("the package for the language model %s is not installed", name)
        return ChatModel(name, None, reason="package")
    except Exception as error:  # each provider has errors of its own
        if str(error).startswith("Unsupported provider"):
            raise _unknown(name, str(error).rpartition(": ")[2]) from None
        failure = _failure(name, error)
        return ChatModel(name, None, reason="key" if failure.reason == "failed" else failure.reason)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The one loop on which all calls run: providers keep connections, and a connection belongs to its loop."""
    loop = asyncio.new_event_loop()
    loop.call_soon(partial(sys.set_asyncgen_hooks, firstiter=_note_begun))
    threading.Thread(target=loop.run_forever, name="language-model", daemon=True).start()
    return loop


_begun: ContextVar[list[AsyncGenerator[Any]]] = ContextVar("begun")


def _note_begun(generator: AsyncGenerator[Any]) -> None:
    _begun.get([]).append(generator)


@asynccontextmanager
async def _all_closing() -> AsyncIterator[None]:
    """Close every generator that the call has begun, the libraries' own too.

    A provider's client leaves those between it and the connection to the garbage collector, which may run at any time
    in any thread, and finds them at work ("async generator already executing").
    """
    begun: list[AsyncGenerator[Any]] = []
    _begun.set(begun)
    try:
        yield
    finally:
        for generator in begun:
            await generator.aclose()


def _mind_cancelling() -> None:
    """Raise the cancellation, of a limit or of the reader, that Python 3.11's `wait_for` drops where a chunk comes."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _chunks(chat: BaseChatModel, messages: Sequence[Message]) -> AsyncGenerator[Any]:
    """Yield the reply's chunks; a server that cannot stream is asked again for the whole."""
    came = False
    try:
        # Closed here and now: one that is left to the garbage collector ends where no loop runs.
        async with aclosing(cast("AsyncGenerator[Any]", chat.astream(list(messages)))) as chunks:
            async for chunk in chunks:
                came = True
                yield chunk
    except ValueError:  # LangChain's word for a stream without a chunk
        if came:
            raise
    if not came:
        yield await chat.ainvoke(list(messages))


def _is_refusal(chunk: Any) -> bool:
    filtered = chunk.response_metadata.get("finish_reason") == "content_filter"
    return filtered or bool(chunk.additional_kwargs.get("refusal"))


def _failure(name: str, error: Exception) -> ChatFailure:
    """The reason behind a provider's error, which is logged by its type and place alone."""
    reason = _reason(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{place.filename}:{place.lineno}"
    _log.warning("the language model %s failed: %s (%s, %s)", name, reason, type(error).__name__, where)
    return ChatFailure(reason)


def _reason(error: Exception) -> Reason:
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    if isinstance(status, int) and status in _STATUS:
        return _STATUS[status]
    kind = type(error)
    if isinstance(error, TimeoutError) or "Timeout" in kind.__name__:
        return "timeout"
    from_client = kind.__module__.partition(".")[0] in _HTTP_CLIENTS
    return "network" if isinstance(error, OSError) or from_client or "Connection" in kind.__name__ else "failed"


def _unknown(name: str, providers: str) -> SettingsError:
    return SettingsError(
        f"ASSISTANT_LLM is {name!r}; allowed: provider:model, such as ollama:qwen3:8b, with one of these providers: "
        f"{providers}.",
        f"ASSISTANT_LLM 값이 {name!r}인데, ollama:qwen3:8b처럼 제공자:모델로 적어요. 제공자: {providers}.",
    )
