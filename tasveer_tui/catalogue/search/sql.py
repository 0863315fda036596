"""A piece of SQL with its parameters. Values from outside are only ever parameters."""

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
    """Columns of `image` that it reads, besides the id."""
    index_column: str = ""
    """The column by which an index alone could answer it."""
    is_id_list: bool = False
    """It is a list of ids found elsewhere, so it should lead the search."""
    ids: tuple[str, tuple[Parameter, ...]] | None = None
    """A select of at least those ids, and its parameters, where it is such a list alone."""
    rest: Sql | None = None
    """What must hold besides of an image whose id is one of `ids`."""
    list_cost_us: float = 0.3
    """About what listing one of these ids takes, in millionths of a second."""
    row_cost_us: float = 2.0
    """The same of asking one image whether it fits; reading its row is the most of it."""


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
    """In a choice, an index would give images in no order: a plus keeps SQLite from it."""
    return f"+{part.text}" if word == "OR" and part.index_column else part.text


def _combined_ids(parts: tuple[Sql, ...], word: str) -> tuple[str, tuple[Parameter, ...]] | None:
    """All of them lie in the ids of any of parts joined by AND; in those of all, by OR."""
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
    """What the list of `_ids_of` leaves open."""
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
    """The conditions joined, as one that nothing else is known of."""
    known = tuple(parts)
    return Sql(
        "(" + f" {word} ".join(_disable_index_in_or(part, word) for part in known) + ")",
        tuple(value for part in known for value in part.parameters),
        frozenset().union(*(part.columns for part in known)),
    )


def ids_in(select: Sql) -> Sql:
    """Images whose id a sub-select yields."""
    return Sql(
        f"i.id IN ({select.text})",
        select.parameters,
        is_id_list=True,
        ids=(select.text, select.parameters),
    )


def between(expression: str, low: float, high: float, columns: frozenset[str]) -> Sql:
    """A number from `low` to `high`; absent ones lie below every bound that is given here."""
    plain = expression.removeprefix("i.")
    return Sql(
        f"{expression} BETWEEN ? AND ?",
        (low, high),
        columns,
        index_column=plain if plain in columns else "",
    )
