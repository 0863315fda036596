"""Certificates are verified, and the proxy settings of the environment are used."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import TlsError, UsageError
from tasveer_tui.records import Access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.conftest import OpenS3
    from tests.support.range_server import RangeServer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for localhost, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    files = ["-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


class _Relay:
    """Forwards connections to a port: through TLS, or as an HTTP proxy."""

    def __init__(self, target: int, certificate: Path | None = None) -> None:
        self.heads: list[bytes] = []
        self._target = target
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                self._relay(client)
            except OSError:
                return

    def _relay(self, client: socket.socket) -> None:
        stream = self._context.wrap_socket(client, server_side=True) if self._context else client
        with stream, socket.create_connection(("127.0.0.1", self._target)) as server:
            head = stream.recv(65536)
            self.heads.append(head)
            if head.startswith(b"CONNECT "):
                stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                # A proxy for plain HTTP is sent the whole URL.
                server.sendall(head.replace(b"GET http://s3.test", b"GET ", 1))
            threading.Thread(target=_copy, args=(server, stream), daemon=True).start()
            _copy(stream, server)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def tls(range_server: RangeServer, certificate: Path) -> Iterator[_Relay]:
    """Requested before `open_s3`, so that it ends after the clients connected to it."""
    range_server.put("photos", "a.jpg", b"0123456789")
    relay = _Relay(range_server.port, certificate)
    yield relay
    relay.close()


@pytest.fixture
def proxy(range_server: RangeServer) -> Iterator[_Relay]:
    relay = _Relay(range_server.port)
    yield relay
    relay.close()


def test_a_certificate_must_be_trusted_and_a_ca_bundle_can_be_given(
    tls: _Relay, open_s3: OpenS3, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = Access(endpoint_url=f"https://localhost:{tls.port}", is_anonymous=True)
    for call in (
        lambda: open_s3(access).list_page("photos"),
        lambda: open_s3(access).head_object("photos", "a.jpg"),
    ):
        with pytest.raises(TlsError, match="--ca-bundle"):
            call()
    trusting = Access(access.profile, "", access.endpoint_url, True, ca_bundle=f"{certificate}.crt")  # noqa: FBT003
    assert open_s3(trusting).read_range("photos", "a.jpg", 1, 2).data == b"12"
    assert open_s3(trusting).head_object("photos", "a.jpg").ref.size_bytes == 10
    monkeypatch.setenv("AWS_CA_BUNDLE", f"{certificate}.crt")
    assert open_s3(access).read_range("photos", "a.jpg", 1, 2).data == b"12"
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.with_name("nothing")))
    with pytest.raises(UsageError, match="AWS_CA_BUNDLE"):
        open_s3(access).read_range("photos", "a.jpg", 1, 2)


def test_a_certificate_for_another_host_is_rejected(
    tls: _Relay, open_s3: OpenS3, certificate: Path
) -> None:
    access = Access(
        endpoint_url=f"https://127.0.0.1:{tls.port}",
        is_anonymous=True,
        ca_bundle=f"{certificate}.crt",
    )
    with pytest.raises(TlsError):
        open_s3(access).read_range("photos", "a.jpg", 1, 2)


def test_proxy_settings_of_the_environment_are_used(
    proxy: _Relay, open_s3: OpenS3, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    range_server.put("photos", "a.jpg", b"0123456789")
    monkeypatch.setenv("http_proxy", f"http://me:pass%40word@127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    far = Access(endpoint_url="http://s3.test", is_anonymous=True)
    assert open_s3(far).read_range("photos", "a.jpg", 1, 2).data == b"12"
    assert proxy.heads[0].startswith(b"GET http://s3.test/photos/a.jpg HTTP/1.1\r\n")
    assert b": Basic bWU6cGFzc0B3b3Jk\r\n" in proxy.heads[0]
    near = Access(endpoint_url=range_server.url, is_anonymous=True)
    assert open_s3(near).read_range("photos", "a.jpg", 1, 2).data == b"12"
    assert len(proxy.heads) == 1


def test_https_goes_through_a_tunnel(
    tls: _Relay, open_s3: OpenS3, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = _Relay(tls.port)
    monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
    access = Access(
        endpoint_url="https://localhost", is_anonymous=True, ca_bundle=f"{certificate}.crt"
    )
    s3 = open_s3(access)
    assert s3.read_range("photos", "a.jpg", 1, 2).data == b"12"
    assert proxy.heads[0].startswith(b"CONNECT localhost:443 ")
    s3.close()
    proxy.close()
