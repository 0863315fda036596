"""Keys: what Textual, the footer, the help and the palette need of the table of commands.

* A screen or widget sets `BINDINGS = bindings(Scope.TREE, Scope.LIST)` and has an action method
  per command (`tree.expand` → `action_expand`). While `check_action` returns False for one, the
  footer, the help and the palette leave it out.
* `keys_of("tree.expand")` returns the keys to name in a message on the screen.

Letters belong to widgets and screens, never to commands with `has_priority`: Textual gives
printable keys to a focused input and to nothing else.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from textual.binding import Binding

from tasveer_tui.ui.kit.commands import COMMANDS, RENAMED, Command, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType

__all__ = [
    "COMMANDS",
    "FORBIDDEN",
    "Command",
    "Scope",
    "bindings",
    "current_ids",
    "keys_of",
    "pretty",
    "problems",
]

FORBIDDEN = frozenset({"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+s", "ctrl+q", "ctrl+z"})
"""Keys that terminals send as another key or keep for themselves: never a command's only keys."""

_PRETTY = {
    "question_mark": "?", "slash": "/", "colon": ":", "minus": "-", "escape": "esc",
    "left_square_bracket": "[", "right_square_bracket": "]", "pagedown": "pgdn", "pageup": "pgup",
    "down": "↓", "up": "↑", "left": "←", "right": "→", "full_stop": ".", "comma": ",",
    "exclamation_mark": "!", "underscore": "_", "plus": "+", "equals_sign": "=",
    "less_than_sign": "<", "greater_than_sign": ">", "asterisk": "*", "number_sign": "#",
    "left_curly_bracket": "{", "right_curly_bracket": "}",
}  # fmt: skip


def bindings(*scopes: Scope) -> list[BindingType]:
    """The Textual bindings of every command of these scopes."""
    return [_binding(c) for scope in scopes for c in COMMANDS.values() if c.scope is scope]


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
    """The keys of a command: from `mapping` (command id → keys), else its own."""
    keys = (mapping or {}).get(command_id) or COMMANDS[command_id].keys
    return tuple(key.strip() for key in keys.split(","))


def current_ids(mapping: Mapping[str, str]) -> dict[str, str]:
    """A user's keys (command id → keys) with renamed commands under their present ids."""
    return {RENAMED.get(command_id, command_id): keys for command_id, keys in mapping.items()}


def pretty(key: str, *, is_ascii: bool = False) -> str:
    """A key as people write it: `?`, `ctrl+f`, `↓`."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    shown = (
        last if is_ascii and last in {"down", "up", "left", "right"} else _PRETTY.get(last, last)
    )
    return "+".join([*modifiers, shown])


def problems(mapping: Mapping[str, str]) -> list[str]:
    """The mistakes in a user's keys (command id → keys), one sentence each."""
    return [sentence for pair in mapping.items() for sentence in _problems_of(*pair)]


def _problems_of(command_id: str, keys: str) -> Iterable[str]:
    if command_id not in COMMANDS:
        near = difflib.get_close_matches(command_id, COMMANDS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        yield f"keys: no command is named {command_id}.{hint}"
        return
    names = {key.strip() for key in keys.split(",")}
    if "" in names:
        yield f"keys.{command_id}: a key is missing in {keys!r}."
    elif names <= FORBIDDEN:
        yield f"keys.{command_id}: terminals do not send {keys} reliably; add another key."
