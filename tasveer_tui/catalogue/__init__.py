"""Keeps what is known of objects, images and jobs in one SQLite file, and finds it again.

peewee and the tables are imported when the catalogue is first opened, not with its fields.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tasveer_tui.catalogue.catalogue import Catalogue
    from tasveer_tui.catalogue.chances import Pauses
    from tasveer_tui.catalogue.filters import KeyFilter
    from tasveer_tui.catalogue.recorder import Recorder

__all__ = ["Catalogue", "KeyFilter", "Pauses", "Recorder"]

_HOMES: Final = {
    "Catalogue": "catalogue",
    "KeyFilter": "filters",
    "Pauses": "chances",
    "Recorder": "recorder",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
