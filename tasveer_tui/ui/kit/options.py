"""How the screens look and which keys they obey; decided by the doors."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a dataclass field
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class UiSettings:
    """What a person can set about the screens."""

    theme: str = ""
    """A theme's name; empty means the program's dark one."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command id → keys, comma-separated, instead of the ones it comes with."""
    ascii: bool = False
    """Marks and frames in ASCII only; also where the locale is not UTF-8."""
    images: bool = True
    """Show thumbnails."""
    graphics: str = "blocks"
    """How thumbnails of the contact sheet are drawn: `blocks`, `kitty` or `sixel`."""
    refresh_hz: float = 5.0
    """How often live figures are drawn, at most."""
