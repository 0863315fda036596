"""Writes what a search found, to a stream or into a file, in constant memory."""

from tasveer_tui.catalogue.export.exiftool import exiftool_object
from tasveer_tui.catalogue.export.text_formats import FORMATS, write

__all__ = ["FORMATS", "exiftool_object", "write"]
