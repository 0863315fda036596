"""What Browse does with the line under the cursor: bookmark, copy, count, download."""

from __future__ import annotations

import dataclasses
from os.path import commonprefix
from typing import TYPE_CHECKING

from tasveer_tui.ui.browse.prefix_counts import PrefixCounter
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import CopyText, ShowNote

if TYPE_CHECKING:
    from pathlib import Path

    from textual.screen import Screen

    from tasveer_tui.records import JobSpec, Source
    from tasveer_tui.ui.browse.addresses import CopySource
    from tasveer_tui.ui.browse.bookmarks import Bookmark
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.navigator import Navigator
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.kit.pick import Choice

NO_BOOKMARKS = "No bookmarks yet. b bookmarks the prefix under the cursor."


class LineActions:
    """Actions on one line of one Browse screen."""

    def __init__(
        self,
        screen: Screen[None],
        state: BrowseState,
        navigator: Navigator,
        tree: BucketTree,
        objects: ObjectList,
    ) -> None:
        self._screen = screen
        self._state = state
        self._navigator = navigator
        self._objects = objects
        self.counter = PrefixCounter(screen, state, self._whole_prefix, tree.refresh)

    # ----------------------------------------------------------------- bookmarks

    def toggle_bookmark(self) -> None:
        """Bookmark the prefix under the cursor, or remove its bookmark."""
        from tasveer_tui.ui.browse.bookmarks import Bookmark

        node = self._navigator.node
        if node is None:
            return
        bookmark = Bookmark(node.source, node.prefix, self._navigator.current_access)
        folder = workspace(self._screen).options.state_dir
        background(self._screen).run(
            self._screen,
            "bookmark",
            lambda: _toggle_bookmark(folder, bookmark),
            self._screen.post_message,
        )

    def list_bookmarks(self) -> None:
        """Let the user pick a bookmark, and open it."""
        from tasveer_tui.ui.browse import bookmarks

        folder = workspace(self._screen).options.state_dir
        background(self._screen).run(
            self._screen, "bookmarks", lambda: bookmarks.load(folder), self._pick_bookmark
        )

    def _pick_bookmark(self, bookmarks: list[Bookmark]) -> None:
        from tasveer_tui.ui.kit.pick import Choice, PickScreen

        if not bookmarks:
            self._screen.post_message(ShowNote(NO_BOOKMARKS))
            return
        choices = [Choice(bookmark.uri, _access_text(bookmark)) for bookmark in bookmarks]
        self._screen.app.push_screen(
            PickScreen("Bookmarks", choices, hint="b on a prefix adds or removes a bookmark."),
            lambda index: self._open_bookmark(bookmarks, index),
        )

    def _open_bookmark(self, bookmarks: list[Bookmark], index: int | None) -> None:
        if index is not None and index >= 0:
            self._navigator.open_location(bookmarks[index].uri, bookmarks[index].access)

    # ------------------------------------------------------------------ counting

    def _whole_prefix(self, source: Source, prefix: str) -> JobSpec:
        """Everything below a prefix, whatever is selected."""
        spec = self._navigator.selection_spec(source)
        return dataclasses.replace(
            spec, prefixes=(prefix,), keys=(), without_prefixes=(), without_keys=(), force=True
        )

    def toggle_count(self) -> None:
        """Count what is below the prefix under the cursor, or stop counting."""
        node = self._navigator.node
        if node is not None:
            self.counter.toggle(node.source, node.prefix)

    # --------------------------------------------------------------- downloading

    def download(self) -> None:
        """Open the download sheet for the selection, or for the line under the cursor."""
        from tasveer_tui.ui.browse.download import DownloadScreen

        line = self._line()
        if line is None:
            return
        spec = self._navigator.selection_spec(line.source)
        if not self._state.selection(line.source):
            spec = dataclasses.replace(
                spec,
                prefixes=(line.path,) if line.ref is None else (),
                keys=() if line.ref is None else (line.path,),
            )
        below = commonprefix([_parent(path) for path in (*spec.prefixes, *spec.keys)])  # noqa: RUF071 - cut at a slash below
        # All objects, not only those that look like images: the user selected them.
        self._screen.app.push_screen(
            DownloadScreen(dataclasses.replace(spec, include=("*",)), below[: below.rfind("/") + 1])
        )

    # ------------------------------------------------------------------- copying

    def copy(self) -> None:
        """Let the user pick what to copy of the line under the cursor."""
        from tasveer_tui.ui.browse.addresses import copy_choices
        from tasveer_tui.ui.kit.pick import PickScreen

        line = self._line()
        if line is None:
            return
        choices = copy_choices(line)
        self._screen.app.push_screen(
            PickScreen("Copy", choices), lambda index: self._copy(line, choices, index)
        )

    def _line(self) -> CopySource | None:
        from tasveer_tui.ui.browse.addresses import CopySource

        node = self._navigator.node
        if node is None:
            return None
        ref = self._objects.ref if self._navigator.rows is self._objects else None
        return CopySource(node.source, node.prefix if ref is None else ref.key, ref)

    def _copy(self, line: CopySource, choices: list[Choice], index: int | None) -> None:
        if index is None or index < 0:
            return
        from tasveer_tui.ui.browse.addresses import copy_text

        label = choices[index].label
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "copy",
            lambda: copy_text(space, line, label),
            lambda text: self._screen.post_message(CopyText(text, f"the {label}")),
        )


def _parent(path: str) -> str:
    """The prefix that contains a key or prefix."""
    return path[: path.rstrip("/").rfind("/") + 1]


def _toggle_bookmark(folder: Path, bookmark: Bookmark) -> ShowNote:
    """Add the bookmark, or remove it. Blocks."""
    from tasveer_tui.ui.browse import bookmarks

    saved = bookmarks.load(folder)
    others = [b for b in saved if (b.source, b.prefix) != (bookmark.source, bookmark.prefix)]
    is_new = len(others) == len(saved)
    try:
        bookmarks.save(folder, [*others, bookmark] if is_new else others)
    except OSError as error:
        return ShowNote(f"Cannot write the bookmarks: {error.strerror}.", is_warning=True)
    if is_new:
        return ShowNote(f"Bookmark added: {bookmark.uri}. B lists the bookmarks.")
    return ShowNote(f"Bookmark removed: {bookmark.uri}.")


def _access_text(bookmark: Bookmark) -> str:
    """How a bookmarked location is reached."""
    access = bookmark.access
    parts = (
        access.endpoint_url,
        f"profile {access.profile}" if access.profile else "",
        "unsigned" if access.is_anonymous else "",
    )
    return " · ".join(filter(None, parts))
