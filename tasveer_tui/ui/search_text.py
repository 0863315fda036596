"""Pieces of search text: a term for a value, a term put into a search, an order put behind it.

Knows the language's surface only; whether a search is right, the catalogue's parser says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.command_line import PROGRAM
from tasveer_tui.ui.command_line import quoted as shell_word

if TYPE_CHECKING:
    from tasveer_tui.records import Tag

REGEX_LIMIT: Final = 190
"""Characters of a regular expression in a search."""

_ORDER = re.compile(r"(?:^|\s)order\s+by(?=\s|$)", re.IGNORECASE)
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_OR = re.compile(r"(?:^|[\s)])or(?=[\s(]|$)", re.IGNORECASE)


def quoted(value: str) -> str:
    """Put a text into quotes, so that nothing in it is taken for language."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def exactly(name: str, value: str) -> str:
    """Write a term for the field's being just this text, in characters that can be shown."""
    if value and value.isprintable():
        return f"{name}={quoted(value)}"
    pattern = "".join(map(_in_regex, value))
    if 0 < len(pattern) <= REGEX_LIMIT:
        return f"{name}:/^{pattern}$/"
    longest = max(re.split(r"[^ -~]+", value), key=len)
    return f"{name}:{quoted(longest)}" if longest else f"has:{name}"


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
    """Add a term that must hold besides; a search with OR gets parentheses first."""
    wanted, order = split_order(text)
    if _OR.search(_QUOTED.sub("_", wanted)):
        wanted = f"({wanted})"
    return " ".join(filter(None, (wanted, term, order)))


def ordered(text: str, name: str, *, is_descending: bool) -> str:
    """Order by this field instead of whatever the search says."""
    wanted, _ = split_order(text)
    return f"{wanted} order by {name}{' desc' if is_descending else ''}".strip()


def search_command(text: str) -> str:
    """Write the command line that searches the same."""
    words = [PROGRAM, "search"]
    if text.startswith("-"):
        words.append("--")  # else it would be taken for an option
    return " ".join(map(shell_word, [*words, text] if text else words))


def same_value(tag: Tag) -> str:
    """A term for every image with this value in this tag; empty where none can say it."""
    from tasveer_tui.catalogue.fields import FAMILIES, has_group

    if isinstance(tag.value, list):
        return ""
    family = next((name for name in FAMILIES if has_group(name, tag.group)), "")
    if not family or not _NAME.fullmatch(tag.name):
        return ""
    name = f"{family}.{tag.name}"
    return exactly(name, tag.value) if isinstance(tag.value, str) else f"{name}={tag.value}"
