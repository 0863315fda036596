"""Publishing, bounded: a message is confirmed by the broker, or a BrokerError says why not."""

from __future__ import annotations

import logging
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from kombu.exceptions import KombuError

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.app import record_queue_of
from tasveer_tui.jobs.broker import is_embedded, masked, place
from tasveer_tui.jobs.messages import squeezed

if TYPE_CHECKING:
    from celery import Celery

_log = logging.getLogger(__name__)

CONFIRM_S = 30.0
"""How long a broker that took a message may leave it unconfirmed."""

PATIENCE_S = 120.0
"""A worker with results in hand waits so long for a broker that restarts or hangs."""

BRIEF: dict[str, Any] = {"max_retries": 1, "interval_start": 0.1}
"""Within one try. kombu's own patience ends with the time that a connection may take."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 2.0


class Post:
    """The way out of this process. Its methods may be called from several threads."""

    def __init__(self, app: Celery, patience_s: float = 0.0) -> None:
        """Without patience each message is tried once: the dispatcher asks again by itself."""
        self._app = app
        self._patience_s = patience_s
        connection = app.connection_for_write()
        self.errors = faults(connection)
        self._place = place(connection.as_uri())
        self._is_embedded = is_embedded(app.conf.broker_url)

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """Publish one message; blocks until it is confirmed. `about` is what logs may show.

        Raises BrokerError where patience has ended.
        """
        body = text if self._is_embedded else squeezed(text)
        deadline, pause_s = monotonic() + self._patience_s, _FIRST_PAUSE_S
        while True:
            try:
                self._try(task, queue, body, about)
            except self.errors as error:
                if monotonic() + pause_s > deadline:
                    raise self.error(error) from error
                _log.info("Sent again in %.1f s: %s", pause_s, self.error(error))
            else:
                return
            sleep(pause_s)
            pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)

    def _try(self, task: str, queue: str, body: str, about: str) -> None:
        self._app.send_task(
            task,
            (body,),
            queue=self._queue(queue),
            argsrepr=about,
            kwargsrepr="",
            retry_policy=BRIEF,
            confirm_timeout=CONFIRM_S,
        )

    def _queue(self, name: str) -> Any:  # noqa: ANN401 - kombu ships no types
        return record_queue_of(self._app, name) if name.startswith("tasveer.record.") else name

    def error(self, error: BaseException) -> BrokerError:
        """What went wrong with the connection, as a sentence."""
        return unreachable(self._place, error)


def faults(connection: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401 - kombu is untyped
    """Every class of error that this connection's transport raises."""
    return (*connection.connection_errors, *connection.channel_errors, KombuError, OSError)


def unreachable(where: str, error: BaseException) -> BrokerError:
    """The broker at `where` (host and port) did not do what it should; see `broker.place`."""
    told = getattr(error, "reply_text", "") or getattr(error, "strerror", "") or str(error)
    told = told or type(error).__name__
    return BrokerError(
        f"The broker at {where} cannot be reached: {masked(told).rstrip('.')}.",
        "Check that it runs and that the address and password are right.",
    )
