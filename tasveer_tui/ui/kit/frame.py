"""The frame of a screen: header, body, footer.

class JobsScreen(MainScreen):
BINDINGS = bindings(Scope.JOBS)
def compose_body(self) -> ComposeResult: …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.screen import Screen
from textual.widget import Widget

from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.kit.keys import COMMANDS, keys_of, pretty
from tasveer_tui.ui.kit.textual_internals import FrontCompositor

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import ActiveBinding, Binding

    from tasveer_tui.ui.kit.status import Status

GAP = "  "
ALWAYS = ("app.help", "app.quit")
"""Commands at the right end of the footer, which are never left out."""


class HeaderBar(Widget):
    """One line: the screens on the left; the source, access and engine on the right."""

    COMPONENT_CLASSES = {"bar--screen", "bar--current", "bar--busy", "bar--bad"}  # noqa: RUF012

    def on_mount(self) -> None:
        """Follow the app's status."""
        self.watch(self.app, "status", self._changed, init=False)

    def _changed(self) -> None:
        self.refresh()

    def render(self) -> Text:
        """Render the line; if it is too long, leave out the least important facts."""
        width = self.size.width
        left = Text(" ")
        for number, (mode, title) in enumerate(app_context(self).screen_titles.items(), 1):
            style = "bar--current" if mode == app_context(self).current_mode else "bar--screen"
            left.append(f" {number} {title} ", self._style(style))
        for facts in self._shrinking(app_context(self).status):
            right = self._right(app_context(self).status, facts)
            if left.cell_len + right.cell_len + 1 <= width:
                break
        else:
            right = Text()
        left.append(" " * (width - left.cell_len - right.cell_len))
        return left.append_text(right)

    @staticmethod
    def _shrinking(status: Status) -> list[list[str]]:
        facts = [clean(fact, 60) for fact in status.facts]
        return [facts[:end] for end in range(len(facts), -1, -1)]

    def _right(self, status: Status, facts: list[str]) -> Text:
        separator = f" {app_context(self).symbols.separator} "
        text = Text(separator.join(facts))
        if status.engine:
            style = "bar--bad" if status.problem else "bar--busy" if status.active_jobs else ""
            text.append(separator if facts else "")
            text.append(clean(status.engine, 40), self._style(style) if style else "")
        return text.append(" ")

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    async def on_click(self, event: events.Click) -> None:
        """Go to the clicked screen."""
        start = 1
        for number, (mode, title) in enumerate(app_context(self).screen_titles.items(), 1):
            end = start + len(f" {number} {title} ")
            if start <= event.x < end:
                await app_context(self).action_show_screen(mode)
            start = end


class FooterBar(Widget):
    """One line with the keys that work now. A click on a key runs its command."""

    COMPONENT_CLASSES = {"keys--key"}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, Widget, str]] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Text:
        """Render the commands that fit, then help and quit."""
        self._spans = []
        items = self._items()
        tail = [item for item in items if item[0] in ALWAYS]
        room = self.size.width - sum(self._width(item) for item in tail) - 1
        text = Text(" ")
        for item in items:
            if item[0] not in ALWAYS and text.cell_len + self._width(item) <= room:
                self._append(text, item)
        text.append(" " * max(0, self.size.width - 1 - text.cell_len - sum(map(self._width, tail))))
        for item in tail:
            self._append(text, item)
        return text

    def _items(self) -> list[tuple[str, str, Binding, Widget]]:
        """Command id, key, binding and owner of the commands to show, in the table's order."""
        app = app_context(self)
        active: dict[str, dict[str, ActiveBinding]] = {}
        for key, one in self.screen.active_bindings.items():
            if one.enabled and one.binding.id and not self._is_typed(key):
                active.setdefault(one.binding.id, {})[key] = one
        items = []
        for command_id, command in COMMANDS.items():
            if command.in_footer and command_id in active:
                by_key = active[command_id]
                keys = keys_of(command_id, app.settings.keys)
                found = next((by_key[k] for k in keys if k in by_key), None)
                found = found or next(iter(by_key.values()))
                shown = pretty(found.binding.key, is_ascii=app.symbols.is_ascii)
                items.append((command_id, shown, found.binding, cast("Widget", found.node)))
        return items

    def _is_typed(self, key: str) -> bool:
        """Whether the focused input would insert the key as text."""
        focused, character = self.screen.focused, pretty(key)
        # An arrow key is shown as one character but inserts nothing.
        if focused is None or len(character) > 1 or not character.isascii():
            return False
        return focused.check_consume_key(key, character)

    @staticmethod
    def _width(item: tuple[str, str, Binding, Widget]) -> int:
        return len(item[1]) + 1 + len(item[2].description) + len(GAP)

    def _append(self, text: Text, item: tuple[str, str, Binding, Widget]) -> None:
        _, key, binding, node = item
        start = text.cell_len
        text.append(key, self.get_component_rich_style("keys--key"))
        text.append(f" {binding.description}{GAP}")
        self._spans.append((start, text.cell_len, node, binding.action))

    async def on_click(self, event: events.Click) -> None:
        """Run the clicked command."""
        for start, end, node, action in self._spans:
            if start <= event.x < end:
                await self.app.run_action(action, node)


class MainScreen(Screen[None]):
    """A screen that a number key opens: header, body and footer.

    `action_back` (escape) closes the part of the screen that was opened last; it never quits.
    """

    # Escape has its own meaning, and a maximized list would hide the rest of the screen.
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrontCompositor()

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield HeaderBar()
        yield from self.compose_body()
        yield FooterBar()

    def compose_body(self) -> ComposeResult:
        """Yield the widgets between header and footer."""
        raise NotImplementedError

    def action_back(self) -> None:
        """Close the part that was opened last, if any."""
