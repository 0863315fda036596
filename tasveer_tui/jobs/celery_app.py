"""The Celery app and its publisher, the same in the engine and in every worker."""

from __future__ import annotations

import logging
import ssl
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import KombuError

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.broker import (
    BATCH_DEADLINE_S,
    READ_QUEUE,
    REPLY_QUEUE_PREFIX,
    SCAN_QUEUE,
    broker_address,
    mask_passwords,
    url_scheme,
)
from tasveer_tui.jobs.protocol import Reply, compress, pack_reply
from tasveer_tui.jobs.status import BrokerReport

HOLD_COMMAND: Final = "tasveer_hold"
TUNE_COMMAND: Final = "tasveer_tune"
"""The names of the workers' remote control commands."""

HEARTBEAT_S: Final = 10
SOCKET_TIMEOUT_S: Final = 10
"""A broker that does not answer within this time counts as unreachable."""

REPLY_QUEUE_EXPIRES_S: Final = 14 * 86_400
"""RabbitMQ deletes a reply queue that nothing consumed for this long."""

TASK_TIME_LIMIT_S: Final = BATCH_DEADLINE_S + 240
"""Celery kills the process of a longer task; RabbitMQ's own limit is 30 minutes."""

CONFIRM_TIMEOUT_S: Final = 30.0
"""How long a broker may take to confirm a message."""

WORKER_PUBLISH_TIMEOUT_S: Final = 120.0
"""How long a worker keeps trying to send its results while the broker restarts or hangs."""

SINGLE_RETRY_POLICY: Final[dict[str, Any]] = {"max_retries": 1, "interval_start": 0.1}
"""Of one attempt. kombu's own retries end with the connection timeout."""

CONNECT_TIMEOUT_S: Final = 2.0
PING_TIMEOUT_S: Final = 1.0

_MIN_RETRY_DELAY_S: Final = 0.2
_MAX_RETRY_DELAY_S: Final = 2.0

_log = logging.getLogger(__name__)


def make_app(broker_url: str) -> Celery:
    """Make a Celery app that is not the process's current one. Opens no connection.

    Raises BrokerError if the URL does not name a broker.
    """
    url, tls = split_tls(broker_url)
    app = Celery("tasveer", broker=url, set_as_current=False)
    try:
        app.conf.update(_settings(url), broker_use_ssl=tls)
        connection = app.connection_for_write()
        _ = connection.transport.driver_type, connection.connection_errors
    except (KeyError, ImportError, AttributeError, ValueError) as error:
        # The original message may contain a part of the password.
        raise BrokerError(
            f"The broker's address ({url_scheme(url)}…) cannot be used.",
            "Write it as amqp://user:password@host:5672/vhost, or with TLS as "
            "amqps://…:5671/vhost?cacertfile=/path/ca.pem, with special characters of the "
            "password percent-encoded; other kinds of broker need their Python package.",
        ) from error
    return app


def reply_queue(app: Celery, name: str) -> Queue:
    """Declare a reply queue: the engine and its workers must declare the same arguments."""
    queues = app.amqp.queues
    if name not in queues:
        queues.add(_durable_queue(name, {"x-expires": REPLY_QUEUE_EXPIRES_S * 1000}))
    return queues[name]


def _durable_queue(name: str, arguments: dict[str, Any] | None = None) -> Queue:
    return Queue(name, Exchange(""), routing_key=name, durable=True, queue_arguments=arguments)


def _settings(url: str) -> dict[str, Any]:
    return {
        "task_queues": [_durable_queue(SCAN_QUEUE), _durable_queue(READ_QUEUE)],
        "task_default_queue": READ_QUEUE,
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_acks_late": True,
        # Celery would redeliver a batch that kills its process for ever; the ledger counts.
        "task_reject_on_worker_lost": False,
        "task_time_limit": TASK_TIME_LIMIT_S,
        "worker_prefetch_multiplier": 1,
        "worker_send_task_events": True,
        "worker_enable_remote_control": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 4.0,
        "broker_heartbeat": HEARTBEAT_S,
        "broker_transport_options": _transport_options(url),
    }


def _transport_options(url: str) -> dict[str, Any]:
    if not url.startswith("amqp"):
        return {}
    return {
        "confirm_publish": True,
        "read_timeout": SOCKET_TIMEOUT_S,
        "write_timeout": SOCKET_TIMEOUT_S,
    }


