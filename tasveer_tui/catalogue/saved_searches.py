"""Searches that people keep under a name, and the ones they made last; both in the catalogue."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tasveer_tui.catalogue.search import parse
from tasveer_tui.catalogue.storage.text_codec import from_stored, to_stored
from tasveer_tui.errors import QueryError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

MAX_RECENT_SEARCHES: Final = 200
"""Recent searches."""
_NAME: Final = re.compile(r"\w[\w.-]{0,59}")
_REFERENCE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![^\s(-])@(\w[\w.-]*)(?=[\s)]|$)')
_MAX_DEPTH: Final = 8
"""Saved searches inside one another."""
_MAX_EXPANDED_CHARS: Final = 20_000
"""Characters that names may grow a search to; the parser's own limit is lower."""


class SavedSearch(NamedTuple):
    """A search under a name."""

    name: str
    query: str
    saved_at: float
    """Seconds since 1970."""


def list_saved(connection: sqlite3.Connection) -> tuple[SavedSearch, ...]:
    """All of them, by name."""
    rows = connection.execute("SELECT name, query, saved_at FROM saved_search ORDER BY name")
    return tuple(SavedSearch(from_stored(row[0]), from_stored(row[1]), row[2]) for row in rows)


def save(connection: sqlite3.Connection, name: str, query: str, now: float) -> None:
    """Keep a search under a name, in place of what had it before.

    Raises:
        UsageError: the name cannot be written behind an `@`.
        QueryError: the search, or one that it names, cannot be understood.

    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"“{name}” cannot be the name of a search.",
            "Use letters, digits, dots, hyphens and underscores, 60 at most.",
        )
    others = {each.name.casefold(): each.query for each in list_saved(connection)}
    others[name.casefold()] = query  # so that a search that names itself is found out
    parse(expand(query, others))
    sql = "INSERT OR REPLACE INTO saved_search (name, query, saved_at) VALUES (?, ?, ?)"
    connection.execute(sql, (name, to_stored(query), now))


def delete(connection: sqlite3.Connection, name: str) -> None:
    """Forget the search of this name.

    Raises:
        UsageError: there is none.

    """
    done = connection.execute("DELETE FROM saved_search WHERE name = ?", (to_stored(name),))
    if not done.rowcount:
        names = [each.name for each in list_saved(connection)]
        raise UsageError(f"There is no saved search “{name}”.", _hint(name, names))


def remember(connection: sqlite3.Connection, query: str, now: float) -> None:
    """Note that somebody searched this; only the last ones are kept."""
    sql = "INSERT OR REPLACE INTO recent_search (query, used_at) VALUES (?, ?)"
    connection.execute(sql, (to_stored(query), now))
    connection.execute(
        """DELETE FROM recent_search WHERE query IN (
             SELECT query FROM recent_search ORDER BY used_at DESC, query LIMIT -1 OFFSET ?)""",
        (MAX_RECENT_SEARCHES,),
    )


def recent(connection: sqlite3.Connection, limit: int) -> tuple[str, ...]:
    """The last searches, the newest first."""
    sql = "SELECT query FROM recent_search ORDER BY used_at DESC, query LIMIT ?"
    return tuple(from_stored(row[0]) for row in connection.execute(sql, (limit,)))


def has_references(text: str) -> bool:
    """Whether a search refers to a saved one."""
    return any(match[1] for match in _REFERENCE.finditer(text))


def expand(text: str, known: Mapping[str, str], depth: int = 0) -> str:
    """The search with each `@name` replaced by what is saved under it (names in lower case).

    A saved order holds where the search is that name alone.

    Raises:
        QueryError: nothing has the name, or searches name one another in a circle.

    """

    def of(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0]
        found = known.get(name.casefold())
        if found is None:
            message = f"There is no saved search “{name}”."
            raise QueryError(message, text, match.start(), _hint(name, list(known)))
        if depth >= _MAX_DEPTH:
            raise QueryError("Saved searches name one another without end.", text, match.start())
        return expand(found, known, depth + 1)

    alone = _REFERENCE.fullmatch(text.strip())
    if alone and alone[1]:
        return of(alone)
    whole = _REFERENCE.sub(lambda match: _as_subquery(of(match)) if match[1] else match[0], text)
    if len(whole) > _MAX_EXPANDED_CHARS:
        raise QueryError("The saved searches make it too long.", text, 0)
    return whole


def _as_subquery(query: str) -> str:
    """As a part of another search: without its order; an empty search finds everything."""
    from tasveer_tui.catalogue.search.formatter import split_order

    wanted, _ = split_order(query)
    return f"({wanted})" if wanted else "(has:path)"


def _hint(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name.casefold(), names, 1, 0.5)
    if close:
        return f"Did you mean @{close[0]}?"
    return "Quote it to search for the text, or see `tasveer-tui searches`."
