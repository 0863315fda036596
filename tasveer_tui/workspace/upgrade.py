"""What is said while a catalogue of an earlier version is brought over."""

from typing import Final

from tasveer_tui.humanize import size_text

_MIN_REPORTED_BYTES: Final = 50_000_000
"""Smaller files are brought over within about a second: nothing is said."""


def upgrade_text(size_bytes: int) -> str:
    """A sentence, or nothing where it takes no time worth telling."""
    if size_bytes < _MIN_REPORTED_BYTES:
        return ""
    return (
        f"The catalogue ({size_text(size_bytes)}) is of an earlier version and is brought over "
        "first; that may take some minutes, and happens once."
    )
