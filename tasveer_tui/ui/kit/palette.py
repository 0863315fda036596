"""The command palette: every command that works now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Provider

from tasveer_tui.ui.kit.keys import COMMANDS, pretty

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from textual.binding import ActiveBinding
    from textual.command import Hits

    from tasveer_tui.ui.kit.keys import Command


class CommandProvider(Provider):
    """Finds active commands by label, scope and help."""

    def _active(self) -> Iterator[tuple[Command, ActiveBinding]]:
        found = {a.binding.id: a for a in self.screen.active_bindings.values() if a.enabled}
        for command_id, command in COMMANDS.items():
            if command_id in found and command_id != "app.palette":
                yield command, found[command_id]

    async def discover(self) -> Hits:
        """All commands, in the order of the table."""
        for command, active in self._active():
            yield DiscoveryHit(_title(command), self._runner(active), help=_help(command, active))

    async def search(self, query: str) -> Hits:
        """The matching commands, best first."""
        matcher = self.matcher(query)
        for command, active in self._active():
            title = _title(command)
            score = max(matcher.match(title), matcher.match(command.help) * 0.7)
            if score > 0:
                yield Hit(
                    score,
                    matcher.highlight(title),
                    self._runner(active),
                    help=_help(command, active),
                )

    def _runner(self, active: ActiveBinding) -> partial[Coroutine[object, object, bool]]:
        return partial(self.app.run_action, active.binding.action, active.node)


def _title(command: Command) -> str:
    return f"{command.scope.title}: {command.label}"


def _help(command: Command, active: ActiveBinding) -> str:
    return f"{command.help}  ({pretty(active.binding.key)})"
