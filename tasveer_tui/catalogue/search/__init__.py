"""The search language: text to tree, tree to SQL, SQL to images. Never writes.

`parse` loads the grammar when it is first called; importing this room does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.catalogue.search.tree import Query

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.finder import Finder, Row, Summary

__all__ = ["Finder", "Query", "Row", "Summary", "parse"]


def parse(text: str) -> Query:
    """Understand a search. Only spaces means every image.

    Raises:
        QueryError: it cannot be understood; knows the column and what was expected there.

    """
    from tasveer_tui.catalogue.search import parser

    return parser.parse(text)


def __getattr__(name: str) -> object:
    if name in ("Finder", "Row", "Summary"):
        from tasveer_tui.catalogue.search import finder

        return getattr(finder, name)
    raise AttributeError(name)
