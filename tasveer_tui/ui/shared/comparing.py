"""Several objects' reports side by side, tag by tag; and that as text and as JSON. Pure."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasveer_tui.ui.shared.inspection import Entry, Report

_Place: TypeAlias = tuple[str, str, int]
"""Group, name, and the how many-eth of this name in its group it is."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Row:
    """One tag of every object."""

    group: str
    name: str
    entries: tuple[Entry | None, ...]
    """In the order of the objects; None where one has no such tag."""

    @property
    def differs(self) -> bool:
        """Whether not all objects say the same."""
        return len({_said(entry) for entry in self.entries}) > 1

    @property
    def is_tag(self) -> bool:
        """Whether it is one of the file, not a line that tells what tags or S3 say."""
        return any(entry is not None and entry.is_tag for entry in self.entries)

    def text(self, index: int, *, is_raw: bool = False) -> str:
        """What the object says; as it stands in the file, where that is wanted and known."""
        entry = self.entries[index]
        if entry is None:
            return ""
        return (entry.raw or entry.value) if is_raw else entry.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tags of several objects, groups and tags in the order of the inspector."""

    titles: tuple[str, ...]
    rows: tuple[Row, ...]

    def chosen(self, *, is_all: bool) -> tuple[Row, ...]:
        """Every row, or those that differ."""
        return self.rows if is_all else tuple(row for row in self.rows if row.differs)


def _said(entry: Entry | None) -> tuple[str, str] | None:
    return None if entry is None else (entry.value, entry.raw)


def compared(reports: Sequence[Report]) -> Comparison:
    """Lay reports side by side."""
    found = [dict(_placed(report.entries)) for report in reports]
    groups = _merged([list(dict.fromkeys(place[0] for place in each)) for each in found])
    places = [
        place
        for group in groups
        for place in _merged([[place for place in each if place[0] == group] for each in found])
    ]
    rows = (Row(place[0], place[1], tuple(each.get(place) for each in found)) for place in places)
    return Comparison(tuple(report.title for report in reports), tuple(rows))


def _placed(entries: Iterable[Entry]) -> Iterator[tuple[_Place, Entry]]:
    seen = Counter[tuple[str, str]]()
    for entry in entries:
        place = (entry.group, entry.name)
        yield (*place, seen[place]), entry
        seen[place] += 1


def _merged(orders: Iterable[Sequence[_T]]) -> list[_T]:
    """All that occur, each behind what it stands behind where it was first seen."""
    merged: list[_T] = []
    for order in orders:
        known, at = set(merged), 0
        for one in order:
            if one in known:
                at = merged.index(one) + 1
            else:
                merged.insert(at, one)
                at += 1
    return merged


def as_text(titles: Sequence[str], rows: Sequence[Row], *, is_raw: bool = False) -> str:
    """Lines with tabs between, as spreadsheets take them; the titles of groups between."""
    lines = ["\t".join(["", *titles])]
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(group)
        texts = (row.text(index, is_raw=is_raw) for index in range(len(titles)))
        lines.append("\t".join([row.name, *texts]))
    return "\n".join(lines)


def as_json(titles: Sequence[str], rows: Sequence[Row]) -> str:
    """A list of images, each with its tags by group; value, and raw where it says more."""
    images = []
    for index, title in enumerate(titles):
        groups: dict[str, dict[str, object]] = {}
        for row in rows:
            if (entry := row.entries[index]) is not None:
                put(groups.setdefault(row.group, {}), entry)
        images.append({"name": title, "tags": groups})
    return json.dumps(images, indent=1, ensure_ascii=False)


def put(group: dict[str, object], entry: Entry) -> None:
    """Add a tag to what JSON holds of its group; equal names are counted."""
    name, number = entry.name, 1
    while name in group:
        number += 1
        name = f"{entry.name} {number}"
    value = entry.value
    group[name] = {"value": value, entry.raw_title: entry.raw} if entry.raw else value
