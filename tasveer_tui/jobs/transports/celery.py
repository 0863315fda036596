"""The Celery app: settings and queues, the same in the engine and in every worker."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from celery import Celery
from kombu import Exchange, Queue

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.broker import (
    BATCH_DEADLINE_S,
    EMBEDDED_URL,
    READ_QUEUE,
    SCAN_QUEUE,
    is_embedded,
    url_scheme,
)
from tasveer_tui.jobs.transports import local

HEARTBEAT_S = 10
SOCKET_TIMEOUT_S = 10
"""A broker that leaves a question unanswered for so long counts as unreachable."""

REPLY_QUEUE_EXPIRES_S = 14 * 86_400
"""A reply queue that nobody has taken from for so long is deleted by RabbitMQ."""

TASK_TIME_LIMIT_S = BATCH_DEADLINE_S + 240
"""A task that hangs longer is ended with its process; well within RabbitMQ's 30 minutes."""


def make_app(broker_url: str = "") -> Celery:
    """A Celery app of its own, never the process's current one. Opens no connection.

    Raises BrokerError where the URL names nothing that could be a broker.
    """
    url, tls = split_tls(EMBEDDED_URL if is_embedded(broker_url) else broker_url)
    if url == EMBEDDED_URL:
        local.register_transport()
    app = Celery("tasveer", broker=url, set_as_current=False)
    try:
        app.conf.update(_settings(url), broker_use_ssl=tls)
        connection = app.connection_for_write()
        _ = connection.transport.driver_type, connection.connection_errors
    except (KeyError, ImportError, AttributeError, ValueError) as error:
        # The error's own text may hold a part of the password.
        raise BrokerError(
            f"The broker's address ({url_scheme(url)}…) cannot be used.",
            "Write it as amqp://user:password@host:5672/vhost, or with TLS as "
            "amqps://…:5671/vhost?cacertfile=/path/ca.pem, with special characters of the "
            "password percent-encoded; other kinds of broker need their Python package.",
        ) from error
    return app


def reply_queue(app: Celery, name: str) -> Queue:
    """The declaration of a reply queue; the same wherever it is declared."""
    queues = app.amqp.queues
    if name not in queues:
        queues.add(_durable_queue(name, {"x-expires": REPLY_QUEUE_EXPIRES_S * 1000}))
    return queues[name]


def _durable_queue(name: str, arguments: dict[str, Any] | None = None) -> Queue:
    return Queue(name, Exchange(""), routing_key=name, durable=True, queue_arguments=arguments)


def _settings(url: str) -> dict[str, Any]:
    is_alone = url == EMBEDDED_URL
    return {
        "task_queues": [_durable_queue(SCAN_QUEUE), _durable_queue(READ_QUEUE)],
        "task_default_queue": READ_QUEUE,
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_acks_late": True,
        # A batch that kills its process would come back for ever: the ledger counts instead.
        "task_reject_on_worker_lost": False,
        "task_time_limit": TASK_TIME_LIMIT_S,
        "worker_prefetch_multiplier": 1,
        "worker_send_task_events": not is_alone,
        "worker_enable_remote_control": not is_alone,
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
    """The URL without its TLS parameters, and what Celery makes of these; None without TLS.

    Chain *and* host name are verified, which `amqps://` alone leaves out. The parameters are
    those of RabbitMQ's own URIs: `cacertfile` (else the system's authorities are trusted),
    `certfile` and `keyfile` (where the broker wants to know who comes).
    """
    if not url.startswith("amqps"):
        return url, None
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    tls: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": parts.hostname}
    files = {"ca_certs": "cacertfile", "certfile": "certfile", "keyfile": "keyfile"}
    tls |= {name: path for name, named in files.items() if (path := given.pop(named, ""))}
    return urlunsplit(parts._replace(query=urlencode(given))), tls
