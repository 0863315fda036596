"""In which order the objects of a prefix are shown. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasveer_tui.records import ObjectRef


class Column(Enum):
    """The columns, by their titles."""

    NAME = "name"
    SIZE = "size"
    TIME = "modified (UTC)"


@dataclass(frozen=True, slots=True)
class Order:
    """By which column, and which way."""

    column: Column = Column.NAME
    is_down: bool = False

    @property
    def is_plain(self) -> bool:
        """As the server lists them."""
        return self == Order()

    def next(self) -> Order:
        """By the column that follows: the largest and the newest first."""
        columns = list(Column)
        column = columns[(columns.index(self.column) + 1) % len(columns)]
        return Order(column, is_down=column is not Column.NAME)

    def reversed(self) -> Order:
        """The other way round."""
        return dataclasses.replace(self, is_down=not self.is_down)

    def sorted(self, refs: Sequence[ObjectRef]) -> list[ObjectRef]:
        """The objects, which come in the order of their names; equals stay in it."""
        if self.column is Column.NAME:
            return list(reversed(refs)) if self.is_down else list(refs)
        key: Callable[[ObjectRef], float] = _size if self.column is Column.SIZE else _time
        return sorted(refs, key=key, reverse=self.is_down)


def _size(ref: ObjectRef) -> float:
    return ref.size_bytes


def _time(ref: ObjectRef) -> float:
    return ref.modified_at
