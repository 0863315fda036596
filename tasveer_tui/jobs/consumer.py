"""Celery's consumer, connecting again for ever at short intervals and telling why it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery.worker import state
from celery.worker.consumer import Consumer

from tasveer_tui.jobs.broker import place
from tasveer_tui.jobs.post import unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

_RETRY = {"interval_start": 0.2, "interval_step": 0.4, "interval_max": 3.0}


def reconnecting(on_problem: Callable[[str], None]) -> type[Consumer]:
    """A class for `WorkController(consumer_cls=…)`.

    `on_problem` hears a sentence while there is no connection, and "" once there is.
    """

    class Watched(Consumer):
        """Overrides what Celery does about a connection that is not there."""

        conninfo: Any

        def ensure_connected(self, conn: Any) -> Any:  # noqa: ANN401 - kombu's types are wrong
            where = place(conn.as_uri())

            def on_error(error: BaseException, _interval: float) -> None:
                on_problem(str(unreachable(where, error)))

            connected = conn.ensure_connection(
                on_error, None, callback=state.maybe_shutdown, **_RETRY
            )
            on_problem("")
            return connected

        def on_connection_error_after_connected(self, exc: Exception) -> None:
            on_problem(str(unreachable(place(self.conninfo.as_uri()), exc)))
            super().on_connection_error_after_connected(exc)

    return Watched
