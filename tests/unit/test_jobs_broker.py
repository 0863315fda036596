from __future__ import annotations

import io
import logging
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs import check_broker, run_worker
from tasveer_tui.jobs.broker import MaskedFormatter, broker_address, mask_passwords
from tasveer_tui.jobs.celery_app import Publisher, make_app, reply_queue, split_tls
from tests.support.certificates import self_signed
from tests.support.rabbitmq import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "amqp://me:secret@rabbit.example:5672//"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("amqp://me:secret@host:5672/v", "amqp://**:**@host:5672/v"),
        ("amqps://me:s%40cret@host", "amqps://**:**@host"),
        ("redis://:secret@host/0", "redis://**:**@host/0"),
        ("amqp://me:a@b@host and redis://:x@y/1", "amqp://**:**@host and redis://**:**@y/1"),
        ("amqp://host:5672//", "amqp://host:5672//"),
        ("a@b.c is no URL", "a@b.c is no URL"),
    ],
)
def test_passwords_are_masked_wherever_a_url_stands(text: str, shown: str) -> None:
    assert mask_passwords(text) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://me:secret@rabbit.example:5672/photos", "rabbit.example:5672"),
        ("amqp://me:secret@rabbit", "rabbit"),
        ("amqp://", "localhost"),
        ("amqp://me:secret@host:port/", "the given address"),
    ],
)
def test_the_place_of_a_broker_is_host_and_port_alone(url: str, shown: str) -> None:
    assert broker_address(url) == shown


def test_log_lines_and_tracebacks_are_masked() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskedFormatter("%(message)s"))
    error = ConnectionError("amqp://me:secret@host")
    info = (ConnectionError, error, None)
    handler.handle(logging.LogRecord("x", 40, "", 0, "lost %s", ("amqp://me:secret@host",), info))

    assert "secret" not in stream.getvalue()
    assert stream.getvalue().count("**:**@host") == 2


