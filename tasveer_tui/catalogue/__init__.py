"""Keeps what is known of objects, images and jobs in one SQLite file, and finds it again.

peewee and the tables are imported when the catalogue is first opened, not with its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui import lazy

if TYPE_CHECKING:
    from tasveer_tui.catalogue.catalogue import Catalogue
    from tasveer_tui.catalogue.ledger.key_filter import KeyFilter
    from tasveer_tui.catalogue.ledger.recorder import Recorder
    from tasveer_tui.catalogue.ledger.retry_schedule import RetryDelays

__all__ = ["Catalogue", "KeyFilter", "Recorder", "RetryDelays"]

__getattr__ = lazy.names(
    __name__,
    {
        "catalogue": ("Catalogue",),
        "ledger.retry_schedule": ("RetryDelays",),
        "ledger.key_filter": ("KeyFilter",),
        "ledger.recorder": ("Recorder",),
    },
)
