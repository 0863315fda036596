"""Actions on the line under the cursor: bookmark, copy, count, download."""

from __future__ import annotations

import dataclasses
import json
import logging
import shlex
from dataclasses import asdict, dataclass
from functools import partial
from os.path import commonprefix
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.records import Access, Source
from tasveer_tui.ui.browse.browse_state import PrefixCount
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit import state_file
from tasveer_tui.ui.kit.dialogs import MenuItem, MenuScreen
from tasveer_tui.ui.kit.messages import CopyText, ShowError, ShowNote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual.screen import Screen

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec, ObjectRef
    from tasveer_tui.ui.browse.browse_state import BrowseState
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.navigator import Navigator
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.workspace import Estimate, Workspace

log = logging.getLogger(__name__)

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
        node = self._navigator.node
        if node is None:
            return
        bookmark = Bookmark(node.source, node.prefix, self._navigator.current_access)
        folder = workspace(self._screen).options.state_dir
        background(self._screen).run(
            self._screen,
            f"bookmark {bookmark.uri}",
            lambda: _toggle_bookmark(folder, bookmark),
            self._screen.post_message,
        )

    def list_bookmarks(self) -> None:
        """Let the user pick a bookmark, and open it."""
        folder = workspace(self._screen).options.state_dir
        background(self._screen).run(
            self._screen, "bookmarks", lambda: load_bookmarks(folder), self._pick_bookmark
        )

    def _pick_bookmark(self, bookmarks: list[Bookmark]) -> None:
        if not bookmarks:
            self._screen.post_message(ShowNote(NO_BOOKMARKS))
            return
        items = [MenuItem(bookmark.uri, _access_text(bookmark)) for bookmark in bookmarks]
        self._screen.app.push_screen(
            MenuScreen("Bookmarks", items, hint="b on a prefix adds or removes a bookmark."),
            lambda index: self._open_bookmark(bookmarks, index),
        )

    def _open_bookmark(self, bookmarks: list[Bookmark], index: int | None) -> None:
        if index is not None and index >= 0:
            self._navigator.open_location(bookmarks[index].uri, bookmarks[index].access)

    # ------------------------------------------------------------------ counting

    def _whole_prefix(self, source: Source, prefix: str) -> JobSpec:
        """The job for everything below a prefix, regardless of the selection."""
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
        from tasveer_tui.ui.browse.download_sheet import DownloadSheet

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
        # Not only images: the user selected these objects.
        self._screen.app.push_screen(
            DownloadSheet(dataclasses.replace(spec, include=("*",)), below[: below.rfind("/") + 1])
        )

    # ------------------------------------------------------------------- copying

    def copy(self) -> None:
        """Let the user pick what to copy of the line under the cursor."""
        line = self._line()
        if line is None:
            return
        items = copy_items(line)
        self._screen.app.push_screen(
            MenuScreen("Copy", items), lambda index: self._copy(line, items, index)
        )

    def _line(self) -> Line | None:
        node = self._navigator.node
        if node is None:
            return None
        ref = self._objects.ref if self._navigator.active_list is self._objects else None
        return Line(node.source, node.prefix if ref is None else ref.key, ref)

    def _copy(self, line: Line, items: list[MenuItem], index: int | None) -> None:
        if index is None or index < 0:
            return
        label = items[index].label
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


# ------------------------------------------------------------------------ counting


class PrefixCounter:
    """Counts the objects below prefixes for one Browse screen."""

    def __init__(
        self,
        screen: Screen[None],
        state: BrowseState,
        spec: Callable[[Source, str], JobSpec],
        redraw: Callable[[], object],
    ) -> None:
        """`spec` is the job that covers a prefix; `redraw` shows the counts."""
        self._screen = screen
        self._counts = state.prefix_counts
        self._spec = spec
        self._redraw = redraw
        self._running: set[tuple[Source, str]] = set()

    @property
    def is_counting(self) -> bool:
        """Whether a count is running."""
        return bool(self._running)

    def toggle(self, source: Source, prefix: str) -> None:
        """Start to count a prefix, or stop counting it."""
        if (source, prefix) in self._running:
            self._stop(source, prefix)
        else:
            self._start(source, prefix)
        self._redraw()

    def stop(self) -> None:
        """Stop every running count."""
        for source, prefix in list(self._running):
            self._stop(source, prefix)
        self._redraw()

    def _stop(self, source: Source, prefix: str) -> None:
        background(self._screen).cancel(self._screen, _count_group(source, prefix))
        self._running.discard((source, prefix))
        count = self._counts[source, prefix]
        self._counts[source, prefix] = dataclasses.replace(count, is_stopped=True)

    def _start(self, source: Source, prefix: str) -> None:
        self._running.add((source, prefix))
        self._counts[source, prefix] = PrefixCount()
        space, spec = workspace(self._screen), self._spec(source, prefix)
        background(self._screen).stream(
            self._screen,
            _count_group(source, prefix),
            lambda: space.estimate(spec),
            partial(self._on_estimate, source, prefix),
            on_error=partial(self._on_error, source, prefix),
        )

    def _on_estimate(self, source: Source, prefix: str, estimate: Estimate) -> None:
        count = PrefixCount(estimate.objects, estimate.size_bytes, estimate.is_final)
        self._counts[source, prefix] = count
        if estimate.is_final:
            self._running.discard((source, prefix))
        self._redraw()

    def _on_error(self, source: Source, prefix: str, error: TasveerError) -> None:
        self._running.discard((source, prefix))
        self._counts.pop((source, prefix), None)
        self._screen.post_message(ShowError(error))
        self._redraw()


