"""`tasveer-tui serve`: show the screens in a web browser."""

from __future__ import annotations

import shlex
import sys

import click

from tasveer_tui.cli.open import command as open_command
from tasveer_tui.errors import UsageError
from tasveer_tui.settings import load


@click.command("serve", context_settings={"ignore_unknown_options": True})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, metavar="N")
@click.option(
    "--public-url", metavar="URL", help="URL for the browser if there is a reverse proxy."
)
@click.argument(
    "arguments", nargs=-1, type=click.UNPROCESSED, metavar="[LOCATION] [OPTIONS of open]"
)
def command(host: str, port: int, public_url: str | None, arguments: tuple[str, ...]) -> int:
    """Show the screens in a web browser; each tab runs its own instance.

    The URL contains a secret: anyone who has it can use your credentials. The server listens on
    this machine only. If you change --host, put a reverse proxy with TLS in front of it.
    """
    open_command.make_context("serve", list(arguments))  # report a mistake here, not in the browser
    load({})
    try:
        from tasveer_tui.cli.web import WebServer
    except ImportError as error:
        raise UsageError(
            "`tasveer-tui serve` needs the package textual-serve.",
            "Install it: pip install 'tasveer-tui[web]'.",
        ) from error
    program = shlex.join([sys.executable, "-m", "tasveer_tui", "open", *arguments])
    try:
        WebServer(program, host, port, public_url).open()
    except OSError as error:
        raise UsageError(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}.",
            "Use another --port or --host.",
        ) from error
    return 0
