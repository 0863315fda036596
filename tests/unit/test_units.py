"""The files for those who run workers name only what the program, and systemd, know."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from tasveer_tui.cli.app import group
from tasveer_tui.cli.worker import command
from tasveer_tui.jobs.celery_app import split_tls

if TYPE_CHECKING:
    from pathlib import Path

AWS = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
}  # fmt: skip
"""What botocore reads by itself."""


def printed(kind: str) -> str:
    done = CliRunner().invoke(group, ["worker", "--print-unit", kind])
    assert done.exit_code == 0, done.output
    return done.output


def assert_options(words: list[str]) -> None:
    """The worker's own options take these values."""
    command.make_context("worker", words).close()


def test_the_compose_file_names_what_there_is() -> None:
    text = printed("compose")
    compose: dict[str, Any] = yaml.safe_load(text)
    assert set(compose) == {"services", "configs", "volumes"}
    broker, worker = compose["services"]["rabbitmq"], compose["services"]["worker"]

    image = worker["build"]["dockerfile_inline"]
    assert 'ENTRYPOINT ["tasveer-tui", "worker"]' in image
    assert_options(worker["command"])
    assert set(worker["environment"]) == {"TASVEER_BROKER", *AWS}
    assert set(worker["depends_on"]) == {"rabbitmq"}
    url, tls = split_tls(
        worker["environment"]["TASVEER_BROKER"].replace("${RABBITMQ_PASSWORD}", "x")
    )
    assert url == "amqps://tasveer:x@rabbitmq:5671/"
    assert tls is not None
    mounted = {volume.split(":")[1] for volume in worker["volumes"]}
    assert tls["ca_certs"] in mounted

    settings = dict(
        line.split(" = ") for line in compose["configs"]["rabbitmq"]["content"].split("\n") if line
    )
    assert settings["listeners.ssl.default"] == "5671"
    assert broker["ports"] == ["5671:5671"]
    assert {source["source"] for source in broker["configs"]} == set(compose["configs"])
    volumes = [volume.split(":") for volume in broker["volumes"]]
    assert {name for name, *_ in volumes if not name.startswith(".")} == set(compose["volumes"])
    folders = tuple(path for _, path, *_ in volumes)
    files = [path for name, path in settings.items() if name.endswith("file")]
    assert len(files) == 3
    assert all(path.startswith(folders) for path in files)
    reported = {"RABBITMQ_PASSWORD", "TASVEER_SOURCE", *AWS}
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) == reported


def test_systemd_understands_the_unit_and_the_program_its_command(tmp_path: Path) -> None:
    text = printed("systemd")
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    program, verb, *words = line.split()
    assert program.endswith("/tasveer-tui")
    assert verb == "worker"
    assert_options(words)
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    unit = tmp_path / "tasveer-worker.service"
    # The program need not be installed where this runs.
    unit.write_text(text.replace(program, shutil.which("true") or "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    reported = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, reported) == (0, [])
