"""Both ends of the queues: what hands work out and records it, and what carries it out.

Importing this room costs nothing; Celery is imported by the engine and the worker alone.
"""

from __future__ import annotations

from tasveer_tui.jobs.status import BrokerReport, EngineReport, WorkerHeartbeat
from tasveer_tui.jobs.supervisor import EngineProcess

__all__ = [
    "BrokerReport",
    "EngineProcess",
    "EngineReport",
    "WorkerHeartbeat",
    "check_broker",
    "run_worker",
]


def run_worker(
    broker_url: str,
    *,
    concurrency: int = 2,
    threads: int = 64,
    log_level: str = "info",
    maker_notes: bool = True,
) -> int:
    """Take scans and batches from the broker until a signal ends it; returns the exit code.

    `concurrency` processes read `threads` objects each at the same time. Blocks.

    Raises BrokerError where the broker cannot be reached at the start.
    """
    from tasveer_tui.jobs.worker.process import run

    return run(
        broker_url,
        processes=concurrency,
        threads=threads,
        log_level=log_level,
        maker_notes=maker_notes,
    )


def check_broker(broker_url: str) -> BrokerReport:
    """Who listens at the broker. Blocks for up to about 3 seconds; raises BrokerError."""
    from tasveer_tui.jobs.transports.publisher import ping_workers

    return ping_workers(broker_url)
