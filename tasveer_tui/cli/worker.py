"""`tasveer-tui worker`: a Celery worker on the scan and read queues."""

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
    "--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes."
)
@click.option(
    "--in-flight",
    type=click.IntRange(1, MAX_CONCURRENT_READS),
    default=64,
    show_default=True,
    help="Objects that each process reads at the same time; fewer while S3 asks for fewer.",
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
    help="Print a unit for systemd, or a compose file with a broker, and how to use it.",
)
@with_settings
def command(
    settings: Settings, concurrency: int, in_flight: int, log_level: str, print_unit: str | None
) -> int:
    """Run a worker: any number of them, on any machine that reaches the broker and the bucket.

    The catalogue is not needed here. Credentials come from this machine's own environment.
    """
    if print_unit:
        click.echo(_unit(print_unit), nl=False)
        return 0
    if not settings.ingest.broker:
        raise UsageError(
            "A worker needs a broker.",
            "Give --broker amqp://… or TASVEER_BROKER; without a broker the program works alone.",
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
