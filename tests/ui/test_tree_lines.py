"""The flat list of tree lines: pages, pins and splices."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.records import ObjectRef, Page, Source
from tasveer_tui.ui.browse.listing_model import Listing
from tasveer_tui.ui.browse.tree_lines import UNCHANGED, LineKind, Node, Splice, TreeLines

SOURCE = Source("", "photos")


def page(*prefixes: str, objects: int = 0, is_last: bool = False) -> Page:
    refs = tuple(ObjectRef(f"o{i}", 1) for i in range(objects))
    cursor = prefixes[-1] if prefixes else "o"
    return Page(prefixes, refs, cursor, is_last)


def tree_with(*prefixes: str, is_last: bool = True) -> tuple[TreeLines, Node]:
    tree = TreeLines()
    tree.add_roots([SOURCE])
    listing = Listing(SOURCE, "")
    listing.add(page(*prefixes, is_last=is_last))
    tree.expand(tree.roots[0], listing)
    return tree, tree.roots[0]


def names(tree: TreeLines) -> list[str]:
    return ["…" if node.kind is LineKind.MORE else node.name for node in tree.lines]


def test_an_expanded_node_shows_its_prefixes_and_a_more_line() -> None:
    tree, _ = tree_with("a/", "b/", is_last=False)
    assert names(tree) == ["photos", "a/", "b/", "…"]


def test_the_next_page_replaces_the_more_line() -> None:
    tree, root = tree_with("a/", is_last=False)
    assert root.listing is not None
    root.listing.add(page("b/", is_last=False))
    assert tree.add_page(root) == Splice(2, 1, 2)
    root.listing.add(page("c/", is_last=True))
    tree.add_page(root)
    assert names(tree) == ["photos", "a/", "b/", "c/"]


def test_a_page_of_a_hidden_node_is_shown_when_its_parent_is_expanded() -> None:
    tree, root = tree_with("a/")
    child = root.children[0]
    listing = Listing(SOURCE, "a/")
    listing.add(page("a/x/"))
    tree.expand(child, listing)
    tree.collapse(root)
    listing.add(page("a/y/", is_last=True))
    assert tree.add_page(child) == UNCHANGED
    assert root.listing is not None
    tree.expand(root, root.listing)
    assert names(tree) == ["photos", "a/", "x/", "y/"]


def test_collapsing_hides_every_line_below() -> None:
    tree, root = tree_with("a/", "b/")
    listing = Listing(SOURCE, "a/")
    listing.add(page("a/x/", "a/y/", is_last=False))
    tree.expand(root.children[0], listing)
    assert names(tree) == ["photos", "a/", "x/", "y/", "…", "b/"]
    assert tree.collapse(root) == Splice(1, 5, 0)
    assert names(tree) == ["photos"]


def test_a_pinned_prefix_is_shown_once_when_the_listing_reaches_it() -> None:
    tree, root = tree_with("b/", is_last=False)
    tree.pin(root, "m/")
    assert names(tree) == ["photos", "b/", "m/", "…"]
    assert root.listing is not None
    root.listing.add(page("k/", is_last=False))
    tree.add_page(root)
    assert names(tree) == ["photos", "b/", "k/", "m/", "…"]
    root.listing.add(page("m/", "z/", is_last=True))
    tree.add_page(root)
    assert names(tree) == ["photos", "b/", "k/", "m/", "z/"]
    assert not any(child.is_pinned for child in root.children)


def test_a_bucket_is_added_to_the_root_only_once() -> None:
    tree = TreeLines()
    tree.add_roots([SOURCE, SOURCE])
    assert tree.add_roots([SOURCE]) == Splice(1, 0, 0)
    assert names(tree) == ["photos"]


def test_the_name_of_an_empty_part_is_its_slash() -> None:
    tree, _ = tree_with("/", "a//")
    assert names(tree) == ["photos", "/", "a//"]


def test_a_node_is_a_leaf_only_if_its_complete_listing_has_no_prefix() -> None:
    tree, root = tree_with("a/", "b/")
    first, second = root.children
    full, part = Listing(SOURCE, "a/"), Listing(SOURCE, "b/")
    full.add(page(objects=3, is_last=True))
    part.add(page(objects=3, is_last=False))
    tree.expand(first, full)
    tree.expand(second, part)
    assert first.is_leaf
    assert not second.is_leaf
    assert names(tree) == ["photos", "a/", "b/", "…"]


def test_prefixes_nested_a_thousand_levels_deep_cause_no_recursion_error() -> None:
    tree, root = tree_with("d/")
    node = root.children[0]
    for depth in range(2, 1500):
        listing = Listing(SOURCE, node.prefix)
        listing.add(page("d/" * depth, is_last=True))
        tree.expand(node, listing)
        node = node.children[0]
    tree.collapse(root)
    assert root.listing is not None
    tree.expand(root, root.listing)
    assert len(tree) == 1500


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=25))
def test_a_splice_gives_the_new_number_of_every_line(steps: list[tuple[int, bool]]) -> None:
    tree, _ = tree_with("a/", "b/", "c/", is_last=False)
    for number, is_expanding in steps:
        node = tree.lines[number % len(tree)]
        before = list(tree.lines)
        if node.kind is LineKind.MORE:
            assert node.parent is not None
            holder = node.parent
            assert holder.listing is not None
            count = len(holder.listing.prefixes)
            holder.listing.add(page(f"{holder.prefix}n{count:03}/", is_last=number % 2 == 0))
            splice = tree.add_page(holder)
        elif is_expanding:
            listing = node.listing or Listing(SOURCE, node.prefix)
            if not listing.is_started:
                listing.add(page(f"{node.prefix}x/", f"{node.prefix}y/"))
            splice = tree.expand(node, listing)
        else:
            splice = tree.collapse(node)
        after = tree.lines
        for line, kept in enumerate(before):
            if kept in after:
                assert after[splice.moved(line)] is kept or splice.at <= line < (
                    splice.at + splice.removed
                )
