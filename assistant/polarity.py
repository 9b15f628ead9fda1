"""Which way a sentence says that things go, and whether it denies: up, down, not.

Words alone, in both languages: a sentence that turns a statement round without such a word is not seen through.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.language import LANGUAGES
from assistant.types import Language

Direction = Literal["up", "down"]

_DIRECTIONS: dict[Direction, dict[Language, str]] = {
    "up": {
        "ko": "오르|오른|오를|올라|올랐|상승|증가|늘어|늘었|늘고|늘면|늘릴|성장|확대|개선|높아|웃돌"
        "|앞서|앞섰|앞선|급등|급증",
        "en": r"\b(?:ris(?:e|es|ing|en)|rose|increas\w*|grow\w*|grew|gain\w*|climb\w*|outperform\w*|beat\w*|surg\w*"
        r"|expan\w*|improv\w*|rall(?:y|ied|ies)|higher)\b",
    },
    "down": {
        "ko": "내리|내린|내려|내렸|내릴|하락|감소|줄어|줄었|줄고|줄이|줄면|축소|둔화|악화|낮아|낮추|낮췄|밑돌|뒤처|뒤졌"
        "|인하|떨어|급락|약화",
        "en": r"\b(?:fall\w*|fell|declin\w*|decreas\w*|drop\w*|shr[iau]nk\w*|lose[sr]?|losing|lost|weaken\w*"
        r"|underperform\w*|cuts?|cutting|slow\w*|worsen\w*|reduc\w*|lower\w*|lag\w*)\b",
    },
}
_DENIALS: dict[Language, str] = {
    "ko": "않|없|못하|못한|못할|아니|아닌|아닙|(?<![가-힣])안 (?=[가-힣])",
    "en": r"\b(?:not|no|never|neither|nor|without|cannot|none)\b|n't\b",
}


def directions(text: str) -> frozenset[Direction]:
    """Return the directions that the text speaks of."""
    return frozenset(direction for direction, pattern in _PATTERNS.items() if pattern.search(text))


def denies(text: str) -> bool:
    return bool(_DENYING.search(text))


def _either(words: dict[Language, str]) -> re.Pattern[str]:
    return re.compile("|".join(words[language] for language in LANGUAGES), re.IGNORECASE)


_PATTERNS = {direction: _either(words) for direction, words in _DIRECTIONS.items()}
_DENYING = _either(_DENIALS)
