"""The search language: text to tree, tree to SQL, SQL to images. Never writes.

The grammar and the tree are loaded when something is first parsed; importing this room does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tasveer_tui.catalogue.search.finder import Finder, Row, Summary
    from tasveer_tui.catalogue.search.tree import Query

__all__ = ["Finder", "Query", "Row", "Summary", "parse"]

_HOMES: Final = {"Finder": "finder", "Query": "tree", "Row": "finder", "Summary": "finder"}


def parse(text: str) -> Query:
    """Understand a search. Only spaces means every image.

    Raises:
        QueryError: it cannot be understood; knows the column and what was expected there.

    """
    from tasveer_tui.catalogue.search import parser

    return parser.parse(text)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
