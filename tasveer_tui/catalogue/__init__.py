"""Keeps what is known of objects, images and jobs in one SQLite file, and finds it again."""

from tasveer_tui.catalogue.catalogue import Catalogue
from tasveer_tui.catalogue.chances import Pauses
from tasveer_tui.catalogue.filters import KeyFilter
from tasveer_tui.catalogue.recorder import Recorder

__all__ = ["Catalogue", "KeyFilter", "Pauses", "Recorder"]
