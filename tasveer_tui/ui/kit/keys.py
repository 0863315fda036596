"""The one registry of commands: bindings, footer, help and palette are all made from it.

A command is a row in `ui/commands/`: id, keys, label, help and place. To use it:

* a screen or widget says `BINDINGS = bindings(Place.TREE, Place.LIST)` and has the action
  methods that the rows name (`tree.expand` → `action_expand`); `check_action` returning False
  takes a command out of footer, help and palette while it does not apply;
* the footer shows the commands with `in_footer` that are active at the moment, in the order of
  the rows; the help screen shows all of them; nothing else has to be told;
* `keys_of("tree.expand")` gives the keys to name in a sentence on the screen.

Keys that are letters belong to widgets and screens, never to `has_priority` rows: Textual gives
printable keys to a focused input and to nobody else.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from textual.binding import Binding

from tasveer_tui.ui.kit.commands.browse import BROWSE, DIALOGS, DISPATCH, OBJECTS, PICK, SEEK, TREE
from tasveer_tui.ui.kit.commands.command import Command, Place
from tasveer_tui.ui.kit.commands.everywhere import EVERYWHERE, LISTS
from tasveer_tui.ui.kit.commands.facets import PANEL
from tasveer_tui.ui.kit.commands.insight import INSIGHT, MAP
from tasveer_tui.ui.kit.commands.inspector import COMPARE, INSPECTOR
from tasveer_tui.ui.kit.commands.jobs import FAILURES, JOB_FILTER, JOBS
from tasveer_tui.ui.kit.commands.library import (
    EXPORT,
    FACETS,
    LIBRARY,
    SEARCH,
    SEARCHES,
    SHEET,
    TABLE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType

__all__ = [
    "COMMANDS",
    "FORBIDDEN",
    "Command",
    "Place",
    "bindings",
    "keys_of",
    "pretty",
    "problems",
]

COMMANDS: dict[str, Command] = {
    command.id: command
    for commands in (
        BROWSE, TREE, OBJECTS, SEEK, DISPATCH, DIALOGS, PICK, JOBS, JOB_FILTER, FAILURES,
        PANEL, LIBRARY, TABLE, SEARCH, SEARCHES, FACETS, EXPORT, INSPECTOR, INSIGHT, MAP,
        SHEET, COMPARE, LISTS, EVERYWHERE,
    )
    for command in commands
}  # fmt: skip
"""Every command by its id, in the order in which footer and help show them."""

FORBIDDEN = frozenset({"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+s", "ctrl+q", "ctrl+z"})
"""Keys that terminals take for something else: never the only way to a command."""

_PRETTY = {
    "question_mark": "?", "slash": "/", "colon": ":", "minus": "-", "escape": "esc",
    "left_square_bracket": "[", "right_square_bracket": "]", "pagedown": "pgdn", "pageup": "pgup",
    "down": "↓", "up": "↑", "left": "←", "right": "→", "full_stop": ".", "comma": ",",
    "exclamation_mark": "!", "underscore": "_", "plus": "+", "equals_sign": "=",
    "less_than_sign": "<", "greater_than_sign": ">", "asterisk": "*", "number_sign": "#",
    "left_curly_bracket": "{", "right_curly_bracket": "}",
}  # fmt: skip


def bindings(*places: Place) -> list[BindingType]:
    """The Textual bindings of every command of these places."""
    return [_binding(c) for place in places for c in COMMANDS.values() if c.place is place]


def _binding(command: Command) -> Binding:
    return Binding(
        command.keys,
        command.action_name,
        command.label,
        show=command.in_footer,
        priority=command.has_priority,
        tooltip=command.help,
        id=command.id,
    )


def keys_of(command_id: str, mapping: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The keys of a command, as `mapping` (command id → keys) or the registry has them."""
    said = (mapping or {}).get(command_id) or COMMANDS[command_id].keys
    return tuple(key.strip() for key in said.split(","))


def pretty(key: str, *, is_ascii: bool = False) -> str:
    """A key as a person reads it: `?`, `ctrl+f`, `↓`."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    shown = (
        last if is_ascii and last in {"down", "up", "left", "right"} else _PRETTY.get(last, last)
    )
    return "+".join([*modifiers, shown])


def problems(mapping: Mapping[str, str]) -> list[str]:
    """What is wrong with a person's own keys, a sentence each; empty when all is well."""
    return [sentence for pair in mapping.items() for sentence in _problems_of(*pair)]


def _problems_of(command_id: str, keys: str) -> Iterable[str]:
    if command_id not in COMMANDS:
        near = difflib.get_close_matches(command_id, COMMANDS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        yield f"keys: there is no command {command_id}.{hint}"
        return
    said = {key.strip() for key in keys.split(",")}
    if "" in said:
        yield f"keys.{command_id}: a key is missing in {keys!r}."
    elif said <= FORBIDDEN:
        yield f"keys.{command_id}: terminals do not send {keys} reliably; add another key."