def split_tls(url: str) -> tuple[str, dict[str, Any] | None]:
    """Split an `amqps://` URL into the URL without TLS parameters and Celery's TLS options.

    Celery then verifies the chain *and* the host name, which `amqps://` alone does not. The
    parameters are those of RabbitMQ's own URIs: `cacertfile` (default: the system's authorities),
    and `certfile` and `keyfile` for a broker that requires a client certificate. The options are
    None without TLS.
    """
    if not url.startswith("amqps"):
        return url, None
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    tls: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": parts.hostname}
    files = {"ca_certs": "cacertfile", "certfile": "certfile", "keyfile": "keyfile"}
    tls |= {name: path for name, named in files.items() if (path := given.pop(named, ""))}
    return urlunsplit(parts._replace(query=urlencode(given))), tls


# -------------------------------------------------------------- publishing


class Publisher:
    """Publishes messages, each confirmed by the broker. Thread-safe."""

    def __init__(self, app: Celery, timeout_s: float = 0.0) -> None:
        """Retry for up to `timeout_s` seconds; 0 tries each message once."""
        self._app = app
        self._timeout_s = timeout_s
        connection = app.connection_for_write()
        self.errors = transport_errors(connection)
        self._broker_address = broker_address(connection.as_uri())

    def send(self, name: str, queue: str, text: str, description: str) -> None:
        """Publish a message; block until it is confirmed. Monitors see the `description`.

        Raises BrokerError after the timeout.
        """
        body = compress(text)
        deadline, delay_s = monotonic() + self._timeout_s, _MIN_RETRY_DELAY_S
        while True:
            try:
                self._publish_once(name, queue, body, description)
            except self.errors as error:
                if monotonic() + delay_s > deadline:
                    raise self.error(error) from error
                _log.info("Sent again in %.1f s: %s", delay_s, self.error(error))
            else:
                return
            sleep(delay_s)
            delay_s = min(_MAX_RETRY_DELAY_S, 2 * delay_s)

    def send_reply(self, queue: str, reply: Reply) -> None:
        """Publish a reply for the engine that takes from `queue`. Raises BrokerError."""
        description = f"{reply.NAME} of job {reply.job_id}"
        self.send(reply.NAME, queue, pack_reply(reply), description)

    def _publish_once(self, name: str, queue: str, body: str, description: str) -> None:
        self._app.send_task(
            name,
            (body,),
            queue=self._queue(queue),
            argsrepr=description,
            kwargsrepr="",
            retry_policy=SINGLE_RETRY_POLICY,
            confirm_timeout=CONFIRM_TIMEOUT_S,
        )

    def _queue(self, name: str) -> Any:  # noqa: ANN401 - kombu ships no types
        return reply_queue(self._app, name) if name.startswith(REPLY_QUEUE_PREFIX) else name

    def error(self, error: BaseException) -> BrokerError:
        """Translate an error of the connection."""
        return unreachable_error(self._broker_address, error)


def transport_errors(connection: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401 - kombu is untyped
    """Every class of error that the connection's transport raises."""
    return (*connection.connection_errors, *connection.channel_errors, KombuError, OSError)


def unreachable_error(address: str, error: BaseException) -> BrokerError:
    """The error for a broker at `address` (host and port) that did not do what was asked."""
    reason = getattr(error, "reply_text", "") or getattr(error, "strerror", "") or str(error)
    reason = reason or type(error).__name__
    return BrokerError(
        f"The broker at {address} cannot be reached: {mask_passwords(reason).rstrip('.')}.",
        "Check that it runs and that the address and password are right.",
    )


# ---------------------------------------------------------------- checking


def ping_workers(broker_url: str) -> BrokerReport:
    """See `tasveer_tui.jobs.check_broker`."""
    app = make_app(broker_url)
    ensure_reachable(app, attempts=1)
    with app.connection_for_write() as connection:
        answers = app.control.ping(timeout=PING_TIMEOUT_S, connection=connection)
    names = sorted(name for answer in answers or () for name in answer)
    return BrokerReport(mask_passwords(broker_url), tuple(names))


def ensure_reachable(app: Celery, *, attempts: int) -> None:
    """Connect once and disconnect. Blocks; raises BrokerError after this number of attempts."""
    connection: Any = app.connection_for_write(connect_timeout=CONNECT_TIMEOUT_S)
    address = broker_address(connection.as_uri())

    def on_error(error: BaseException, _interval: float) -> None:
        _log.warning("%s", unreachable_error(address, error))

    try:
        if attempts == 1:
            connection.connect()
        else:
            connection.ensure_connection(
                on_error, attempts - 1, interval_start=0.5, interval_step=1.0, interval_max=3.0
            )
    except transport_errors(connection) as error:
        failure = unreachable_error(address, error)
        asked = "once" if attempts == 1 else f"{attempts} times"
        raise BrokerError(f"{failure.message} It was asked {asked}.", failure.remedy) from error
    finally:
        connection.release()
