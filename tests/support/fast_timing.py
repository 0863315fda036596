"""The program's processes with shorter waits, so that tests of faults do not wait for minutes.

`python -m tests.support.fast_timing engine|program ARGUMENTS` runs the engine or the command line.
Nothing but the length of waits differs from the real program.
"""

from __future__ import annotations

import sys

BUSY_TIMEOUT_S = 1.0
SOCKET_TIMEOUT_S = 1
HEARTBEAT_S = 2
CONFIRM_TIMEOUT_S = 2.0
STUCK_TIMEOUT_S = 2.0
RETRY_INTERVAL_S = 0.1


def shorten_broker_waits() -> None:
    """In this process: how long a silent broker is waited for."""
    from tasveer_tui.jobs import celery_app

    vars(celery_app).update(
        SOCKET_TIMEOUT_S=SOCKET_TIMEOUT_S,
        HEARTBEAT_S=HEARTBEAT_S,
        CONFIRM_TIMEOUT_S=CONFIRM_TIMEOUT_S,
    )


def shorten_catalogue_waits() -> None:
    """In this process: how long a locked or full catalogue is waited for."""
    from tasveer_tui.catalogue.storage import connections, open_file
    from tasveer_tui.jobs.engine import reply_handler

    for module in (connections, open_file):
        vars(module).update(BUSY_TIMEOUT_S=BUSY_TIMEOUT_S)
    vars(reply_handler).update(RETRY_INTERVAL_S=RETRY_INTERVAL_S)


def _run_engine() -> None:
    from tasveer_tui.jobs.engine import process

    shorten_catalogue_waits()
    if "--broker-from-env" in sys.argv:
        shorten_broker_waits()
    process.run_process()


def _run_program() -> None:
    from tasveer_tui.__main__ import main
    from tasveer_tui.cli import follow
    from tasveer_tui.jobs import supervisor

    shorten_catalogue_waits()
    vars(follow).update(STUCK_TIMEOUT_S=STUCK_TIMEOUT_S)
    vars(supervisor).update(ENGINE=ENGINE)
    sys.exit(main())


ENGINE = ("-m", "tests.support.fast_timing", "engine")
"""For `supervisor.ENGINE`."""

if __name__ == "__main__":
    role = sys.argv.pop(1)
    {"engine": _run_engine, "program": _run_program}[role]()
