"""Publishing, bounded: a message is confirmed by the broker, or a BrokerError says why not."""

from __future__ import annotations

import logging
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from kombu.exceptions import KombuError

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.broker import broker_address, is_embedded, mask_passwords
from tasveer_tui.jobs.protocol import compress
from tasveer_tui.jobs.status import BrokerReport
from tasveer_tui.jobs.transports.celery import make_app, reply_queue

if TYPE_CHECKING:
    from celery import Celery

_log = logging.getLogger(__name__)

CONFIRM_TIMEOUT_S = 30.0
"""How long a broker that took a message may leave it unconfirmed."""

PUBLISH_TIMEOUT_S = 120.0
"""A worker with results in hand waits so long for a broker that restarts or hangs."""

SINGLE_RETRY_POLICY: dict[str, Any] = {"max_retries": 1, "interval_start": 0.1}
"""Within one try. kombu's own patience ends with the time that a connection may take."""

_MIN_RETRY_DELAY_S, _MAX_RETRY_DELAY_S = 0.2, 2.0


class Publisher:
    """The way out of this process. Its methods may be called from several threads."""

    def __init__(self, app: Celery, patience_s: float = 0.0) -> None:
        """Without patience each message is tried once: the dispatcher asks again by itself."""
        self._app = app
        self._timeout_s = patience_s
        connection = app.connection_for_write()
        self.errors = transport_errors(connection)
        self._broker_address = broker_address(connection.as_uri())
        self._is_embedded = is_embedded(app.conf.broker_url)

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """Publish one message; blocks until it is confirmed. `about` is what logs may show.

        Raises BrokerError where patience has ended.
        """
        body = text if self._is_embedded else compress(text)
        deadline, pause_s = monotonic() + self._timeout_s, _MIN_RETRY_DELAY_S
        while True:
            try:
                self._publish_once(task, queue, body, about)
            except self.errors as error:
                if monotonic() + pause_s > deadline:
                    raise self.error(error) from error
                _log.info("Sent again in %.1f s: %s", pause_s, self.error(error))
            else:
                return
            sleep(pause_s)
            pause_s = min(_MAX_RETRY_DELAY_S, 2 * pause_s)

    def _publish_once(self, task: str, queue: str, body: str, about: str) -> None:
        self._app.send_task(
            task,
            (body,),
            queue=self._queue(queue),
            argsrepr=about,
            kwargsrepr="",
            retry_policy=SINGLE_RETRY_POLICY,
            confirm_timeout=CONFIRM_TIMEOUT_S,
        )

    def _queue(self, name: str) -> Any:  # noqa: ANN401 - kombu ships no types
        return reply_queue(self._app, name) if name.startswith("tasveer.record.") else name

    def error(self, error: BaseException) -> BrokerError:
        """What went wrong with the connection, as a sentence."""
        return unreachable_error(self._broker_address, error)


def transport_errors(connection: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401 - kombu is untyped
    """Every class of error that this connection's transport raises."""
    return (*connection.connection_errors, *connection.channel_errors, KombuError, OSError)


def unreachable_error(where: str, error: BaseException) -> BrokerError:
    """The broker at `where` (host and port) did not do what it should; see `broker.place`."""
    told = getattr(error, "reply_text", "") or getattr(error, "strerror", "") or str(error)
    told = told or type(error).__name__
    return BrokerError(
        f"The broker at {where} cannot be reached: {mask_passwords(told).rstrip('.')}.",
        "Check that it runs and that the address and password are right.",
    )


# Whether the broker answers, and who listens there.

CONNECT_TIMEOUT_S = 2.0
PING_TIMEOUT_S = 1.0


def ping_workers(broker_url: str) -> BrokerReport:
    """See `tasveer_tui.jobs.check_broker`."""
    app = make_app(broker_url)
    ensure_reachable(app, tries=1)
    with app.connection_for_write() as connection:
        answers = app.control.ping(timeout=PING_TIMEOUT_S, connection=connection)
    names = sorted(name for answer in answers or () for name in answer)
    return BrokerReport(mask_passwords(broker_url), tuple(names))


def ensure_reachable(app: Celery, *, tries: int) -> None:
    """Connect once and let go again; blocks. Raises BrokerError after so many tries."""
    connection: Any = app.connection_for_write(connect_timeout=CONNECT_TIMEOUT_S)
    where = broker_address(connection.as_uri())

    def on_error(error: BaseException, _interval: float) -> None:
        _log.warning("%s", unreachable_error(where, error))

    try:
        if tries == 1:
            connection.connect()
        else:
            connection.ensure_connection(
                on_error, tries - 1, interval_start=0.5, interval_step=1.0, interval_max=3.0
            )
    except transport_errors(connection) as error:
        fault = unreachable_error(where, error)
        asked = "once" if tries == 1 else f"{tries} times"
        raise BrokerError(f"{fault.message} It was asked {asked}.", fault.remedy) from error
    finally:
        connection.release()
