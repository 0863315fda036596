"""The bucket tree as a flat list of visible lines. Pure.

Each change returns a `Splice`, from which the widget computes the new line of its cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import Source
    from tasveer_tui.ui.browse.listing_model import Listing


class LineKind(Enum):
    """The kind of a line."""

    SOURCE = "source"
    PREFIX = "prefix"
    MORE = "more"
    """The listing is not complete: it loads, it failed, or there are more pages."""


@dataclass(eq=False, slots=True)
class Node:
    """A line of the tree and its children."""

    kind: LineKind
    source: Source
    prefix: str
    """On a MORE line, the prefix whose listing it continues."""
    depth: int = 0
    parent: Node | None = field(default=None, repr=False)
    listing: Listing | None = field(default=None, repr=False)
    children: list[Node] = field(default_factory=list, repr=False)
    more: Node | None = field(default=None, repr=False)
    """The MORE line after the children, unless the listing is complete."""
    is_expanded: bool = False
    is_pinned: bool = False
    """Whether it was opened by name before the listing reached it."""

    @property
    def name(self) -> str:
        """The last part of the prefix with its slash, or the bucket."""
        if self.kind is LineKind.SOURCE:
            return self.source.bucket
        parent = self.parent.prefix if self.parent else ""
        return self.prefix[len(parent) :]

    @property
    def is_leaf(self) -> bool:
        """Whether its complete listing has no prefixes."""
        listing = self.listing
        return listing is not None and listing.is_complete and not self.children


@dataclass(frozen=True, slots=True)
class Splice:
    """A change of the lines: at line `at`, `removed` lines were replaced by `added` lines."""

    at: int
    removed: int
    added: int

    def moved(self, line: int) -> int:
        """The new number of a line; of a removed line, that of the line in its place."""
        if line < self.at:
            return line
        if line < self.at + self.removed:
            return min(line, self.at + max(0, self.added - 1))
        return line + self.added - self.removed


UNCHANGED = Splice(0, 0, 0)


class TreeLines:
    """The roots and the children of every expanded node, as one list."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.lines: list[Node] = []

    def __len__(self) -> int:
        return len(self.lines)

    def add_roots(self, sources: Iterable[Source]) -> Splice:
        """Append the sources that are not in the tree."""
        known = {node.source for node in self.roots}
        new = [Node(LineKind.SOURCE, s, "") for s in dict.fromkeys(sources) if s not in known]
        self.roots.extend(new)
        return self._splice(len(self.lines), 0, new)

    def root(self, source: Source) -> Node | None:
        """The node of a source."""
        return next((node for node in self.roots if node.source == source), None)

    def index(self, node: Node) -> int:
        """The line of a node; -1 if it is not visible."""
        try:
            return self.lines.index(node)
        except ValueError:
            return -1

    # ------------------------------------------------------- expand and collapse

    def expand(self, node: Node, listing: Listing) -> Splice:
        """Show the children of a node."""
        if node.is_expanded:
            return UNCHANGED
        node.is_expanded = True
        if node.listing is not listing:
            self._set_listing(node, listing)
        return self._splice(self.index(node) + 1, 0, list(_visible_below(node)))

    def collapse(self, node: Node) -> Splice:
        """Hide the children of a node."""
        if not node.is_expanded:
            return UNCHANGED
        start = self.index(node) + 1
        count = self._count_below(node)
        node.is_expanded = False
        return self._splice(start, count, [])

    def reset(self, node: Node, listing: Listing) -> Splice:
        """Replace the listing of a node, and expand the node."""
        start = self.index(node) + 1
        count = self._count_below(node)
        self._set_listing(node, listing)
        node.is_expanded = True
        return self._splice(start, count, list(_visible_below(node)))

    def _count_below(self, node: Node) -> int:
        return sum(1 for _ in _visible_below(node)) if node.is_expanded else 0

    def _set_listing(self, node: Node, listing: Listing) -> None:
        old = {child.prefix: child for child in node.children}
        node.listing = listing
        node.children = [old.get(p) or _child(node, p) for p in listing.prefixes]
        self._set_more(node)

    # ----------------------------------------------------------------- new pages

    def add_page(self, node: Node) -> Splice:
        """Show the entries that the node's listing has gained."""
        listing = node.listing
        if listing is None:
            return UNCHANGED
        pinned = {child.prefix: child for child in node.children if child.is_pinned}
        if pinned:
            return self._merge(node, pinned)
        new = [_child(node, prefix) for prefix in listing.prefixes[len(node.children) :]]
        old_more = node.more
        node.children.extend(new)
        self._set_more(node)
        if not self._shows_below(node):
            return UNCHANGED
        at = self.index(old_more) if old_more else self.index(node) + 1
        lines = new if node.more is None else [*new, node.more]
        return self._splice(at, int(old_more is not None), lines)

    def _shows_below(self, node: Node) -> bool:
        return node.is_expanded and self.index(node) >= 0

    @staticmethod
    def child(node: Node, prefix: str) -> Node:
        """The child with this prefix, which must exist."""
        return next(child for child in node.children if child.prefix == prefix)

    def pin(self, node: Node, prefix: str) -> Splice:
        """Add a child by its prefix, even if the listing has not reached it."""
        if any(child.prefix == prefix for child in node.children):
            return UNCHANGED
        child = _child(node, prefix)
        child.is_pinned = True
        start, count = self.index(node) + 1, self._count_below(node)
        node.children.append(child)
        node.children.sort(key=_by_prefix)
        if not self._shows_below(node):
            return UNCHANGED
        return self._splice(start, count, list(_visible_below(node)))

    def _merge(self, node: Node, pinned: dict[str, Node]) -> Splice:
        """Do the same as `add_page` if there are pinned children, which keep their place."""
        start, count = self.index(node) + 1, self._count_below(node)
        listed = node.listing.prefixes if node.listing else []
        old = {child.prefix: child for child in node.children}
        node.children = [old.get(p) or _child(node, p) for p in listed]
        reached = set(listed)
        for prefix, child in pinned.items():
            child.is_pinned = prefix not in reached
            if child.is_pinned:
                node.children.append(child)
        node.children.sort(key=_by_prefix)
        self._set_more(node)
        if not self._shows_below(node):
            return UNCHANGED
        return self._splice(start, count, list(_visible_below(node)))

    @staticmethod
    def _set_more(node: Node) -> None:
        listing = node.listing
        if listing is None or listing.is_complete:
            node.more = None
        elif node.more is None:
            node.more = Node(LineKind.MORE, node.source, node.prefix, node.depth + 1, node)

    def _splice(self, at: int, removed: int, new: list[Node]) -> Splice:
        self.lines[at : at + removed] = new
        return Splice(at, removed, len(new))


def _by_prefix(node: Node) -> str:
    # S3 lists in the order of UTF-8 bytes, which is the order of code points.
    return node.prefix


def _child(node: Node, prefix: str) -> Node:
    return Node(LineKind.PREFIX, node.source, prefix, node.depth + 1, node)


def _visible_below(node: Node) -> Iterator[Node]:
    """The visible lines below a node. Not recursive: prefixes may nest a thousand levels deep."""
    if not node.is_expanded:
        return
    stack = [_lines_of(node)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        yield child
        if child.is_expanded:
            stack.append(_lines_of(child))


def _lines_of(node: Node) -> Iterator[Node]:
    yield from node.children
    if node.more is not None:
        yield node.more
