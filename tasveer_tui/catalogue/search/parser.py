"""Search text to tree. Raises nothing but `QueryError`, whatever the text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import lark

from tasveer_tui.catalogue.search import terms
from tasveer_tui.catalogue.search.pieces import Form, Piece
from tasveer_tui.catalogue.search.tree import (
    And,
    Everything,
    Not,
    Op,
    Or,
    OrderBy,
    Query,
)
from tasveer_tui.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.search.tree import Node

MAX_LENGTH: Final = 4000
"""Characters of a search."""
MAX_DEPTH: Final = 12
"""Parentheses inside each other; SQLite's own parser holds a hundred symbols."""
MAX_TERMS: Final = 250
"""Conditions, and members of lists, in one search."""

_TERMS: Final = frozenset({"WORD", "QUOTED", "REGEX", "VALUE", "ITEM", "LAST"})
_STARTS: Final = {"WORD", "FIELD"}
_AS_ONE_CHARACTER: Final = re.compile(r"\s")
_UNESCAPE: Final = re.compile(r'\\(["\\])')


def parse(text: str) -> Query:
    """Understand a search. Only spaces means every image.

    Raises:
        QueryError: it cannot be understood; knows the column and what was expected there.

    """
    # One for one, so that columns hold and the caret stands under its place.
    text = _AS_ONE_CHARACTER.sub(" ", text)
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"The search has {len(text)} characters; {MAX_LENGTH} are the most.", text, MAX_LENGTH
        )
    try:
        query: Query = _parser().parse(text)  # type: ignore[assignment]
    except QueryError as error:
        error.text = text
        raise
    except lark.UnexpectedInput as error:
        raise _explained(error, text) from error
    return replace(query, text=text)


@cache
def _parser() -> lark.Lark:
    """Built when first needed (50 ms), then shared: parsing keeps no state in it."""
    grammar = (resources.files(__package__) / "grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(grammar, parser="lalr", transformer=_Builder(), postlex=_Limits())


class _Limits(lark.lark.PostLex):
    """Refuses what would nest or grow without end, token by token."""

    always_accept = ()

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        depth = count = 0
        for token in stream:
            depth += (token.type == "_OPEN") - (token.type == "_CLOSE")
            count += token.type in _TERMS
            if depth > MAX_DEPTH:
                _piece(token).fail(f"More than {MAX_DEPTH} parentheses inside each other.")
            if count > MAX_TERMS:
                _piece(token).fail(f"More than {MAX_TERMS} conditions in one search.")
            yield token


@lark.v_args(inline=True)
class _Builder(lark.Transformer[lark.Token, Query]):
    """Called by the parser while it reads, innermost first; so nothing here recurses."""

    def start(self, where: Node | None, order: tuple[OrderBy, ...] | None) -> Query:
        return Query("", where or Everything(), order or ())

    def or_(self, left: Node, right: Node) -> Node:
        return Or((*(left.parts if isinstance(left, Or) else (left,)), right))

    def and_(self, left: Node, right: Node) -> Node:
        return And((*(left.parts if isinstance(left, And) else (left,)), right))

    def not_(self, part: Node) -> Node:
        return part.part if isinstance(part, Not) else Not(part)

    def word(self, token: lark.Token) -> Node:
        return terms.anywhere(_piece(token))

    phrase = pattern = word

    def compare(self, name: lark.Token, op: lark.Token, value: lark.Token) -> Node:
        return terms.compare(_piece(name), Op(op), _piece(value))

    def one_of(self, name: lark.Token, op: lark.Token, *items: Piece) -> Node:
        return terms.one_of(_piece(name), Op(op), list(items))

    def item(self, token: lark.Token) -> Piece:
        return _piece(token)

    def order(self, *keys: OrderBy) -> tuple[OrderBy, ...]:
        return keys

    def key(self, name: lark.Token, direction: lark.Token | None) -> OrderBy:
        return terms.order_by(_piece(name), direction or "")


def _piece(token: lark.Token) -> Piece:
    column = token.start_pos or 0
    if token.type == "QUOTED":
        return Piece(_UNESCAPE.sub(r"\1", token[1:-1]), column + 1, Form.QUOTED)
    if token.type == "REGEX":
        return Piece(token[1:-1], column + 1, Form.REGEX)
    return Piece(str(token), column)


def _explained(error: lark.UnexpectedInput, text: str) -> QueryError:
    place: int | None = getattr(error, "pos_in_stream", None)
    column = min(max(place or 0, 0), len(text))
    if isinstance(error, lark.UnexpectedToken):
        expected = error.expected
        if error.token.type == "$END":
            return QueryError(_missing(expected), text, len(text.rstrip()))
        return QueryError(_misplaced(str(error.token), expected), text, column)
    return QueryError(_unreadable(text[column:], text[:column]), text, column, _QUOTE_IT)


_QUOTE_IT: Final = 'Put text with spaces, quotes or parentheses in double quotes: "a (b)".'


def _missing(expected: set[str]) -> str:
    if "VALUE" in expected:
        return "The operator needs a value behind it."
    if "NAME" in expected:
        return "“order by” needs a field behind it."
    if expected >= _STARTS:
        return "A condition is missing at the end."
    return "A closing “)” is missing."


def _misplaced(found: str, expected: set[str]) -> str:
    if found == ")" and "WORD" not in expected and "_CLOSE" not in expected:
        return "This “)” has no “(” before it."
    if "VALUE" in expected:
        return f"A value was expected here, not “{found}”."
    if "NAME" in expected:
        return f"“order by” needs a field here, not “{found}”."
    if "DIRECTION" in expected:
        return f"“asc”, “desc” or a comma was expected here, not “{found}”."
    if expected >= _STARTS:
        return f"A condition was expected here, not “{found}”."
    return f"“{found}” does not fit here."


def _unreadable(rest: str, before: str) -> str:
    if rest.startswith('"') and rest.count('"') % 2:
        return "This quotation mark has no partner."
    if rest[:1] in ('"', "("):
        return f"A word cannot have “{rest[0]}” in it." if before[-1:].strip() else _odd(rest)
    return _odd(rest)


def _odd(rest: str) -> str:
    word = rest.split(maxsplit=1)[0] if rest.strip() else rest
    return f"“{word[:40]}” does not fit here."