def test_amqps_verifies_the_chain_and_the_host_name() -> None:
    tls = make_app("amqps://me:secret@rabbit.example:5671/v").conf.broker_use_ssl

    assert tls == {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": "rabbit.example"}


def test_amqps_takes_the_files_that_rabbitmqs_urls_name() -> None:
    query = "?cacertfile=/a/ca.pem&certfile=/a/me.pem&keyfile=/a/key.pem&heartbeat=7"

    url, tls = split_tls("amqps://me:s%40cret@rabbit.example:5671/v" + query)

    assert url == "amqps://me:s%40cret@rabbit.example:5671/v?heartbeat=7"
    assert tls == {
        "cert_reqs": ssl.CERT_REQUIRED,
        "server_hostname": "rabbit.example",
        "ca_certs": "/a/ca.pem",
        "certfile": "/a/me.pem",
        "keyfile": "/a/key.pem",
    }
    assert split_tls("amqp://me@rabbit.example/?cacertfile=x")[1] is None


@pytest.fixture
def tls_broker(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A port that speaks TLS with a certificate for `localhost`, and the certificate."""
    certificate = self_signed("localhost", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with suppress(OSError), context.wrap_socket(connection, server_side=True) as s:
                        s.recv(8)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], certificate
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@pytest.mark.parametrize(
    ("host", "is_trusted", "fault"),
    [
        ("127.0.0.1", True, "IP address mismatch"),
        ("localhost", False, "self-signed certificate"),
        ("localhost", True, ""),
    ],
)
def test_only_a_trusted_certificate_of_that_host_is_spoken_to(
    tls_broker: tuple[int, Path],
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    is_trusted: bool,  # noqa: FBT001
    fault: str,
) -> None:
    port, certificate = tls_broker
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with pytest.raises(BrokerError) as caught:
        check_broker(f"amqps://me:secret@{host}:{port}//")

    assert fault in str(caught.value)
    assert ("CERTIFICATE_VERIFY_FAILED" in str(caught.value)) == bool(fault)


def test_an_authority_that_the_url_names_is_trusted(tls_broker: tuple[int, Path]) -> None:
    port, certificate = tls_broker

    with pytest.raises(BrokerError) as caught:
        check_broker(f"amqps://me:secret@localhost:{port}//?cacertfile={certificate}")

    # The certificate is good; what answers there is no broker, though.
    assert "CERTIFICATE" not in str(caught.value)
    with pytest.raises(BrokerError, match="CERTIFICATE_VERIFY_FAILED"):
        check_broker(f"amqps://me:secret@localhost:{port}//")


def test_an_app_neither_becomes_the_current_one_nor_shares_its_tasks() -> None:
    first, second = make_app(URL), make_app(URL)

    @first.task(name="mine", shared=False)
    def mine() -> None: ...

    second.finalize()
    assert "mine" in first.tasks
    assert "mine" not in second.tasks


def test_a_reply_queue_is_declared_alike_by_everybody() -> None:
    first, second = (reply_queue(make_app(URL), "tasveer.record.x") for _ in range(2))

    assert first.durable
    assert first.queue_arguments == second.queue_arguments != {}


def test_sending_to_a_broker_that_is_down_is_a_sentence_without_the_password() -> None:
    port = free_port()
    publisher = Publisher(make_app(f"amqp://me:secret@127.0.0.1:{port}//"))

    with pytest.raises(BrokerError, match=f"127.0.0.1:{port} cannot be reached") as caught:
        publisher.send("task", "queue", "{}", "about")

    assert "secret" not in str(caught.value)
    assert caught.value.remedy


def test_the_retry_policy_survives_a_restarted_broker_and_has_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = count(0.0, 0.5)
    slept: list[float] = []
    monkeypatch.setattr("tasveer_tui.jobs.celery_app.monotonic", lambda: next(clock))
    monkeypatch.setattr("tasveer_tui.jobs.celery_app.sleep", slept.append)
    publisher = Publisher(make_app("amqp://me:secret@127.0.0.1:1//"), timeout_s=20.0)
    refusals = [OSError("timed out")] * 5

    def refuse(*_: object) -> None:
        if refusals:
            raise refusals.pop()

    monkeypatch.setattr(publisher, "_publish_once", refuse)
    publisher.send("task", "queue", "{}", "about")
    assert slept == [0.2, 0.4, 0.8, 1.6, 2.0]

    refusals += [OSError("timed out")] * 1000
    with pytest.raises(BrokerError, match="timed out"):
        publisher.send("task", "queue", "{}", "about")
    assert len(refusals) > 900


@pytest.mark.parametrize(
    "url",
    ["foo://me:secret@host/0", "amqp://me:sec/ret@host/", "amqp://me@host:port/", "redis://[/0"],
)
def test_an_address_that_names_no_broker_is_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(BrokerError, match=r"://…\) cannot be used") as caught:
        check_broker(url)

    assert "sec" not in str(caught.value)


def test_checking_a_broker_that_is_down_is_a_sentence() -> None:
    with pytest.raises(BrokerError, match="cannot be reached"):
        check_broker(f"amqp://me:secret@127.0.0.1:{free_port()}//")


def test_a_worker_gives_up_on_a_broker_that_stays_down_and_says_how_often_it_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tasveer_tui.jobs.worker import process

    monkeypatch.setattr(process, "MAX_CONNECT_ATTEMPTS", 2)
    monkeypatch.setattr(process, "_log_to_stderr", lambda _level: None)

    with pytest.raises(BrokerError, match="asked 2 times") as caught:
        run_worker(f"amqp://me:secret@127.0.0.1:{free_port()}//")

    assert caught.value.exit_code == 5


def test_importing_the_room_imports_no_celery() -> None:
    code = "import sys, tasveer_tui.jobs; print({'celery', 'kombu', 'boto3'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
