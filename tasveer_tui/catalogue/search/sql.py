"""A piece of SQL with its parameters. Untrusted values are always parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Parameter: TypeAlias = str | int | float

UPPER_BOUND: Final = 9e17


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition over the image `i`, never NULL, or another part of a statement."""

    text: str
    parameters: tuple[Parameter, ...] = ()
    columns: frozenset[str] = frozenset()
    """Columns of `image` that it reads, except the id."""
    index_column: str = ""
    """The column whose index alone can answer it."""
    is_id_list: bool = False
    """It is a list of ids from another table, so it should be evaluated first."""
    ids: tuple[str, tuple[Parameter, ...]] | None = None
    """A select of at least these ids, and its parameters, if it is only such a list."""
    rest: Sql | None = None
    """What else must hold for an image in `ids`."""
    list_cost_us: float = 0.3
    """CPU time in µs to list one of these ids."""
    row_cost_us: float = 2.0
    """CPU time in µs to test one image; most of it is to read its row."""


ALWAYS_TRUE: Final = Sql("1")


def join_conditions(parts: Iterable[Sql], word: str) -> Sql:
    """The conditions joined by `AND` or `OR`."""
    known = tuple(parts)
    return Sql(
        "(" + f" {word} ".join(_disable_index_in_or(part, word) for part in known) + ")",
        tuple(value for part in known for value in part.parameters),
        frozenset().union(*(part.columns for part in known)),
        is_id_list=(any if word == "AND" else all)(part.is_id_list for part in known),
        ids=_combined_ids(known, word),
        rest=_combined_rest(known, word),
        list_cost_us=max((part.list_cost_us for part in known if part.ids), default=0.3),
        row_cost_us=sum(part.row_cost_us for part in known),
    )


def _disable_index_in_or(part: Sql, word: str) -> str:
    """Inside OR an index would lose the order; a unary plus keeps SQLite from using it."""
    return f"+{part.text}" if word == "OR" and part.index_column else part.text


def _combined_ids(parts: tuple[Sql, ...], word: str) -> tuple[str, tuple[Parameter, ...]] | None:
    """The ids of one part for AND; the union of all parts for OR."""
    lists = [part.ids for part in parts if part.ids]
    if word == "AND":
        return lists[0] if lists else None
    if len(lists) < len(parts):
        return None
    return (
        " UNION ALL ".join(text for text, _ in lists),
        tuple(value for _, values in lists for value in values),
    )


def _combined_rest(parts: tuple[Sql, ...], word: str) -> Sql | None:
    """The conditions that the id list does not cover."""
    at = next((at for at, part in enumerate(parts) if part.ids), None)
    if word == "OR":
        is_open = any(part.rest for part in parts)
        return _join_plain(parts, word) if is_open else None
    if at is None:
        return None
    left = parts[at].rest
    open_ = (*([left] if left else []), *parts[:at], *parts[at + 1 :])
    return _join_plain(open_, word) if open_ else None


def _join_plain(parts: Iterable[Sql], word: str) -> Sql:
    """The joined conditions without their properties."""
    known = tuple(parts)
    return Sql(
        "(" + f" {word} ".join(_disable_index_in_or(part, word) for part in known) + ")",
        tuple(value for part in known for value in part.parameters),
        frozenset().union(*(part.columns for part in known)),
    )


def ids_in(select: Sql) -> Sql:
    """Images whose id is in a sub-select."""
    return Sql(
        f"i.id IN ({select.text})",
        select.parameters,
        is_id_list=True,
        ids=(select.text, select.parameters),
    )


def between(expression: str, low: float, high: float, columns: frozenset[str]) -> Sql:
    """A number from `low` to `high`; absent numbers are below every bound."""
    plain = expression.removeprefix("i.")
    return Sql(
        f"{expression} BETWEEN ? AND ?",
        (low, high),
        columns,
        index_column=plain if plain in columns else "",
    )
