"""The search language: text to tree, tree to SQL, SQL to images. Never writes.

The grammar and the tree are loaded when something is first parsed; importing this room does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui import lazy

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.ast import Query
    from tasveer_tui.catalogue.search.explain import Explanation
    from tasveer_tui.catalogue.search.finder import Finder, Row, Summary

__all__ = ["Explanation", "Finder", "Query", "Row", "Summary", "parse"]

__getattr__ = lazy.names(
    __name__,
    {
        "ast": ("Query",),
        "explain": ("Explanation",),
        "finder": ("Finder", "Row", "Summary"),
    },
)


def parse(text: str) -> Query:
    """Understand a search. Only spaces means every image.

    Raises:
        QueryError: it cannot be understood; knows the column and what was expected there.

    """
    from tasveer_tui.catalogue.search import parser

    return parser.parse(text)
