"""One collection of a Chroma server: vectors by id, over HTTP.

Speaks Chroma's HTTP interface, version 2, itself: the client of the package `chromadb` waits for ever, and takes 1.5 s
and 100 MB to import. Every failure is a ServerError. Knows nothing of passages or of when anything is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.certificates import tls_context

if TYPE_CHECKING:
    import httpx

Vectors = NDArray[np.float32]

BATCH = 256
PATIENCE = 2.0  # seconds that a question waits
_PATIENCE_IN_BACKGROUND = 10.0
_COLLECTIONS = "api/v2/tenants/default_tenant/databases/default_database/collections"
# With Chroma's default settings 4 to 5 % of records become unreachable without any error; with these none did.
_CONFIGURATION = {"hnsw": {"space": "cosine", "max_neighbors": 64, "ef_construction": 400, "ef_search": 400}}


class ServerError(Exception):
    """The server does not answer, or not as it should."""


class Collection:
    """Methods may be called from any thread; `open` comes first."""

    def __init__(self, url: str, name: str) -> None:
        """A user and password in the address are sent with each request; nothing is sent yet."""
        self._url = url.rstrip("/")
        self._name = name
        self._id = ""
        self._client: httpx.Client | None = None

    def open(self) -> None:
        """Find the collection, or make it; raises ServerError."""
        wanted = {"name": self._name, "get_or_create": True, "configuration": _CONFIGURATION}
        found = self._post("", wanted, _PATIENCE_IN_BACKGROUND)
        try:
            configuration = found["configuration_json"]
            space = (configuration.get("hnsw") or configuration["spann"])["space"]
            self._id = str(found["id"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ServerError(f"it is no Chroma server: {error!r}") from error
        if space != "cosine":
            raise ServerError(f"the collection {self._name} measures by {space}, not by cosine; delete it")

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return which of these ids are there."""
        found = self._post(f"/{self._id}/get", {"ids": ids, "include": []}, _PATIENCE_IN_BACKGROUND)
        return set(_ids(found))

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Put these in, in the place of what has the same id."""
        self._post(f"/{self._id}/upsert", {"ids": ids, "embeddings": vectors.tolist()}, _PATIENCE_IN_BACKGROUND)

    def remove(self, ids: Sequence[str]) -> None:
        self._post(f"/{self._id}/delete", {"ids": ids}, _PATIENCE_IN_BACKGROUND)

    def nearest(self, vectors: Vectors, k: int, patience: float = PATIENCE) -> list[list[str]]:
        """Return about k ids for each vector, nearest first."""
        wanted = {"query_embeddings": vectors.tolist(), "n_results": k, "include": []}
        found = _ids(self._post(f"/{self._id}/query", wanted, patience))
        if len(found) != len(vectors) or not all(isinstance(ids, list) for ids in found):
            raise ServerError(f"{len(vectors)} questions were asked, and the answer has {len(found)} lists")
        return [[str(id) for id in ids] for ids in found]

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _post(self, path: str, body: dict[str, Any], patience: float) -> Any:
        import httpx

        try:
            if self._client is None:
                # The address is given by hand, so that no proxy of the environment stands between.
                self._client = httpx.Client(verify=tls_context(), trust_env=False)
            reply = self._client.post(f"{self._url}/{_COLLECTIONS}{path}", json=body, timeout=patience)
            if not reply.is_success:
                raise ServerError(f"status {reply.status_code}: {reply.text[:200]}")
            return reply.json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise ServerError(f"{type(error).__name__}: {error}") from error


def collection_name(model: str, fingerprint: str, dimension: int) -> str:
    """Return a name that no other model has, so that vectors of two models never meet."""
    of_model = hashlib.blake2b(f"{model}\n{fingerprint}".encode(), digest_size=8).hexdigest()
    return f"passages-{of_model}-{dimension}"


def _ids(found: Any) -> list[Any]:
    try:
        return list(found["ids"])
    except (KeyError, TypeError) as error:
        raise ServerError(f"its answer names no ids: {error!r}") from error
