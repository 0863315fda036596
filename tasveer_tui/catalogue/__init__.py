"""Keeps what is known of objects, images and jobs in one SQLite file, and finds it again.

peewee and the tables are imported when the catalogue is first opened, not with its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui import late

if TYPE_CHECKING:
    from tasveer_tui.catalogue.catalogue import Catalogue
    from tasveer_tui.catalogue.chances import Pauses
    from tasveer_tui.catalogue.filters import KeyFilter
    from tasveer_tui.catalogue.recorder import Recorder

__all__ = ["Catalogue", "KeyFilter", "Pauses", "Recorder"]

__getattr__ = late.names(
    __name__,
    {
        "catalogue": ("Catalogue",),
        "chances": ("Pauses",),
        "filters": ("KeyFilter",),
        "recorder": ("Recorder",),
    },
)
