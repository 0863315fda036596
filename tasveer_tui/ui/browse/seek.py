"""The prefix filter of Browse: only names that begin with a text, matched by the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tasveer_tui.location import SCHEME
from tasveer_tui.text import clean
from tasveer_tui.ui.kit.keys import Scope, bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.ui.browse.browse_list import BrowseList
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.navigator import Navigator
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.browse.tree_lines import Node


SEEK_DELAY_S = 0.25
"""The filter applies once typing pauses for this long."""


class SeekBar(Horizontal):
    """The input of the prefix filter."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.SEEK)

    @dataclass
    class Changed(Message):
        """The text changed, and typing paused."""

        text: str

    @dataclass
    class Accepted(Message):
        """Enter was pressed."""

        text: str

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The prefix that is filtered, and the input."""
        yield Static(id="seek-where", markup=False)
        yield Input(id="seek-input", compact=True)

    @property
    def input(self) -> Input:
        """The input."""
        return self.query_one(Input)

    def open(self, location: str, text: str) -> None:
        """Show the input with the present filter of a location."""
        self.query_one("#seek-where", Static).update(Text(f" filter {clean(location, 40)} "))
        self.display = True
        with self.prevent(Input.Changed):
            self.input.value = text
        self.input.focus()

    def close(self) -> None:
        """Hide the input."""
        self._stop_timer()
        self.display = False

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait until typing pauses."""
        event.stop()
        self._stop_timer()
        self._timer = self.set_timer(SEEK_DELAY_S, self._post_change)

    def _post_change(self) -> None:
        self.post_message(self.Changed(self.input.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps the filter."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Keep the filter."""
        self._stop_timer()
        self.post_message(self.Accepted(self.input.value))


class SeekController:
    """Opens and closes the filter input, and filters the prefix that it was opened for."""

    def __init__(
        self, navigator: Navigator, tree: BucketTree, objects: ObjectList, bar: SeekBar
    ) -> None:
        self._navigator = navigator
        self._tree = tree
        self._objects = objects
        self._bar = bar
        self._node: Node | None = None
        self._opened_from: BrowseList | None = None

    @property
    def is_open(self) -> bool:
        """Whether the input is on the screen."""
        return self._bar.display

    def open(self) -> None:
        """Open the input for the prefix whose lines are shown."""
        rows = self._navigator.active_list
        node = self._navigator.node if rows is self._objects else self._tree_node()
        if node is None:
            return
        self._node, self._opened_from = node, rows
        self._bar.open(node.source.uri(node.prefix), node.listing.seek if node.listing else "")

    def _tree_node(self) -> Node | None:
        node = self._navigator.node
        if node is not None and not node.is_expanded and node.parent is not None:
            return node.parent
        return node

    def apply(self, text: str) -> None:
        """Filter by the text; a location is not a filter."""
        node = self._node
        if node is None or text.startswith(SCHEME) or (node.listing and node.listing.seek == text):
            return
        self._tree.move_to(node)
        self._navigator.expand_node(node)
        self._navigator.list_again(node, text)

    def accept(self, text: str) -> None:
        """Keep the filter; open a location."""
        if text.startswith(SCHEME):
            self.close()
            self._navigator.open_location(text)
            return
        self.apply(text)
        self.close()

    def close(self) -> None:
        """Close the input and go back to the list."""
        self._bar.close()
        (self._opened_from or self._tree).focus()
        self._node = None

    def clear(self) -> None:
        """Show everything, and close the input."""
        self.apply("")
        self.close()
