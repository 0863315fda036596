"""The bucket tree as a flat list of visible lines. Pure: no widget, no request.

Every change returns a `Splice`, so that whoever shows the lines can keep the cursor on its line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import Source
    from tasveer_tui.ui.browse.listing_model import Listing


class Kind(Enum):
    """What a line of the tree is."""

    SOURCE = "source"
    PREFIX = "prefix"
    MORE = "more"
    """There are further pages, or one is under way, or it failed."""


@dataclass(eq=False, slots=True)
class Node:
    """One line of the tree, and what hangs below it."""

    kind: Kind
    source: Source
    prefix: str
    """Of a MORE line, the prefix that it continues."""
    depth: int = 0
    parent: Node | None = field(default=None, repr=False)
    listing: Listing | None = field(default=None, repr=False)
    children: list[Node] = field(default_factory=list, repr=False)
    trailer: Node | None = field(default=None, repr=False)
    """The MORE line that stands after the children while there is more."""
    is_expanded: bool = False
    is_pinned: bool = False
    """Shown because it was asked for by name; its place in the listing is not reached yet."""

    @property
    def name(self) -> str:
        """The last part of the prefix with its slash, or the bucket."""
        if self.kind is Kind.SOURCE:
            return self.source.bucket
        above = self.parent.prefix if self.parent else ""
        return self.prefix[len(above) :]

    @property
    def is_leaf(self) -> bool:
        """It is known that there are no prefixes in it."""
        listing = self.listing
        return listing is not None and listing.is_complete and not self.children


@dataclass(frozen=True, slots=True)
class Splice:
    """From line `at`, `removed` lines went and `added` came."""

    at: int
    removed: int
    added: int

    def moved(self, line: int) -> int:
        """Where a line of before stands now."""
        if line < self.at:
            return line
        if line < self.at + self.removed:
            return min(line, self.at + max(0, self.added - 1))
        return line + self.added - self.removed


NOTHING = Splice(0, 0, 0)


class TreeLines:
    """The roots, and of every expanded node its children, in one list."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.lines: list[Node] = []

    def __len__(self) -> int:
        return len(self.lines)

    def add_roots(self, sources: Iterable[Source]) -> Splice:
        """Append the sources that are not there yet."""
        known = {node.source for node in self.roots}
        new = [Node(Kind.SOURCE, s, "") for s in dict.fromkeys(sources) if s not in known]
        self.roots.extend(new)
        return self._splice(len(self.lines), 0, new)

    def root(self, source: Source) -> Node | None:
        """The line of a source."""
        return next((node for node in self.roots if node.source == source), None)

    def index(self, node: Node) -> int:
        """The line on which a node is shown, -1 when it is not."""
        try:
            return self.lines.index(node)
        except ValueError:
            return -1

    # -------------------------------------------------------------- open and shut

    def expand(self, node: Node, listing: Listing) -> Splice:
        """Show what is known to be under a node."""
        if node.is_expanded:
            return NOTHING
        node.is_expanded = True
        if node.listing is not listing:
            self._adopt(node, listing)
        return self._splice(self.index(node) + 1, 0, list(_visible_below(node)))

    def collapse(self, node: Node) -> Splice:
        """Hide what is under a node; it is kept."""
        if not node.is_expanded:
            return NOTHING
        start = self.index(node) + 1
        count = self._count_below(node)
        node.is_expanded = False
        return self._splice(start, count, [])

    def reset(self, node: Node, listing: Listing) -> Splice:
        """Show another listing under a node: a fresh one, or one that seeks."""
        start = self.index(node) + 1
        count = self._count_below(node)
        self._adopt(node, listing)
        node.is_expanded = True
        return self._splice(start, count, list(_visible_below(node)))

    def _count_below(self, node: Node) -> int:
        return sum(1 for _ in _visible_below(node)) if node.is_expanded else 0

    def _adopt(self, node: Node, listing: Listing) -> None:
        old = {child.prefix: child for child in node.children}
        node.listing = listing
        node.children = [old.get(p) or _child(node, p) for p in listing.prefixes]
        self._set_trailer(node)

    # --------------------------------------------------------------------- growth

    def grown(self, node: Node) -> Splice:
        """Take in what came into the node's listing since the last time."""
        listing = node.listing
        if listing is None:
            return NOTHING
        known = {child.prefix: child for child in node.children if child.is_pinned}
        if known:
            return self._merge(node, known)
        new = [_child(node, prefix) for prefix in listing.prefixes[len(node.children) :]]
        old_trailer = node.trailer
        node.children.extend(new)
        self._set_trailer(node)
        if not self._shows_below(node):
            return NOTHING
        at = self.index(old_trailer) if old_trailer else self.index(node) + 1
        lines = new if node.trailer is None else [*new, node.trailer]
        return self._splice(at, int(old_trailer is not None), lines)

    def _shows_below(self, node: Node) -> bool:
        return node.is_expanded and self.index(node) >= 0

    @staticmethod
    def child(node: Node, prefix: str) -> Node:
        """The child with this prefix, which must be there."""
        return next(child for child in node.children if child.prefix == prefix)

    def pin(self, node: Node, prefix: str) -> Splice:
        """Show a child by its name, whether or not the listing has reached it."""
        if any(child.prefix == prefix for child in node.children):
            return NOTHING
        child = _child(node, prefix)
        child.is_pinned = True
        start, count = self.index(node) + 1, self._count_below(node)
        node.children.append(child)
        node.children.sort(key=_by_prefix)
        if not self._shows_below(node):
            return NOTHING
        return self._splice(start, count, list(_visible_below(node)))

    def _merge(self, node: Node, pinned: dict[str, Node]) -> Splice:
        """As `grown`, with children that stand there already out of their turn."""
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
        self._set_trailer(node)
        if not self._shows_below(node):
            return NOTHING
        return self._splice(start, count, list(_visible_below(node)))

    @staticmethod
    def _set_trailer(node: Node) -> None:
        listing = node.listing
        if listing is None or listing.is_complete:
            node.trailer = None
        elif node.trailer is None:
            node.trailer = Node(Kind.MORE, node.source, node.prefix, node.depth + 1, node)

    def _splice(self, at: int, removed: int, new: list[Node]) -> Splice:
        self.lines[at : at + removed] = new
        return Splice(at, removed, len(new))


def _by_prefix(node: Node) -> str:
    # Code points sort as their UTF-8 bytes do, which is the order of a listing.
    return node.prefix


def _child(node: Node, prefix: str) -> Node:
    return Node(Kind.PREFIX, node.source, prefix, node.depth + 1, node)


def _visible_below(node: Node) -> Iterator[Node]:
    """The lines under an expanded node, without recursion: keys nest a thousand deep."""
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
    if node.trailer is not None:
        yield node.trailer
