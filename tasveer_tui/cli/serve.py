"""`tasveer-tui serve`: the same program in a web browser."""

from __future__ import annotations

import shlex
import sys

import click

from tasveer_tui.cli.open import command as open_command
from tasveer_tui.errors import UsageError
from tasveer_tui.settings import load


@click.command("serve", context_settings={"ignore_unknown_options": True})
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, metavar="N")
@click.option(
    "--public-url", metavar="URL", help="What the browser opens, where a proxy stands before it."
)
@click.argument("what", nargs=-1, type=click.UNPROCESSED, metavar="[PLACE] [OPTIONS of open]")
def command(host: str, port: int, public_url: str | None, what: tuple[str, ...]) -> int:
    """Show the screens in a web browser, each tab with a program of its own.

    The address has a secret in it: whoever has it acts with your credentials. Only this machine
    can reach it unless --host says otherwise; then let a proxy with TLS stand before it.
    """
    open_command.make_context("serve", list(what))  # a mistake is told here, not in the browser
    load({})
    try:
        from tasveer_tui.cli.web import WebServer
    except ImportError as error:
        raise UsageError(
            "Showing the screens in a browser needs the library textual-serve.",
            "Install it: pip install 'tasveer-tui[web]'.",
        ) from error
    program = shlex.join([sys.executable, "-m", "tasveer_tui", "open", *what])
    try:
        WebServer(program, host, port, public_url).open()
    except OSError as error:
        raise UsageError(
            f"Nothing can listen at {host}, port {port}: {error.strerror or error}.",
            "Name another one with --port or --host.",
        ) from error
    return 0
