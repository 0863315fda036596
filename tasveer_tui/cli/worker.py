"""`tasveer-tui worker`: a Celery worker on the scan and read queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import with_settings
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings


@click.command("worker")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes."
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
@with_settings
def command(settings: Settings, concurrency: int, log_level: str) -> int:
    """Run a worker: any number of them, on any machine that reaches the broker and the bucket.

    The catalogue is not needed here. Credentials come from this machine's own environment.
    """
    if not settings.ingest.broker:
        raise UsageError(
            "A worker needs a broker.",
            "Give --broker amqp://… or TASVEER_BROKER; without a broker the program works alone.",
        )
    from tasveer_tui.jobs import run_worker

    return run_worker(
        settings.ingest.broker,
        concurrency=concurrency,
        log_level=log_level,
        maker_notes=settings.ingest.maker_notes,
    )
