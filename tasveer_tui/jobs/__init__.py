"""Jobs: the engine submits tasks and records their results; workers carry them out.

Importing this package is cheap; only an engine with a broker and a worker import Celery.
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
    """Carry out the broker's tasks until a signal ends it. Blocks; returns the exit code.

    Each of `concurrency` processes reads `threads` objects at the same time. Raises BrokerError if
    the broker cannot be reached at the start.
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
    """Ask which workers listen at the broker. Blocks for about 3 seconds; raises BrokerError."""
    from tasveer_tui.jobs.celery_app import ping_workers

    return ping_workers(broker_url)
