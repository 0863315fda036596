"""Search text to tree. Raises nothing but `QueryError`, whatever the text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import lark

from tasveer_tui.catalogue.search import transformer
from tasveer_tui.catalogue.search.ast import And, Everything, Not, Op, Or, OrderBy, Query
from tasveer_tui.catalogue.search.spans import SourceSpan, SpanKind
from tasveer_tui.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.catalogue.search.ast import Node

MAX_LENGTH: Final = 4000
"""Characters of a search."""
MAX_DEPTH: Final = 12
"""Parentheses inside each other; SQLite's own parser holds a hundred symbols."""
MAX_TERMS: Final = 250
"""Conditions, and members of lists, in one search."""

_TERM_TOKENS: Final = frozenset({"WORD", "QUOTED", "REGEX", "VALUE", "ITEM", "LAST"})
_CONDITION_START_TOKENS: Final = {"WORD", "FIELD"}
_WHITESPACE: Final = re.compile(r"\s")
_ESCAPED_CHARACTER: Final = re.compile(r'\\(["\\])')


def parse(text: str) -> Query:
    """Understand a search. Only spaces means every image.

    Raises:
        QueryError: it cannot be understood; knows the column and what was expected there.

    """
    # One for one, so that columns hold and the caret stands under its place.
    text = _WHITESPACE.sub(" ", text)
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
        raise _to_query_error(error, text) from error
    return replace(query, text=text)


@cache
def _parser() -> lark.Lark:
    """Built when first needed (50 ms), then shared: parsing keeps no state in it."""
    grammar = (resources.files(__package__) / "grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(grammar, parser="lalr", transformer=_AstBuilder(), postlex=_TokenLimits())


class _TokenLimits(lark.lark.PostLex):
    """Refuses what would nest or grow without end, token by token."""

    always_accept = ()

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        depth = count = 0
        for token in stream:
            depth += (token.type == "_OPEN") - (token.type == "_CLOSE")
            count += token.type in _TERM_TOKENS
            if depth > MAX_DEPTH:
                _to_span(token).fail(f"More than {MAX_DEPTH} parentheses inside each other.")
            if count > MAX_TERMS:
                _to_span(token).fail(f"More than {MAX_TERMS} conditions in one search.")
            yield token


@lark.v_args(inline=True)
class _AstBuilder(lark.Transformer[lark.Token, Query]):
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
        return transformer.build_text(_to_span(token))

    phrase = pattern = word

    def compare(self, name: lark.Token, op: lark.Token, value: lark.Token) -> Node:
        return transformer.build_compare(_to_span(name), Op(op), _to_span(value))

    def one_of(self, name: lark.Token, op: lark.Token, *items: SourceSpan) -> Node:
        return transformer.build_one_of(_to_span(name), Op(op), list(items))

    def item(self, token: lark.Token) -> SourceSpan:
        return _to_span(token)

    def order(self, *keys: OrderBy) -> tuple[OrderBy, ...]:
        return keys

    def key(self, name: lark.Token, direction: lark.Token | None) -> OrderBy:
        return transformer.build_order_by(_to_span(name), direction or "")


def _to_span(token: lark.Token) -> SourceSpan:
    column = token.start_pos or 0
    if token.type == "QUOTED":
        return SourceSpan(_ESCAPED_CHARACTER.sub(r"\1", token[1:-1]), column + 1, SpanKind.QUOTED)
    if token.type == "REGEX":
        return SourceSpan(token[1:-1], column + 1, SpanKind.REGEX)
    return SourceSpan(str(token), column)


def _to_query_error(error: lark.UnexpectedInput, text: str) -> QueryError:
    place: int | None = getattr(error, "pos_in_stream", None)
    column = min(max(place or 0, 0), len(text))
    if isinstance(error, lark.UnexpectedToken):
        expected = error.expected
        if error.token.type == "$END":
            return QueryError(_missing_message(expected), text, len(text.rstrip()))
        return QueryError(_unexpected_message(str(error.token), expected), text, column)
    return QueryError(_unreadable_message(text[column:], text[:column]), text, column, _QUOTE_HINT)


_QUOTE_HINT: Final = 'Put text with spaces, quotes or parentheses in double quotes: "a (b)".'


def _missing_message(expected: set[str]) -> str:
    if "VALUE" in expected:
        return "The operator needs a value behind it."
    if "NAME" in expected:
        return "“order by” needs a field behind it."
    if expected >= _CONDITION_START_TOKENS:
        return "A condition is missing at the end."
    return "A closing “)” is missing."


def _unexpected_message(found: str, expected: set[str]) -> str:
    if found == ")" and "WORD" not in expected and "_CLOSE" not in expected:
        return "This “)” has no “(” before it."
    if "VALUE" in expected:
        return f"A value was expected here, not “{found}”."
    if "NAME" in expected:
        return f"“order by” needs a field here, not “{found}”."
    if "DIRECTION" in expected:
        return f"“asc”, “desc” or a comma was expected here, not “{found}”."
    if expected >= _CONDITION_START_TOKENS:
        return f"A condition was expected here, not “{found}”."
    return f"“{found}” does not fit here."


def _unreadable_message(rest: str, before: str) -> str:
    if rest.startswith('"') and rest.count('"') % 2:
        return "This quotation mark has no partner."
    if rest[:1] in ('"', "("):
        return (
            f"A word cannot have “{rest[0]}” in it."
            if before[-1:].strip()
            else _unexpected_text_message(rest)
        )
    return _unexpected_text_message(rest)


def _unexpected_text_message(rest: str) -> str:
    word = rest.split(maxsplit=1)[0] if rest.strip() else rest
    return f"“{word[:40]}” does not fit here."
