"""The command line: options, wiring, words instead of screens."""

from tasveer_tui.cli.app import run

__all__ = ["run"]
