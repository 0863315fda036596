"""The dark and light theme, and the symbols in Unicode and ASCII.

Each state has a symbol and a word as well as a colour, so that it is readable with NO_COLOR, on a
monochrome terminal, and for colour-blind users. Style sheets use Textual's variables (`$primary`,
`$surface`, `$text-muted`, `$text-success`…); colours are defined here only.
"""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass

from textual.theme import Theme

DARK = "tasveer-dark"
LIGHT = "tasveer-light"

THEMES = (
    Theme(
        name=DARK,
        primary="#6ea8c9",
        secondary="#8f9fb3",
        accent="#d9a45b",
        foreground="#d5dae1",
        background="#14171c",
        surface="#191d23",
        panel="#222831",
        success="#86b788",
        warning="#d9a45b",
        error="#d9747a",
        dark=True,
        variables={
            "border": "#3a434f",
            "border-blurred": "#2b323c",
            "scrollbar": "#323b47",
            "scrollbar-hover": "#465262",
            "scrollbar-active": "#6ea8c9",
            "scrollbar-background": "#191d23",
            "scrollbar-background-hover": "#191d23",
            "scrollbar-background-active": "#191d23",
            "scrollbar-corner-color": "#191d23",
            "input-selection-background": "#6ea8c9 35%",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#2b6a8f",
        secondary="#5b6b7d",
        accent="#9a6212",
        foreground="#23292f",
        background="#f4f2ee",
        surface="#fbfaf7",
        panel="#e9e6df",
        success="#3d7a44",
        warning="#9a6212",
        error="#b23b45",
        dark=False,
        variables={
            "border": "#bdb8ad",
            "border-blurred": "#d8d4ca",
            "scrollbar": "#cfcabf",
            "scrollbar-hover": "#b5afa2",
            "scrollbar-active": "#2b6a8f",
            "scrollbar-background": "#fbfaf7",
            "scrollbar-background-hover": "#fbfaf7",
            "scrollbar-background-active": "#fbfaf7",
            "scrollbar-corner-color": "#fbfaf7",
            "input-selection-background": "#2b6a8f 30%",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Symbols:
    """One-cell signs. Ask the app for the set that fits the terminal: `self.app.symbols`."""

    is_ascii: bool
    opened: str
    closed: str
    selected: str
    partly_selected: str
    unselected: str
    never: str
    partly: str
    done: str
    stale: str
    failed: str
    watched: str
    more: str
    separator: str
    up: str
    down: str


UNICODE = Symbols(
    is_ascii=False, opened="▾", closed="▸", selected="■", partly_selected="◧", unselected="□",
    never="·", partly="◐", done="●", stale="◌", failed="✗", watched="↻", more="…", separator="·",
    up="▲", down="▼",
)  # fmt: skip

ASCII = Symbols(
    is_ascii=True, opened="v", closed=">", selected="x", partly_selected="-", unselected=".",
    never=" ", partly="%", done="*", stale="~", failed="!", watched="@", more="...", separator="|",
    up="^", down="v",
)  # fmt: skip


def symbols_for(*, is_ascii: bool) -> Symbols:
    """The symbols for this terminal."""
    return ASCII if is_ascii or not _is_utf8() else UNICODE


def _is_utf8() -> bool:
    """Whether the locale's encoding is UTF-8."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if name:
        return "utf-8" in name.lower() or "utf8" in name.lower()
    return "utf" in locale.getencoding().lower()
