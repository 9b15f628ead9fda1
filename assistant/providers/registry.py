"""All providers, put together; importing and constructing them reaches for nothing."""

from __future__ import annotations

from pathlib import Path

from assistant.providers.blackrock import BlackRock
from assistant.providers.fred import Fred
from assistant.providers.invesco import Invesco
from assistant.providers.provider import Provider
from assistant.providers.sec import Sec
from assistant.providers.ssga import Ssga
from assistant.providers.vanguard import Vanguard
from assistant.providers.yahoo import Yahoo


def all_providers(cache: Path, fred_key: str | None = None, sec_contact: str | None = None) -> tuple[Provider, ...]:
    """Return the providers, issuers first; the SEC, which wants a contact address, only where one is given.

    Yahoo's cookies are kept in the folder `cache`.
    """
    issuers: tuple[Provider, ...] = (BlackRock(), Vanguard(), Ssga(), Invesco())
    sec: tuple[Provider, ...] = (Sec(sec_contact),) if sec_contact else ()
    return (*issuers, Yahoo(cache), Fred(fred_key), *sec)
