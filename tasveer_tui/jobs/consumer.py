"""Celery's consumer, connecting again for ever at short intervals and telling why it must."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, Any

from celery.worker import state
from celery.worker.consumer import Consumer

from tasveer_tui.jobs.broker import place
from tasveer_tui.jobs.post import faults, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0


def reconnecting(on_problem: Callable[[str], None]) -> type[Consumer]:
    """A class for `WorkController(consumer_cls=…)`.

    `on_problem` hears a sentence while there is no connection, and "" once there is.
    """

    class Watched(Consumer):
        """Overrides what Celery does about a connection that is not there."""

        conninfo: Any

        def ensure_connected(self, conn: Any) -> Any:  # noqa: ANN401 - kombu's types are wrong
            # A refused login or an unknown virtual host may be set right meanwhile, too.
            errors, pause_s = faults(conn), _FIRST_PAUSE_S
            while True:
                try:
                    conn.connect()
                except errors as error:
                    on_problem(str(unreachable(place(conn.as_uri()), error)))
                else:
                    on_problem("")
                    return conn
                state.maybe_shutdown()
                sleep(pause_s)
                pause_s = min(_LONGEST_PAUSE_S, pause_s * 1.5)

        def on_connection_error_after_connected(self, exc: Exception) -> None:
            on_problem(str(unreachable(place(self.conninfo.as_uri()), exc)))
            super().on_connection_error_after_connected(exc)

    return Watched
