"""The whole program on a small bucket of its own: 300 painted photographs behind real S3.

Importing this brings neither Pillow nor the server's libraries.
"""

from tasveer_tui.demo.install import ensure_installed
from tasveer_tui.demo.server import DemoServer

__all__ = ["DemoServer", "ensure_installed"]
