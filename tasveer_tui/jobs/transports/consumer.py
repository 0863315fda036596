"""Celery's consumer, connecting again for ever at short intervals and telling why it must."""

from __future__ import annotations

import logging
import threading
from time import sleep
from typing import TYPE_CHECKING, Any

from celery.worker import WorkController, state
from celery.worker.consumer import Consumer

from tasveer_tui.jobs.broker import broker_address
from tasveer_tui.jobs.transports.publisher import transport_errors, unreachable_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from celery import Celery

_MIN_RETRY_DELAY_S, _MAX_RETRY_DELAY_S = 0.2, 3.0


def reconnecting_consumer(on_problem: Callable[[str], None]) -> type[Consumer]:
    """A class for `WorkController(consumer_cls=…)`.

    `on_problem` hears a sentence while there is no connection, and "" once there is.
    """

    class Watched(Consumer):
        """Overrides what Celery does about a connection that is not there."""

        conninfo: Any

        def ensure_connected(self, conn: Any) -> Any:  # noqa: ANN401 - kombu's types are wrong
            # A refused login or an unknown virtual host may be set right meanwhile, too.
            errors, pause_s = transport_errors(conn), _MIN_RETRY_DELAY_S
            while True:
                try:
                    conn.connect()
                except errors as error:
                    on_problem(str(unreachable_error(broker_address(conn.as_uri()), error)))
                else:
                    on_problem("")
                    return conn
                state.maybe_shutdown()
                sleep(pause_s)
                pause_s = min(_MAX_RETRY_DELAY_S, pause_s * 1.5)

        def on_connection_error_after_connected(self, exc: Exception) -> None:
            on_problem(str(unreachable_error(broker_address(self.conninfo.as_uri()), exc)))
            super().on_connection_error_after_connected(exc)

    return Watched


# A Celery worker inside the engine's process, in threads.
#
# It consumes what the engine consumes, connects again for ever, and says why it cannot.

_log = logging.getLogger(__name__)


class EngineConsumer:
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
            consumer_cls=reconnecting_consumer(on_problem),
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
