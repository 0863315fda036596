"""The command group; turns each error into a message and an exit code."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from tasveer_tui import __version__
from tasveer_tui.cli.options import start_log
from tasveer_tui.errors import QueryError, TasveerError
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

EXIT_UNEXPECTED = 1
EXIT_INTERRUPTED = 130

_COMMANDS = {
    "ingest": "Read the metadata of all images under prefixes.",
    "search": "Print the images that a search finds.",
    "export": "Write the images that a search finds into a file.",
    "searches": "List or delete saved searches.",
    "show": "Print every tag of one object, read now.",
    "jobs": "List, show, pause, resume, cancel or retry jobs.",
    "worker": "Run a Celery worker for a broker.",
    "doctor": "Check S3, broker, workers, catalogue and terminal.",
    "demo": "Try the program on a local demo bucket.",
    "serve": "Show the screens in a web browser.",
    "open": "Open the screens (the default without a command).",
}


class LazyGroup(click.Group):
    """A group that imports a command when it runs, so that the screens start fast.

    A first argument that is not a command is a location to open: `tasveer-tui my-bucket`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which a new user needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module named like the command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"tasveer_tui.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert `open` if no command is named."""
        if not args or (args[0] not in _COMMANDS and args[0] not in {"--help", "-h", "--version"}):
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 success, 1 unexpected error, 2 usage error or invalid search, 3 some "
        "objects failed, 4 S3, 5 broker, 6 catalogue, 7 no such job, 130 interrupted."
    ),
)
@click.version_option(__version__, prog_name="tasveer-tui")
def group() -> None:
    """Find out what is in a bucket of photographs, without downloading them.

    `tasveer-tui [BUCKET | s3://BUCKET/PREFIX]` opens the screens there.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    start_log()
    try:
        code = group.main(list(arguments), prog_name="tasveer-tui", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # `… | head` closed the pipe. Without this, Python reports an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except TasveerError as error:
        print_error(error)
        return error.exit_code
    except Exception as error:  # the outermost edge: a message here, the traceback in the log
        logger.exception("Unexpected error")
        click.echo(f"tasveer-tui: unexpected {type(error).__name__}: {clean(error, 300)}", err=True)
        click.echo("The log has the details (`tasveer-tui doctor` shows its path).", err=True)
        return EXIT_UNEXPECTED
    return code if isinstance(code, int) else 0


def print_error(error: TasveerError) -> None:
    """Print the message and the remedy on standard error."""
    if isinstance(error, QueryError):
        click.echo(f"  {clean(error.text)}\n  {' ' * error.column}^", err=True)
    click.echo(f"tasveer-tui: {clean(error.message)}", err=True)
    if error.remedy:
        click.echo(f"  {clean(error.remedy)}", err=True)
