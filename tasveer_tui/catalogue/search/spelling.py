"""Writes search text: a term for a value, a term added to a search. Light to import."""

from __future__ import annotations

import re
from typing import Final

REGEX_LIMIT: Final = 190
"""Characters of a regular expression in a search."""

_ORDER: Final = re.compile(r"(?:^|\s)order\s+by(?=\s|$)", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_OR: Final = re.compile(r"(?:^|[\s)])or(?=[\s(]|$)", re.IGNORECASE)
_BARE: Final = re.compile(r"[\w./+@:-]*[\w./+@-]")
"""Texts that need no quotes as a value."""
_BARE_PREFIX: Final = re.compile(r"(?![/*])[A-Za-z0-9_./+@=-]+")
_PLAIN: Final = re.compile(r"[^ -~]+")


def quoted(value: str) -> str:
    """Put a text into quotes, so that nothing in it is taken for language."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def value(text: str) -> str:
    """The text as a value, in quotes where it needs them."""
    return text if _BARE.fullmatch(text) and ".." not in text else quoted(text)


def exactly(name: str, text: str) -> str:
    """A term for the field's being just this text, in characters that can be shown."""
    if text and text.isprintable():
        return f"{name}={quoted(text)}"
    pattern = "".join(map(_in_regex, text))
    if 0 < len(pattern) <= REGEX_LIMIT:
        return f"{name}:/^{pattern}$/"
    longest = max(_PLAIN.split(text), key=len)
    return f"{name}:{quoted(longest)}" if longest else f"has:{name}"


def under(prefix: str) -> str:
    """A term for keys that begin so; for a very long or odd prefix, keys that contain a part."""
    if not prefix:
        return "has:path"  # every image has one
    if _BARE_PREFIX.fullmatch(prefix):
        return f"path:{prefix}*"
    pattern = "".join(map(_in_regex, prefix))
    if len(pattern) < REGEX_LIMIT:
        return f"path:/^{pattern}/"
    return f"path:{quoted(max(_PLAIN.split(prefix), key=len))}"


def not_below(prefix: str) -> str:
    """A term for keys that have no further slash, where they begin with the prefix."""
    if not prefix or _BARE_PREFIX.fullmatch(prefix):
        return f"-path:{prefix}*/*"
    pattern = "".join(map(_in_regex, prefix))
    return rf"-path:/^{pattern}.*\//" if len(pattern) < REGEX_LIMIT else "has:path"


def _in_regex(char: str) -> str:
    if not char.isprintable():
        return r"\s" if char.isspace() else "."
    return r"\/" if char == "/" else re.escape(char)


def split_order(text: str) -> tuple[str, str]:
    """Take a search apart: what to find, and `order by …` or nothing."""
    bare = _QUOTED.sub(lambda match: "_" * len(match[0]), text)
    match = _ORDER.search(bare)
    if match is None:
        return text.strip(), ""
    return text[: match.start()].strip(), text[match.start() :].strip()


def narrowed(text: str, term: str) -> str:
    """Add a term that must hold besides; what has an OR gets parentheses first."""
    wanted, order = split_order(text)
    return " ".join(filter(None, (grouped(wanted), grouped(term), order)))


def grouped(text: str) -> str:
    """The same in parentheses where an OR in it would reach beyond it."""
    return f"({text})" if _OR.search(_QUOTED.sub("_", text)) else text
