"""Writes search text: a term for a value, a term added to a search. Light to import."""

from __future__ import annotations

import re
from typing import Final

MAX_REGEX_LENGTH: Final = 190
"""Characters of a regular expression in a search."""

_ORDER_BY: Final = re.compile(r"(?:^|\s)order\s+by(?=\s|$)", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_OR: Final = re.compile(r"(?:^|[\s)])or(?=[\s(]|$)", re.IGNORECASE)
_UNQUOTED_VALUE: Final = re.compile(r"[\w./+@:-]*[\w./+@-]")
"""Texts that need no quotes as a value."""
_UNQUOTED_PREFIX: Final = re.compile(r"(?![/*])[A-Za-z0-9_./+@=-]+")
_NOT_PRINTABLE_ASCII: Final = re.compile(r"[^ -~]+")


def quote(value: str) -> str:
    """Put a text into quotes, so that nothing in it is taken for language."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def format_value(text: str) -> str:
    """The text as a value, in quotes where it needs them."""
    return text if _UNQUOTED_VALUE.fullmatch(text) and ".." not in text else quote(text)


def exact_term(name: str, text: str) -> str:
    """A term for the field's being just this text, in characters that can be shown."""
    if text and text.isprintable():
        return f"{name}={quote(text)}"
    pattern = "".join(map(_escape_for_regex, text))
    if 0 < len(pattern) <= MAX_REGEX_LENGTH:
        return f"{name}:/^{pattern}$/"
    longest = max(_NOT_PRINTABLE_ASCII.split(text), key=len)
    return f"{name}:{quote(longest)}" if longest else f"has:{name}"


def prefix_term(prefix: str) -> str:
    """A term for keys that begin so; for a very long or odd prefix, keys that contain a part."""
    if not prefix:
        return "has:path"  # every image has one
    if _UNQUOTED_PREFIX.fullmatch(prefix):
        return f"path:{prefix}*"
    pattern = "".join(map(_escape_for_regex, prefix))
    if len(pattern) < MAX_REGEX_LENGTH:
        return f"path:/^{pattern}/"
    return f"path:{quote(max(_NOT_PRINTABLE_ASCII.split(prefix), key=len))}"


def direct_children_term(prefix: str) -> str:
    """A term for keys that have no further slash, where they begin with the prefix."""
    if not prefix or _UNQUOTED_PREFIX.fullmatch(prefix):
        return f"-path:{prefix}*/*"
    pattern = "".join(map(_escape_for_regex, prefix))
    return rf"-path:/^{pattern}.*\//" if len(pattern) < MAX_REGEX_LENGTH else "has:path"


def _escape_for_regex(char: str) -> str:
    if not char.isprintable():
        return r"\s" if char.isspace() else "."
    return r"\/" if char == "/" else re.escape(char)


def split_order(text: str) -> tuple[str, str]:
    """Take a search apart: what to find, and `order by …` or nothing."""
    bare = _QUOTED.sub(lambda match: "_" * len(match[0]), text)
    match = _ORDER_BY.search(bare)
    if match is None:
        return text.strip(), ""
    return text[: match.start()].strip(), text[match.start() :].strip()


def add_term(text: str, term: str) -> str:
    """Add a term that must hold besides; what has an OR gets parentheses first."""
    wanted, order = split_order(text)
    return " ".join(filter(None, (parenthesize_or(wanted), parenthesize_or(term), order)))


def parenthesize_or(text: str) -> str:
    """The same in parentheses where an OR in it would reach beyond it."""
    return f"({text})" if _OR.search(_QUOTED.sub("_", text)) else text
