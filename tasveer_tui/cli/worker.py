"""`tasveer-tui worker`: run a Celery worker on the scan and read queues."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tasveer_tui.cli.options import with_settings
from tasveer_tui.errors import UsageError
from tasveer_tui.records import MAX_CONCURRENT_READS

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings

_UNITS: Final = {"systemd": "systemd.service", "compose": "compose.yaml"}


@click.command("worker")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Worker processes.",
)
@click.option(
    "--in-flight",
    type=click.IntRange(1, MAX_CONCURRENT_READS),
    default=64,
    show_default=True,
    help="Objects that each process reads at once; fewer while S3 throttles.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
@click.option(
    "--print-unit",
    type=click.Choice(sorted(_UNITS)),
    help="Print a systemd unit, or a compose file with a broker, with instructions.",
)
@with_settings
def command(
    settings: Settings, concurrency: int, in_flight: int, log_level: str, print_unit: str | None
) -> int:
    """Run a worker on any machine that reaches the broker and the bucket.

    A worker does not need the catalogue. It uses the S3 credentials of its own machine.
    """
    if print_unit:
        click.echo(_unit(print_unit), nl=False)
        return 0
    if not settings.ingest.broker:
        raise UsageError(
            "A worker needs a broker.",
            "Set --broker amqp://… or TASVEER_BROKER. Without a broker, `ingest` needs no worker.",
        )
    from tasveer_tui.jobs import run_worker

    return run_worker(
        settings.ingest.broker,
        concurrency=concurrency,
        threads=in_flight,
        log_level=log_level,
        maker_notes=settings.ingest.maker_notes,
    )


def _unit(kind: str) -> str:
    text = (resources.files(__package__) / "units" / _UNITS[kind]).read_text("utf-8")
    return text.replace("@PROGRAM@", str(Path(sys.executable).with_name("tasveer-tui")))
