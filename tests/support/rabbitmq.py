"""A private RabbitMQ node: own name, ports, epmd and folders, on the loopback only.

It never touches a broker that the system runs, and ends when the process that started it
does, however that ends. `python -m tests.support.rabbitmq` runs one until it is interrupted.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Self

import pytest

from tests.support.certificates import signed_by_authority

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "tasveer"
PASSWORD = "not-a-secret"
VHOST_COUNT = 60
READY_TIMEOUT_S = 120.0
_PR_SET_PDEATHSIG = 1
_AMQP_HEADER = b"AMQP\x00\x00\x09\x01"
_CONNECTION_START = b"\x00\x0a\x00\x0a"


def server_script() -> Path | None:
    """The script of the installed server that starts the VM itself, or None."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    return found[-1] if found and shutil.which("epmd") else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel ends the child when the thread that started it is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class RabbitMQNode:
    """Use as a context manager, from the main thread."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.tls = folder / "certificate.pem"
        """A certificate for `localhost`, and the key; clients may use it, too."""
        self.authority = folder / "authority.pem"
        self.tls_port = free_port()
        self.port = port or free_port()
        self._script = server_script()
        self._epmd_port = free_port()
        self._dist_port = free_port()
        self._epmd: subprocess.Popen[bytes] | None = None
        self._vm: subprocess.Popen[bytes] | None = None
        self._numbers = count()

    @property
    def pid(self) -> int:
        assert self._vm is not None
        return self._vm.pid

    def url(self, vhost: str = "") -> str:
        return f"amqp://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{vhost}"

    def tls_url(self, host: str = "localhost", **files: Path) -> str:
        """Over TLS; the files are `cacertfile`, `certfile` and `keyfile`."""
        query = "&".join(f"{name}={path}" for name, path in files.items())
        return f"amqps://{USER}:{PASSWORD}@{host}:{self.tls_port}//?{query}"

    def fresh_url(self) -> str:
        """The URL of a virtual host that no other test has used."""
        return self.url(f"test{next(self._numbers)}")

    def __enter__(self) -> Self:
        self._prepare()
        self._epmd = self._spawn(
            [shutil.which("epmd") or "epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()

    def start(self) -> None:
        """Start the VM and wait until it speaks AMQP."""
        self._vm = self._spawn([str(self._script)])
        self.wait_ready()

    def kill(self) -> None:
        """SIGKILL, as a crash of the machine would; what is durable stays on disk."""
        if self._vm is not None:
            self._vm.kill()
            self._vm.wait()

    def suspend(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """After `hang`."""
        os.kill(self.pid, signal.SIGCONT)

    def restart(self) -> None:
        """After `kill`: the same node with the same data."""
        self.start()

    def control(self, *arguments: str) -> None:
        """`rabbitmqctl` for this node."""
        script = str(Path(str(self._script)).with_name("rabbitmqctl"))
        subprocess.run(
            [script, "-n", f"tasveer-{self.port}@localhost", *arguments],
            env=self._environment(),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def wait_ready(self) -> None:
        deadline = monotonic() + READY_TIMEOUT_S
        while not self._is_ready():
            assert self._vm is not None
            assert self._vm.poll() is None, f"RabbitMQ ended; see {self.folder / 'output.log'}"
            assert monotonic() < deadline, f"no AMQP; see {self.folder / 'output.log'}"
            sleep(0.05)

    def _is_ready(self) -> bool:
        """Connection.Start, not merely an open port."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(_AMQP_HEADER)
                return _CONNECTION_START in connection.recv(64)
        except OSError:
            return False

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "output.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                cwd=self.folder,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing but one system call
            )

    def _prepare(self) -> None:
        for name in ("data", "log", "generated", "schema"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(16))
            cookie.chmod(0o400)
        (self.folder / "env.conf").write_text("")
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "definitions.json").write_text(json.dumps(_definitions()))
        signed_by_authority("localhost", self.folder)
        (self.folder / "rabbitmq.conf").write_text(
            f"load_definitions = {self.folder / 'definitions.json'}\nheartbeat = 10\n"
            f"listeners.ssl.default = 127.0.0.1:{self.tls_port}\n"
            f"ssl_options.cacertfile = {self.authority}\nssl_options.certfile = {self.tls}\n"
            f"ssl_options.keyfile = {self.tls}\nssl_options.verify = verify_peer\n"
            "ssl_options.fail_if_no_peer_cert = true\n"
        )

    def _environment(self) -> dict[str, str]:
        at = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(at),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_NODENAME": f"tasveer-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": str(at / "data"),
            "RABBITMQ_LOG_BASE": str(at / "log"),
            "RABBITMQ_CONF_ENV_FILE": str(at / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(at / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(at / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(at / "node.pid"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(at / "generated"),
            "RABBITMQ_SCHEMA_DIR": str(at / "schema"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(at / "feature_flags"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
            ),
        }


def _definitions() -> dict[str, object]:
    """One user, and virtual hosts enough for every test to have its own."""
    salt = b"salt"
    digest = hashlib.sha256(salt + PASSWORD.encode()).digest()
    user = {
        "name": USER,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator",
    }
    vhosts = ["/", *(f"test{number}" for number in range(VHOST_COUNT))]
    rights = {"user": USER, "configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [user],
        "vhosts": [{"name": name} for name in vhosts],
        "permissions": [{**rights, "vhost": name} for name in vhosts],
    }


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQNode]:
    """A running node; take `fresh_url()` and leave the node running."""
    if server_script() is None:
        assert not os.environ.get("CI"), "CI must install rabbitmq-server"
        pytest.skip("rabbitmq-server is not installed; `apt-get install rabbitmq-server`")
    with RabbitMQNode(tmp_path_factory.mktemp("rabbit")) as node:
        yield node


def main() -> None:
    """Run a node until SIGINT or SIGTERM; prints its URL."""
    if server_script() is None:
        sys.exit("rabbitmq-server is not installed; `apt-get install rabbitmq-server`")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="tasveer-rabbit-") as folder:
        port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
        with RabbitMQNode(Path(folder), port) as node:
            sys.stdout.write(f"{node.url()}\n")
            sys.stdout.flush()
            stop.wait()


if __name__ == "__main__":
    main()
