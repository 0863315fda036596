"""Writes what a search found as JSON, NDJSON, CSV or a list of keys. Never writes a table."""

from tasveer_tui.catalogue.export.exiftool import exiftool_object
from tasveer_tui.catalogue.export.writing import FORMATS, write

__all__ = ["FORMATS", "exiftool_object", "write"]
