"""What a site's robots.txt lets this program read (RFC 9309). Knows nothing of fetching it.

The standard library's parser knows no wildcards and takes the first rule that fits instead of the longest, so that it
reads what sites forbid and leaves what they allow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.fetching.urls import normal

_LINE = re.compile(r"\s*([a-z-]+)\s*:\s*([^#]*)", re.IGNORECASE)
_AGENT = re.compile(r"[a-z_-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A path with `*` for anything and perhaps `$` for the end, in the form of `urls.normal`."""

    path: str
    allows: bool

    def fits(self, target: str) -> bool:
        """Tell whether path and query of an address are under this rule; takes one pass, whatever the rule is."""
        anchored = self.path.endswith("$")
        first, *others = self.path.removesuffix("$").split("*")
        if not target.startswith(first):
            return False
        place = len(first)
        for part in others[:-1] if anchored else others:
            found = target.find(part, place)
            if found < 0:
                return False
            place = found + len(part)
        if not anchored:
            return True
        return target[place:].endswith(others[-1]) if others else place == len(target)


def may_read(robots: str, product: str, target: str) -> bool:
    """Tell whether the text of a robots.txt lets a program of this name read that path and query.

    The group that names the program counts, else the one for all; in it the longest rule that fits, and of two as long
    the one that allows. What no rule fits may be read.
    """
    groups = _groups(robots)
    rules = groups.get(product.lower(), groups.get("*", []))
    fitting = [rule for rule in rules if rule.fits(target)]
    return not fitting or max(fitting, key=lambda rule: (len(rule.path), rule.allows)).allows


def _groups(robots: str) -> dict[str, list[Rule]]:
    """Return the rules by program in lower case; groups that name the same program count together."""
    groups: dict[str, list[Rule]] = {}
    agents: list[str] = []
    naming = False  # whether the line before named a program: several such lines begin one group
    for line in robots.removeprefix("\ufeff").splitlines():
        parts = _LINE.match(line)
        if parts is None:
            continue
        key, value = parts[1].lower(), parts[2].strip()
        if key == "user-agent":
            agents = [*(agents if naming else []), _agent(value)]
            groups.setdefault(agents[-1], [])
            naming = True
        elif key in ("allow", "disallow"):
            naming = False
            if value:
                for agent in agents:
                    groups[agent].append(Rule(normal(value), key == "allow"))
    return groups


def _agent(value: str) -> str:
    """Return the name that a group is for, without version and remarks."""
    named = _AGENT.match(value)
    return named[0].lower() if named else value[:1]
