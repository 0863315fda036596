"""What stands over a screen until it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen, ScreenResultType

from tasveer_tui.ui.kit.line_filters import ContrastFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter


class Dialog(ModalScreen[ScreenResultType]):
    """A dialog; the screen behind it is seen dimly.

    One that is a list has its parts in a `.listing`: `.listing--title`, `.listing--state`, rows.
    """

    DEFAULT_CSS = """
    Dialog {
        & > .listing { background: $surface; border: round $border; width: 76; max-width: 96%; }
        & > .listing { height: 70%; }
        & .listing--title { height: 1; padding: 0 1; text-style: bold; color: $text-primary; }
        & .listing--state { height: auto; padding: 0 1; color: $text-muted; }
    }
    .-ascii Dialog > .listing { border: ascii $border; }
    """

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Leave what is behind as dim as it is: it was made legible where it was drawn."""
        return [one for one in super().get_line_filters() if not isinstance(one, ContrastFilter)]
