"""Completes searches in bash, zsh and fish.

`eval "$(_TASVEER_TUI_COMPLETE=bash_source tasveer-tui)"`, or with `zsh` or `fish`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from tasveer_tui.errors import TasveerError
from tasveer_tui.settings import load
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.catalogue.completion import Completion

_COMPLETE_VARIABLE = "_TASVEER_TUI_COMPLETE"
_WORD_BREAK_PATTERN = re.compile(r"\s*(!=|<=|>=|[:=<>])\s*")
_SPECIAL_CHARACTER_PATTERN = re.compile(r"([^\w@%+=:,./-])")
_MAX_COMPLETIONS = 40


class SearchQueryType(click.ParamType[str]):
    """The words of a search; the shell completes them from the catalogue."""

    name = "query"

    def convert(self, value: Any, _param: object, _ctx: object) -> str:  # noqa: ANN401 - click's
        """Return the word unchanged."""
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return completions; none after a mistake in the search."""
        before = ctx.params.get(param.name or "") or ()
        text = " ".join([*before, incomplete])
        if _is_bash():  # it breaks words at `:` and `=`
            text = _WORD_BREAK_PATTERN.sub(r"\1", text)
        try:
            completions = _find_completions(ctx, text)
        except TasveerError:
            return []
        word = re.search(r'(?:[^\s"]|"[^"]*"?)*$', text)
        start = word.start() if word else len(text)
        return [_completion_item(text, start, each) for each in completions]


def _find_completions(ctx: click.Context, text: str) -> tuple[Completion, ...]:
    from tasveer_tui.catalogue.completion import complete
    from tasveer_tui.cli.options import open_workspace

    workspace = open_workspace(load({"db": ctx.params.get("db")}))
    try:
        if not workspace.has_catalogue:
            return complete(text, limit=_MAX_COMPLETIONS)
        saved = [each.name for each in workspace.catalogue.saved_searches()]
        return complete(text, workspace.finder(), saved, limit=_MAX_COMPLETIONS)
    finally:
        workspace.close()


def _completion_item(text: str, start: int, each: Completion) -> CompletionItem:
    """The whole word; for bash, the part after the last word break."""
    description = each.help
    if each.count is not None:
        description = f"{'at least ' if each.is_lower_bound else ''}{each.count:,}"
    if not _is_bash():
        return CompletionItem(
            text[start : each.start] + each.text.rstrip(), help=clean(description)
        )
    left = text[start : each.start]
    rest = left[max(left.rfind(":"), left.rfind("=")) + 1 :]
    return CompletionItem(
        _SPECIAL_CHARACTER_PATTERN.sub(r"\\\1", rest + each.text.rstrip()), help=clean(description)
    )


def _is_bash() -> bool:
    return os.environ.get(_COMPLETE_VARIABLE, "").startswith("bash")
