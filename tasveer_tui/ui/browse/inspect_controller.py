"""The inspector of Browse: reads the object under the cursor, and shows or hides the pane."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowNote

if TYPE_CHECKING:
    from textual.containers import Vertical
    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import Source
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.shared.inspector import Inspector
    from tasveer_tui.workspace import Inspection

INSPECT_DELAY_S = 0.2
NO_OBJECT = "Tab goes to the objects; the one under the cursor is shown here."
SHOWN = "-inspecting"
HIDDEN = "-plain"
"""Classes of the screen: the user shows the inspector in a small window, or hides it in a large."""


class InspectController:
    """What the inspector of one Browse screen shows, and whether it is on the screen."""

    def __init__(
        self,
        screen: Screen[None],
        inspector: Inspector,
        pane: Vertical,
        tree: BucketTree,
        objects: ObjectList,
    ) -> None:
        self._screen = screen
        self._inspector = inspector
        self._pane = pane
        self._tree = tree
        self._objects = objects
        self._object: tuple[Source, str] | None = None
        self._timer: Timer | None = None
        self._clear(NO_OBJECT)

    # ------------------------------------------------------------------- objects

    def follow_cursor(self) -> None:
        """Read the object under the cursor if the objects have the focus."""
        ref, listing = self._objects.ref, self._objects.listing
        if ref is None or listing is None:
            self._clear(NO_OBJECT)
        elif self._objects.has_focus and self._pane.display:
            self._inspect_soon(listing.source, ref.key)

    def _inspect_soon(self, source: Source, key: str) -> None:
        """Read this object unless the cursor moves on."""
        if self._object == (source, key):
            return
        self._clear()
        self._object = (source, key)
        self._timer = self._screen.set_timer(INSPECT_DELAY_S, partial(self._read, source, key))

    def _clear(self, hint: str = "") -> None:
        """Drop the running read; show the hint, if there is one."""
        self._object = None
        if self._timer is not None:
            self._timer.stop()
        background(self._screen).cancel(self._screen, "inspect")
        if hint:
            self._inspector.show_nothing(hint)

    def _read(self, source: Source, key: str) -> None:
        self._inspector.show_reading(key)
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "inspect",
            lambda: space.inspect(source, key),
            self._on_inspection,
            on_error=partial(self._on_error, key),
        )

    def _on_inspection(self, found: Inspection) -> None:
        space = workspace(self._screen)
        load = partial(space.thumbnail, found.source, found.facts.ref.key, found.record)
        self._inspector.show(found, thumbnail=load)

    def _on_error(self, key: str, error: TasveerError) -> None:
        self._inspector.show_error(key, error)

    # ---------------------------------------------------------------------- pane

    @property
    def has_focus(self) -> bool:
        """Whether the focus is inside the inspector."""
        focused = self._screen.focused
        return focused is not None and self._inspector in focused.ancestors

    @property
    def _is_narrow(self) -> bool:
        return self._screen.has_class("-narrow")

    def open(self) -> None:
        """Show the pane and focus the tags."""
        if not self._pane.display:
            self.toggle()
        self._inspector.focus_tags()

    def toggle(self) -> None:
        """Show or hide the pane; in a narrow window it takes the place of the tree."""
        is_shown = self._pane.display
        if self._is_narrow and not is_shown and not self._objects.display:
            self._screen.post_message(ShowNote("There is no object to inspect here."))
            return
        if self._objects.display and (self.has_focus if is_shown else self._is_narrow):
            # Before hiding it: a hidden widget takes the focus away from the whole screen.
            self._screen.set_focus(self._objects)
        elif is_shown and self.has_focus:
            self._screen.set_focus(self._tree)
        self._screen.set_class(not is_shown, SHOWN)
        self._screen.set_class(is_shown, HIDDEN)
        self._screen.call_after_refresh(self.follow_cursor)

    def follow_focus(self) -> None:
        """Keep the focused pane on the screen in a window that is too small for all."""
        if self.has_focus:
            self._screen.add_class(SHOWN)
        elif self._tree.has_focus:
            self._screen.remove_class(SHOWN)

    def give_way_to_tree(self) -> bool:
        """In a narrow window, show the tree again; False if the tree is on the screen."""
        if not (self._is_narrow and self._screen.has_class(SHOWN)):
            return False
        self._screen.remove_class(SHOWN)
        return True

    def leave(self) -> bool:
        """Move the focus out of the inspector, or show the tree again; False if neither applies."""
        if self.has_focus:
            self._screen.set_focus(self._objects if self._objects.display else self._tree)
            return True
        return self.give_way_to_tree()

    def close_topmost(self) -> bool:
        """Close the innermost open part of the inspector; False if there is none."""
        return self._inspector.close_topmost()
