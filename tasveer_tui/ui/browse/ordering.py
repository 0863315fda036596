"""In which order the objects of a prefix are shown. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasveer_tui.records import ObjectRef


class SortColumn(Enum):
    """The columns, by their titles."""

    NAME = "name"
    SIZE = "size"
    TIME = "modified (UTC)"


@dataclass(frozen=True, slots=True)
class SortOrder:
    """By which column, and which way."""

    column: SortColumn = SortColumn.NAME
    is_descending: bool = False

    @property
    def is_default(self) -> bool:
        """As the server lists them."""
        return self == SortOrder()

    def next(self) -> SortOrder:
        """By the column that follows: the largest and the newest first."""
        columns = list(SortColumn)
        column = columns[(columns.index(self.column) + 1) % len(columns)]
        return SortOrder(column, is_descending=column is not SortColumn.NAME)

    def reversed(self) -> SortOrder:
        """The other way round."""
        return dataclasses.replace(self, is_descending=not self.is_descending)

    def sorted(self, refs: Sequence[ObjectRef]) -> list[ObjectRef]:
        """The objects, which come in the order of their names; equals stay in it."""
        if self.column is SortColumn.NAME:
            return list(reversed(refs)) if self.is_descending else list(refs)
        key: Callable[[ObjectRef], float] = _size if self.column is SortColumn.SIZE else _time
        return sorted(refs, key=key, reverse=self.is_descending)


def _size(ref: ObjectRef) -> float:
    return ref.size_bytes


def _time(ref: ObjectRef) -> float:
    return ref.modified_at