def _count_group(source: Source, prefix: str) -> str:
    return f"count {source} {prefix}"


# ------------------------------------------------------------------------- copying

KEY, PREFIX, URI, ETAG, URL = "key", "prefix", "location", "ETag", "URL"
COMMAND = "aws command"
LINKS: Final = {"link for 1 hour": 3_600, "link for 1 day": 86_400, "link for 7 days": 604_800}
"""Label → lifetime of the presigned link in seconds. S3 allows up to 7 days."""


@dataclass(frozen=True, slots=True)
class Line:
    """The line under the cursor: an object, or a prefix (without `ref`)."""

    source: Source
    path: str
    """The key or the prefix."""
    ref: ObjectRef | None = None

    @property
    def uri(self) -> str:
        """`s3://bucket/path`."""
        return self.source.uri(self.path)


def copy_items(line: Line) -> list[MenuItem]:
    """The menu of what can be copied."""
    name = PREFIX if line.ref is None else KEY
    items = [MenuItem(URI, line.uri), MenuItem(name, line.path)]
    if line.ref is None:
        return [*items, MenuItem(COMMAND, _aws_command(line))]
    return [
        *items,
        MenuItem(ETAG, line.ref.etag),
        MenuItem(COMMAND, _aws_command(line)),
        MenuItem(URL, "works only with access to the object"),
        *(MenuItem(label, "works for everyone who has it") for label in LINKS),
    ]


def copy_text(space: Workspace, line: Line, label: str) -> str:
    """The text of a menu item. Signing a link blocks. Raises StorageError."""
    if label in LINKS:
        return space.presign(line.source, line.path, LINKS[label])
    if label == URL:
        return space.presign(line.source, line.path, 1).partition("?")[0]
    texts = {
        URI: line.uri,
        KEY: line.path,
        PREFIX: line.path,
        ETAG: line.ref.etag if line.ref else "",
        COMMAND: _aws_command(line),
    }
    return texts[label]


def _aws_command(line: Line) -> str:
    """The command of the AWS CLI that downloads the line."""
    verb = "cp --recursive" if line.ref is None else "cp"
    endpoint = line.source.endpoint
    option = f" --endpoint-url {shlex.quote(endpoint)}" if endpoint else ""
    return f"aws s3 {verb} {shlex.quote(line.uri)} .{option}"


# ----------------------------------------------------------------------- bookmarks

BOOKMARKS_FILE: Final = "bookmarks.json"
_bookmarks_lock = Lock()
"""Held from reading the file to writing it, so that no bookmark is lost."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A location and how to reach it. It contains no secret."""

    source: Source
    prefix: str
    access: Access

    @property
    def uri(self) -> str:
        """`s3://bucket/prefix`."""
        return self.source.uri(self.prefix)


def load_bookmarks(folder: Path) -> list[Bookmark]:
    """Read the bookmarks; empty if the file is missing or damaged. Blocks."""
    try:
        content = json.loads((folder / BOOKMARKS_FILE).read_text(encoding="utf-8"))
        return [_parse_bookmark(item) for item in content["bookmarks"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("Cannot read the bookmarks: %s", error)
        return []


def _parse_bookmark(item: dict[str, Any]) -> Bookmark:
    source = Source(str(item["source"]["endpoint"]), str(item["source"]["bucket"]))
    return Bookmark(source, str(item["prefix"]), Access(**item["access"]))


def save_bookmarks(folder: Path, bookmarks: Sequence[Bookmark]) -> None:
    """Write the bookmarks. Blocks. Raises OSError."""
    content = {"bookmarks": [asdict(bookmark) for bookmark in bookmarks]}
    state_file.write(folder, BOOKMARKS_FILE, content)


def _toggle_bookmark(folder: Path, bookmark: Bookmark) -> ShowNote:
    """Add the bookmark, or remove it. Blocks."""
    with _bookmarks_lock:
        return _toggle_locked(folder, bookmark)


def _toggle_locked(folder: Path, bookmark: Bookmark) -> ShowNote:
    saved = load_bookmarks(folder)
    others = [b for b in saved if (b.source, b.prefix) != (bookmark.source, bookmark.prefix)]
    is_new = len(others) == len(saved)
    try:
        save_bookmarks(folder, [*others, bookmark] if is_new else others)
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
