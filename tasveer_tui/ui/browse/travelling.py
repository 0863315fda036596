"""Getting about in Browse: back and forth, bookmarks, counting a prefix, copying an address."""

from __future__ import annotations

import dataclasses
from os.path import commonprefix
from typing import TYPE_CHECKING

from tasveer_tui.ui.browse.history import Travels
from tasveer_tui.ui.browse.marking import MarkingScreen
from tasveer_tui.ui.browse.prefix_counts import Sizes
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import CopyText, ShowError, ShowNote

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import JobSpec, Source
    from tasveer_tui.ui.browse.addresses import Addressed
    from tasveer_tui.ui.browse.bookmarks import Bookmark
    from tasveer_tui.ui.kit.pick import Choice

NO_BOOKMARKS = "There are no bookmarks yet; b marks the prefix under the cursor."


class TravellingScreen(MarkingScreen):
    """The panes of Browse, and the ways between places."""

    def __init__(self) -> None:
        super().__init__()
        self._travels = Travels()
        self.sizes = Sizes(self, self.known, self._whole, self._show_sizes)

    # ------------------------------------------------------------ back and forth

    def arrived(self, source: Source, prefix: str) -> None:
        """Remember that the cursor came to rest here."""
        self._travels.visit(source, prefix)

    def action_travel(self, by: int) -> None:
        """Go back to where the cursor rested before, or forth again."""
        place = self._travels.step(by)
        if place is None:
            self.post_message(
                ShowNote("There is nothing further " + ("back." if by < 0 else "on."))
            )
        else:
            self.show_object(*place)

    # ----------------------------------------------------------------- bookmarks

    def action_bookmark(self) -> None:
        """Mark the prefix under the cursor, or unmark it."""
        from tasveer_tui.ui.browse import bookmarks

        node = self.holder
        if node is None:
            return
        mark = bookmarks.Bookmark(node.source, node.prefix, self.current_access)
        folder = workspace(self).options.state_dir
        background(self).run(self, "bookmark", lambda: _toggled(folder, mark), self.post_message)

    def action_bookmarks(self) -> None:
        """Show the places that were marked."""
        from tasveer_tui.ui.browse import bookmarks

        folder = workspace(self).options.state_dir
        background(self).run(self, "bookmarks", lambda: bookmarks.load(folder), self._offer)

    def _offer(self, bookmarks: list[Bookmark]) -> None:
        from tasveer_tui.ui.kit.pick import Choice, PickScreen

        if not bookmarks:
            self.post_message(ShowNote(NO_BOOKMARKS))
            return
        choices = [Choice(mark.uri, _way(mark)) for mark in bookmarks]
        self.app.push_screen(
            PickScreen("Bookmarks", choices, hint="b on a prefix marks it, or unmarks it."),
            lambda taken: self._go(bookmarks, taken),
        )

    def _go(self, bookmarks: list[Bookmark], taken: int | None) -> None:
        if taken is not None and taken >= 0:
            self.open_place(bookmarks[taken].uri, bookmarks[taken].access)

    # ------------------------------------------------------------------ counting

    def _show_sizes(self) -> None:
        self.buckets.refresh()

    def _whole(self, source: Source, prefix: str) -> JobSpec:
        """Everything under a prefix, whatever is chosen."""
        spec = self.spec(source)
        return dataclasses.replace(
            spec, prefixes=(prefix,), keys=(), without_prefixes=(), without_keys=(), force=True
        )

    def action_count(self) -> None:
        """Count what is in the prefix under the cursor, or stop."""
        node = self.holder
        if node is not None:
            self.sizes.toggle(node.source, node.prefix)

    # --------------------------------------------------------------- downloading

    def action_download(self) -> None:
        """Ask where to, and fetch what is chosen or what the cursor is on."""
        from tasveer_tui.ui.browse.download import DownloadScreen

        thing = self._addressed()
        if thing is None:
            return
        spec = self.spec(thing.source)
        if not self.known.selection(thing.source):
            spec = dataclasses.replace(
                spec,
                prefixes=(thing.path,) if thing.ref is None else (),
                keys=() if thing.ref is None else (thing.path,),
            )
        below = commonprefix([_above(path) for path in (*spec.prefixes, *spec.keys)])  # noqa: RUF071 - cut at a slash below
        # Everything, not only what looks like an image: a person chose it.
        self.app.push_screen(
            DownloadScreen(dataclasses.replace(spec, include=("*",)), below[: below.rfind("/") + 1])
        )

    # ------------------------------------------------------------------- copying

    def action_copy(self) -> None:
        """Offer what can be copied of the line under the cursor."""
        from tasveer_tui.ui.browse.addresses import choices_of
        from tasveer_tui.ui.kit.pick import PickScreen

        thing = self._addressed()
        if thing is None:
            return
        choices = choices_of(thing)
        self.app.push_screen(
            PickScreen("Copy", choices), lambda taken: self._copy(thing, choices, taken)
        )

    def _addressed(self) -> Addressed | None:
        from tasveer_tui.ui.browse.addresses import Addressed

        node = self.holder
        if node is None:
            return None
        ref = self.objects.ref if self.rows is self.objects else None
        return Addressed(node.source, node.prefix if ref is None else ref.key, ref)

    def _copy(self, thing: Addressed, choices: list[Choice], taken: int | None) -> None:
        if taken is None or taken < 0:
            return
        from tasveer_tui.ui.browse.addresses import text_of

        label = choices[taken].label
        space = workspace(self)
        background(self).run(
            self,
            "copy",
            lambda: text_of(space, thing, label),
            lambda text: self.post_message(CopyText(text, f"the {label}")),
            failed=self._not_copied,
        )

    def _not_copied(self, error: TasveerError) -> None:
        self.post_message(ShowError(error))


def _above(path: str) -> str:
    """The prefix in which a key or prefix stands."""
    return path[: path.rstrip("/").rfind("/") + 1]


def _toggled(folder: Path, mark: Bookmark) -> ShowNote:
    """Add the bookmark, or remove it; blocks."""
    from tasveer_tui.ui.browse import bookmarks

    marks = bookmarks.load(folder)
    others = [one for one in marks if (one.source, one.prefix) != (mark.source, mark.prefix)]
    is_new = len(others) == len(marks)
    try:
        bookmarks.save(folder, [*others, mark] if is_new else others)
    except OSError as error:
        return ShowNote(f"The bookmarks cannot be written: {error.strerror}.", is_warning=True)
    verb = "is marked; B shows the bookmarks" if is_new else "is marked no more"
    return ShowNote(f"{mark.uri} {verb}.")


def _way(mark: Bookmark) -> str:
    """How a marked place is reached."""
    access = mark.access
    parts = (
        access.endpoint_url,
        f"profile {access.profile}" if access.profile else "",
        "unsigned" if access.is_anonymous else "",
    )
    return " · ".join(filter(None, parts))
