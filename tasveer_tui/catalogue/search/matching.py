"""Conditions on one text: contains, equals, wildcards, regular expressions, order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search.sql import Sql
from tasveer_tui.catalogue.search.tree import Compare, Op, Regex, Wildcard
from tasveer_tui.catalogue.texts import fold

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.tree import Member

_MAX_STARS: Final = 3
"""The time of LIKE grows with the power of its stars; `wildcard` takes linear time."""
_LIKE_SPECIAL: Final = re.compile(r"[%_\\]")


def test(expression: str, member: Member) -> Sql:
    """Whether the text fits; an empty text never does."""
    match member:
        case Wildcard(pattern=pattern):
            return _wildcard(expression, pattern)
        case Regex():
            return _present(expression, "{} REGEXP ?", member.pattern)
        case Compare(op=Op.HAS, value=str(needle)):
            return _folded(expression, fold(needle), "%{}%", "instr(fold({}), ?) > 0")
        case Compare(op=Op.EQ, value=str(needle)):
            return _folded(expression, fold(needle), "{}", "fold({}) = ?")
        case Compare(op=op, value=str(needle)):
            return _present(expression, f"fold({{}}) {op.value} ?", fold(needle))
        case _:
            raise AssertionError(member)


def begins(expression: str, needle: str) -> Sql:
    """Whether the text begins with a folded text."""
    return _folded(expression, needle, "{}%", "instr(fold({}), ?) = 1")


def not_ascii(expression: str) -> str:
    """Whether SQLite cannot fold the text by itself; it holds of those with NUL, too."""
    return f"length({expression}) <> length(CAST({expression} AS BLOB))"


def _present(expression: str, condition: str, value: str) -> Sql:
    return Sql(f"({expression} <> '' AND {condition.format(expression)})", (value,))


def _wildcard(expression: str, pattern: str) -> Sql:
    own = _present(expression, "wildcard(?, {})", pattern)
    if not pattern.isascii() or len(re.findall(r"\*+", pattern)) > _MAX_STARS:
        return own
    others = f"({not_ascii(expression)} AND {own.text})"
    like = _LIKE_SPECIAL.sub(r"\\\g<0>", pattern).replace("?", "_")
    like = re.sub(r"\*+", "%", like)
    # `*` alone fits everything but an absent text.
    return Sql(
        f"({expression} <> '' AND ({expression} LIKE ? ESCAPE '\\' OR {others}))",
        (like, *own.parameters),
    )


def _folded(expression: str, needle: str, like: str, condition: str) -> Sql:
    """SQLite's own LIKE for texts in ASCII, five times as fast, and `fold` for the others."""
    others = f"({not_ascii(expression)} AND {condition.format(expression)})"
    if not needle.isascii():
        return Sql(others, (needle,))
    pattern = like.format(_LIKE_SPECIAL.sub(r"\\\g<0>", needle))
    return Sql(f"({expression} LIKE ? ESCAPE '\\' OR {others})", (pattern, needle))
