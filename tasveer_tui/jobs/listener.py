"""A Celery worker inside the engine's process, in threads.

It consumes what the engine consumes, connects again for ever, and says why it cannot.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from celery.worker import WorkController, state

from tasveer_tui.jobs.consumer import reconnecting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from celery import Celery

_log = logging.getLogger(__name__)


class Listener:
    """Consumes queues until the process ends."""

    def __init__(
        self,
        app: Celery,
        queues: Sequence[str],
        *,
        name: str,
        threads: int,
        multiplier: int,
        on_problem: Callable[[str], None],
    ) -> None:
        """`on_problem` hears a sentence while there is no connection, and "" once there is."""
        # Only workers answer to `celery inspect` and show in monitors.
        app.conf.worker_enable_remote_control = False
        self.name = name
        self._app = app
        self._controller = WorkController(
            app=app,
            hostname=name,
            queues=list(queues),
            pool_cls="threads",
            concurrency=threads,
            prefetch_multiplier=multiplier,
            consumer_cls=reconnecting(on_problem),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            task_events=False,
            loglevel=logging.WARNING,
        )
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to consume, in a thread. The app becomes the process's default one."""
        # Celery's pool threads look their tasks up in the default app.
        self._app.set_default()
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether it still consumes or tries to."""
        return self._thread.is_alive()

    def stop(self, timeout_s: float) -> None:
        """Take no further message; waits at most so long. What is not acknowledged comes back."""
        vars(state)["should_stop"] = 0
        self._thread.join(timeout_s)

    def _run(self) -> None:
        self._controller.start()
        _log.info("The listener has ended")
